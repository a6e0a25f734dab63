"""What a request tells of the device that it came from.

Whatever is told here, a stranger may have made up: it is cut, and what does not print is left out.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from gridhall.domain.origin import LONGEST, Origin

if TYPE_CHECKING:
    from ua_parser import Device as UserAgentDevice
    from ua_parser import Parser, UserAgent

LONGEST_FIELD = 100
"""Characters of one field of a device that are kept."""

LONGEST_AGENT = 256
"""Characters of a User-Agent header that are looked through: browsers' have fewer, and the time grows with the square."""

PLATFORM, PLATFORM_VERSION, MODEL = "sec-ch-ua-platform", "sec-ch-ua-platform-version", "sec-ch-ua-model"
VERSIONS = "sec-ch-ua-full-version-list"
HINTS = (PLATFORM, PLATFORM_VERSION, MODEL, VERSIONS)
"""The client hints that are read. All but the first are sent only where an earlier answer's `Accept-CH` asked for them."""

_OWN_CLIENT = re.compile(
    r"^(?:com\.Slack|com\.tinyspeck\.chatlyio(?:\.\w{1,40})?|Slack)/([\d.]{1,20})|\bSlack_SSB/([\d.]{1,20})", re.ASCII
)
"""The platform's own clients for phones and computers, which the list of browsers takes for others or has no version of."""

_PROCESSOR = re.compile(r"\b(Intel|PPC)(?= Mac OS X)|\b(x86_64|aarch64|arm64|i686|x64)\b")

_STRING = re.compile(r'\s*"((?:[^"\\]|\\["\\])*)"\s*')  # RFC 8941, 3.3.3
_BRAND = re.compile(r'"((?:[^"\\]|\\["\\])*)"\s*;\s*v="([^"\\]*)"')
_NO_BRAND = re.compile(r"not[^a-z]*a[^a-z]*brand", re.IGNORECASE)
"""What browsers mix among their brands so that nobody relies on the list's order."""

_ENGINE = "Chromium"

_WINDOWS = {"0.1": "7", "0.2": "8", "0.3": "8.1"}
_WINDOWS_11 = 13
"""The platform version from which Windows is 11, where the User-Agent header says 10 for ever. Source: Microsoft's page on how
to tell Windows 11 by client hints."""

_NAMED = {"Mac OS X": "macOS"}
"""Systems that headers and hints call differently."""


class Device(msgspec.Struct, frozen=True):
    """A device as one request told of it, "" for what it did not. Source of the fields: admin.users.session.list."""

    device_hardware: str = ""
    os: str = ""
    os_version: str = ""
    slack_client_version: str = ""
    ip: str = ""


def read(origin: Origin) -> Device:
    """The device, as far as its User-Agent header and client hints tell; the client's version is the browser's.

    It may take 0.1 s: see `pipeline.devices` for how to ask.
    """
    hints = tuple(origin.hints.get(name, "")[:LONGEST] for name in HINTS)
    return msgspec.structs.replace(_read(origin.user_agent[:LONGEST_AGENT], hints), ip=_clean(origin.address))


def told(*, hardware: str, os: str, os_version: str, client_version: str, ip: str) -> Device:
    """The device that a native client tells of itself; its address is the request's."""
    return Device(_clean(hardware), _clean(os), _clean(os_version), _clean(client_version), _clean(ip))


@lru_cache(maxsize=1024)
def _read(agent: str, hints: tuple[str, ...]) -> Device:
    platform, platform_version, model, versions = hints
    found = _parser().parse(agent)
    os = _text(platform) or (_NAMED.get(found.os.family, found.os.family) if found.os else "")
    version = ""
    if found.os and _NAMED.get(found.os.family, found.os.family) == os:
        # What one tells of a version does not belong to the system that the other names.
        version = _joined(found.os.major, found.os.minor, found.os.patch, found.os.patch_minor)
    return Device(
        device_hardware=_clean(_text(model) or _hardware(agent, found.device)),
        os=_clean(os),
        os_version=_clean(_platform_version(os, _text(platform_version)) or version),
        slack_client_version=_clean(_client_version(agent, versions, found.user_agent)),
    )


def _client_version(agent: str, versions: str, browser: "UserAgent | None") -> str:
    """The version of one of the platform's own clients, or else of the browser: in full where a hint tells it."""
    own = _OWN_CLIENT.search(agent)
    if own:
        return own[1] or own[2] or ""
    brands: list[tuple[str, str]] = [
        (name, version) for name, version in _BRAND.findall(versions) if not _NO_BRAND.search(name)
    ]
    if brands:
        return next((version for name, version in brands if name != _ENGINE), brands[0][1])
    return _joined(browser.major, browser.minor, browser.patch, browser.patch_minor) if browser else ""


def _platform_version(os: str, version: str) -> str:
    if os != "Windows" or not version:
        return version
    major = version.partition(".")[0]
    if not (major.isascii() and major.isdigit()):
        return ""
    return "11" if int(major) >= _WINDOWS_11 else "10" if int(major) else _WINDOWS.get(version[:3], "")


def _hardware(agent: str, device: "UserAgentDevice | None") -> str:
    """A phone's or tablet's model, a computer's processor; "K" is what browsers say in place of any model."""
    if device and device.family not in ("Mac", "K") and not (device.brand or "").startswith("Generic"):
        return device.family
    processor = _PROCESSOR.search(agent)
    return processor[0] if processor else ""


def _text(hint: str) -> str:
    """The value of a hint that is a string, "" for one that is none."""
    quoted = _STRING.fullmatch(hint)
    return quoted[1].replace('\\"', '"').replace("\\\\", "\\") if quoted else ""


def _joined(*numbers: str | None) -> str:
    return ".".join(number for number in numbers if number)


def _clean(text: str) -> str:
    return "".join(character for character in text[:LONGEST_FIELD] if character.isprintable()).strip()


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    # Its list takes a while to load, and whoever never signs in need not wait for it.
    from ua_parser import Parser
    from ua_parser.basic import Resolver
    from ua_parser.loaders import load_lazy_builtins

    return Parser(Resolver(load_lazy_builtins()))
