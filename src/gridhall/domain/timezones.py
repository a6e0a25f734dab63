"""What a time zone is called and how far it is from UTC, at a given time."""

from collections.abc import Mapping
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
    moment = datetime.fromtimestamp(step * _STEP, UTC).astimezone(ZoneInfo(name))
    offset = moment.utcoffset()
    return _label(name, moment), int(offset.total_seconds()) if offset else 0


def _label(name: str, moment: datetime) -> str:
    # Babel takes a quarter of the time that the whole server has to start in.
    from babel import Locale
    from babel.core import get_global
    from babel.dates import get_timezone_location, get_timezone_name

    label = get_timezone_name(moment, locale="en_US")
    if not label.startswith("GMT") or name.startswith("Etc/"):
        return label
    # Babel keeps some zones' names under what they were called before (Asia/Calcutta), and looks under the new name only.
    aliases: Mapping[str, str] = get_global("zone_aliases")
    canonical = aliases.get(name, name)
    names = (canonical, *(old for old, new in aliases.items() if new == canonical))
    named = (get_global("meta_zones").get(each) for each in names)
    long: Mapping[str, str] = next(
        (Locale("en", "US").meta_zones.get(found, {}).get("long", {}) for found in named if found), {}
    )
    season = "daylight" if moment.dst() else "standard"
    return str(long.get(season) or long.get("generic") or get_timezone_location(moment, locale="en_US"))
