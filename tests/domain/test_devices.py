"""What a device is known by: headers of browsers, of the platform's own clients, and of whoever makes them up."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.work import calls
from gridhall.domain import devices, origin
from gridhall.domain.devices import HINTS, LONGEST_AGENT, LONGEST_FIELD, Device
from gridhall.domain.origin import LONGEST, Origin

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
MAC = CHROME.format("Macintosh; Intel Mac OS X 10_15_7")
WINDOWS = CHROME.format("Windows NT 10.0; Win64; x64")
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
BRANDS = '"Not/A)Brand";v="8.0.0.0", "Chromium";v="126.0.6478.61", "Google Chrome";v="126.0.6478.62"'


def read(agent: str, **hints: str) -> tuple[str, str, str, str]:
    """Hardware, system, its version, and the client's, as headers tell; hints by the last part of their names."""
    named = {f"sec-ch-ua-{name.replace('_', '-')}": value for name, value in hints.items()}
    device = devices.read(Origin("203.0.113.7", agent, named))
    assert device.ip == "203.0.113.7"
    return device.device_hardware, device.os, device.os_version, device.slack_client_version


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (MAC, ("Intel", "macOS", "10.15.7", "126.0.0.0")),
        (WINDOWS, ("x64", "Windows", "10", "126.0.0.0")),
        (CHROME.format("X11; Linux x86_64"), ("x86_64", "Linux", "", "126.0.0.0")),
        (CHROME.format("X11; CrOS x86_64 14541.0.0"), ("x86_64", "Chrome OS", "14541.0.0", "126.0.0.0")),
        ("Mozilla/5.0 (X11; Linux aarch64; rv:127.0) Gecko/20100101 Firefox/127.0", ("aarch64", "Linux", "", "127.0")),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 "
            "Safari/605.1.15",
            ("Intel", "macOS", "10.15.7", "17.4.1"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
            "Mobile/15E148 Safari/604.1",
            ("iPhone", "iOS", "17.5", "17.5"),
        ),
        (ANDROID.replace("10; K", "14; Pixel 7"), ("Pixel 7", "Android", "14", "126.0.0.0")),
        (ANDROID, ("", "Android", "10", "126.0.0.0")),
        ("com.tinyspeck.chatlyio/24.06.10 (iPhone; iOS 17.5; Scale/3.00)", ("iPhone", "iOS", "17.5", "24.06.10")),
        (
            "com.tinyspeck.chatlyio.NotificationService/26.09.30 (iPhone; iOS 18.1; Scale/3.00)",
            ("iPhone", "iOS", "18.1", "26.09.30"),
        ),
        ("com.Slack/24.06.20 (iPad; iOS 17.5; Scale/2.00)", ("iPad", "iOS", "17.5", "24.06.20")),
        ("Slack/24.06.10 (Google Pixel 7; Android 14)", ("", "Android", "14", "24.06.10")),
        (MAC + " Slack_SSB/4.38.125", ("Intel", "macOS", "10.15.7", "4.38.125")),
        ("curl/8.5.0", ("", "", "", "8.5.0")),
        ("", ("", "", "", "")),
        ("-", ("", "", "", "")),
    ],
)
def test_a_header_tells_of_the_device(agent: str, told: tuple[str, str, str, str]) -> None:
    assert read(agent) == told


@pytest.mark.parametrize(
    ("agent", "hints", "told"),
    [
        (MAC, {"platform": '"macOS"', "platform_version": '"14.5.0"'}, ("Intel", "macOS", "14.5.0", "126.0.0.0")),
        (MAC, {"platform": '"macOS"'}, ("Intel", "macOS", "10.15.7", "126.0.0.0")),
        (ANDROID, {"platform": '"Android"', "model": '"Pixel 7"'}, ("Pixel 7", "Android", "10", "126.0.0.0")),
        (ANDROID, {"model": '"A \\"B\\" \\\\C"'}, ('A "B" \\C', "Android", "10", "126.0.0.0")),
        (MAC, {"full_version_list": BRANDS}, ("Intel", "macOS", "10.15.7", "126.0.6478.62")),
        (MAC, {"full_version_list": '"Chromium";v="1.2"'}, ("Intel", "macOS", "10.15.7", "1.2")),
        (MAC, {"full_version_list": '"Not_A Brand";v="8"'}, ("Intel", "macOS", "10.15.7", "126.0.0.0")),
        # A hint that is no string tells nothing.
        (MAC, {"platform": "macOS", "platform_version": "?1", "model": '"x'}, ("Intel", "macOS", "10.15.7", "126.0.0.0")),
        # The version that the header tells is another system's.
        (MAC, {"platform": '"Linux"'}, ("Intel", "Linux", "", "126.0.0.0")),
    ],
)
def test_hints_go_before_the_header(agent: str, hints: dict[str, str], told: tuple[str, str, str, str]) -> None:
    assert read(agent, **hints) == told


@pytest.mark.parametrize(
    ("version", "windows"),
    [
        ("15.0.0", "11"),
        ("13.0.0", "11"),
        ("10.0.0", "10"),
        ("1.0.0", "10"),
        ("0.3.0", "8.1"),
        ("0.1.0", "7"),
        ("x", "10"),
        ("²", "10"),
        ("9" * 500, "11"),
    ],
)
def test_windows_11_is_told_by_its_platform_version(version: str, windows: str) -> None:
    assert read(WINDOWS, platform='"Windows"', platform_version=f'"{version}"')[2] == windows


HEADERS = st.text(alphabet=st.characters(max_codepoint=255), max_size=600) | st.text('";v=.\\,NotABrand019 ', max_size=600)
PIECES = [
    "Mozilla/5.0 ",
    "(",
    ")",
    "; ",
    "Linux",
    "Android ",
    "iPhone OS 1_",
    "Slack/",
    "1.",
    "9",
    "Chrome/",
    "/",
    " ",
    "like Mac OS X",
]


@settings(max_examples=150, deadline=None)
@given(
    HEADERS | st.lists(st.sampled_from(PIECES), max_size=120).map("".join),
    st.dictionaries(st.sampled_from(HINTS), HEADERS),
    HEADERS,
)
def test_whatever_is_told_is_short_and_prints(agent: str, hints: dict[str, str], address: str) -> None:
    device = devices.read(Origin(address, agent, hints))
    own = devices.told(hardware=agent, os=address, os_version=agent[::-1], client_version=address, ip=agent)
    for told in (device, own):
        fields = [told.device_hardware, told.os, told.os_version, told.slack_client_version, told.ip]
        assert all(len(field) <= LONGEST_FIELD and (field.isprintable() or not field) for field in fields)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([b"user-agent", *(hint.encode() for hint in HINTS)]), st.binary(max_size=2000))))
def test_no_more_of_a_header_is_looked_at_than_is_kept(headers: list[tuple[bytes, bytes]]) -> None:
    read = origin.of("203.0.113.7", headers)
    assert len(read.user_agent) <= LONGEST
    assert all(len(hint) <= LONGEST for hint in read.hints.values())
    assert isinstance(devices.read(read), Device)


HOSTILE = [
    "A",
    "9",
    "(",
    " ",
    "Mozilla/5.0 (",
    "Android 1;",
    "Slack/1.1.1",
    "1_",
    ";;",
    "\xff",
    '"',
    "Not;A=Brand;v=",
    "iPhone OS 1_",
]


def test_what_is_endless_costs_no_more_than_what_is_long() -> None:
    def cost(agent: str) -> int:
        devices._read.cache_clear()
        return calls(lambda: devices.read(Origin("", agent, dict.fromkeys(HINTS, agent))))

    read(MAC)
    for piece in HOSTILE:
        long, endless = (cost(piece * (length // len(piece))) for length in (LONGEST, 200_000))
        assert endless < long * 1.1 + 100, piece


def test_of_a_long_header_the_beginning_is_looked_through() -> None:
    assert read(MAC + " x" * 200) == read(MAC)
    assert read("x" * LONGEST_AGENT + MAC) == ("", "", "", "")


def test_a_device_is_looked_up_once() -> None:
    read(MAC)
    again = calls(lambda: read(MAC))
    costs = [calls(lambda: read(f"{MAC} {number}")) for number in range(3)]  # noqa: B023 -- called at once
    assert again < 60
    assert all(cost > 5 * again for cost in costs)
    assert all(one <= other * 2 for one, other in pairwise(costs))
