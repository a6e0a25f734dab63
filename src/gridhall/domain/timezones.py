"""What a time zone is called and how far it is from UTC, at a given time."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_STEP = 900
"""Seconds. Offsets change on a quarter of an hour: zones that are half an hour off change on the half."""


def at(name: str, seconds: int) -> tuple[str, int]:
    """The label, such as `Pacific Daylight Time`, and the offset in seconds east of UTC.

    Remembered by the quarter of an hour, since finding a label is slow.
    """
    return _at(name, seconds // _STEP)


@lru_cache(maxsize=4096)
def _at(name: str, step: int) -> tuple[str, int]:
    # Babel takes a quarter of the time that the whole server has to start in.
    from babel.dates import get_timezone_name

    zone = ZoneInfo(name)
    moment = datetime.fromtimestamp(step * _STEP, UTC).astimezone(zone)
    offset = moment.utcoffset()
    return get_timezone_name(moment, locale="en_US"), int(offset.total_seconds()) if offset else 0
