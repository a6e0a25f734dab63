"""The `ts` that identifies a message in its conversation: Unix seconds, a dot, six digits. Stored as integer microseconds."""

import re

_TS = re.compile(r"(\d{1,12})\.(\d{1,6})")
_TIME = re.compile(r"(\d{1,12})(?:\.(\d{1,6})\d*)?")


def ts_micros(ts: str) -> int:
    """A `ts` as it is stored: microseconds."""
    seconds, micros = ts.split(".")
    return int(seconds) * 1_000_000 + int(micros)


def ts_text(micros: int) -> str:
    """A `ts` as it is written."""
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def find_ts(text: str) -> int | None:
    """The microseconds of what a caller sent as the `ts` of a message, None where it is none."""
    match = _TS.fullmatch(text.strip())
    if match is None or not text.isascii():
        return None
    return int(match[1]) * 1_000_000 + int(match[2].ljust(6, "0"))


def find_time(text: str) -> int | None:
    """The microseconds of a moment: a `ts`, or Unix seconds with as many decimals as clocks give. None where it is neither."""
    match = _TIME.fullmatch(text.strip())
    if match is None or not text.isascii():
        return None
    return int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))
