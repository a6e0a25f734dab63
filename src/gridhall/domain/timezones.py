"""What a time zone is called and how far it is from UTC, at a given time."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOUR = 3600


def at(name: str, seconds: int) -> tuple[str, int]:
    """The label, such as `Pacific Daylight Time`, and the offset in seconds east of UTC.

    Remembered by the hour: offsets change on the hour, and finding a label is slow.
    """
    return _at(name, seconds // _HOUR)


@lru_cache(maxsize=4096)
def _at(name: str, hour: int) -> tuple[str, int]:
    # Babel takes a quarter of the time that the whole server has to start in.
    from babel.dates import get_timezone_name

    zone = ZoneInfo(name)
    moment = datetime.fromtimestamp(hour * _HOUR, UTC).astimezone(zone)
    offset = moment.utcoffset()
    return get_timezone_name(moment, locale="en_US"), int(offset.total_seconds()) if offset else 0
