"""What time zones are called."""

import zoneinfo

import pytest

from gridhall.domain import timezones

WINTER, SUMMER = 1795340816, 1783340816


@pytest.mark.parametrize(
    ("zone", "at", "label", "offset"),
    [
        ("America/Los_Angeles", WINTER, "Pacific Standard Time", -28800),
        ("America/Los_Angeles", SUMMER, "Pacific Daylight Time", -25200),
        ("Asia/Kolkata", WINTER, "India Standard Time", 19800),
        ("Asia/Calcutta", WINTER, "India Standard Time", 19800),
        ("America/Indiana/Indianapolis", SUMMER, "Eastern Daylight Time", -14400),
        ("Europe/Kyiv", WINTER, "Eastern European Standard Time", 7200),
        ("Europe/Istanbul", WINTER, "Türkiye Time", 10800),
        ("UTC", WINTER, "Coordinated Universal Time", 0),
    ],
)
def test_a_zone_has_its_name_and_offset(zone: str, at: int, label: str, offset: int) -> None:
    assert timezones.at(zone, at) == (label, offset)


def test_no_place_is_called_by_its_offset() -> None:
    places = {zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/")}
    assert places
    assert not [zone for zone in places if timezones.at(zone, WINTER)[0].startswith("GMT")]
