"""What the commands take, each also from `GRIDHALL_…` in the environment."""

import argparse
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

DEFAULT_DATABASE = "sqlite:///gridhall.db"
DEFAULT_URL = "http://127.0.0.1:3400/api/"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 3400

_SCOPE = re.compile(r"[a-z0-9_.:-]+")


class Failure(Exception):
    """A command that cannot do its work: one line for the person, and a non-zero exit."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The options of `gridhall serve`.

    Arguments:
        org: the organization file to load into an empty database.
        rate_factor: multiplies every rate limit; None turns them off.
        trusted_proxies: whose `X-Forwarded-For` is believed.
        control_key: opens the clock at `/_gridhall/clock`.
        log_format: `text` or `json`.
    """

    database: str = DEFAULT_DATABASE
    org: Path | None = None
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    public_url: str | None = None
    rate_factor: float | None = 1.0
    workers: int = 1
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    control_key: str | None = None
    log_format: str = "text"


class Parser(argparse.ArgumentParser):
    """argparse, made stable and terse: options are written out in full, and a wrong one is told in one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def option(
        self, flag: str, metavar: str, help: str, *, convert: Callable[[str], Any] = str, default: str | None = None
    ) -> argparse.Action:
        """Take an option, also from `GRIDHALL_…` in the environment, where an empty value counts as none."""
        variable = "GRIDHALL_" + flag.removeprefix("--").replace("-", "_").upper()
        given = os.environ.get(variable) or None

        def read(text: str) -> Any:
            try:
                return convert(text)
            except argparse.ArgumentTypeError as error:
                where = f" (in {variable})" if text is given else ""
                raise argparse.ArgumentTypeError(f"{error}{where}") from error

        told = f"; {default} unless given" if default else ""
        return self.add_argument(flag, metavar=metavar, type=read, default=given or default, help=f"{help}{told} [{variable}]")


def database(text: str) -> str:
    """A database's address: `sqlite:///PATH`, `sqlite:///:memory:` or `postgresql://…`."""
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return text
    if text.startswith(("postgresql://", "postgres://")):
        return text.replace("postgres://", "postgresql://", 1)
    raise argparse.ArgumentTypeError("takes sqlite:///PATH, sqlite:///:memory: or postgresql://…")


def masked(url: str) -> str:
    """A database's address as it may be shown: without a password, wherever in the address it stands."""
    in_query = re.sub(r"([?&](?:password|sslpassword)=)[^&]*", r"\1…", url)
    # Up to the last @: who forgets to escape a password's own / or @ must not find it in a log.
    return re.sub(r"(//[^:/@]*):.*@", r"\1:…@", in_query)


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError("takes a number from 0 to 65535")
    return int(text)


def workers(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError("takes a number from 1 to 256")
    return int(text)


def public_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not (parts.query or parts.fragment)
        )
    except ValueError:
        usable = False
    if not usable or not text.isprintable():
        raise argparse.ArgumentTypeError("takes http://… or https://…")
    return text.rstrip("/")


def rate_limits(text: str) -> float | None:
    """`documented`, `off`, or a factor above zero."""
    if text == "documented":
        return 1.0
    if text == "off":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= 1e9:
        raise argparse.ArgumentTypeError("takes documented, off, or a number above 0")
    return factor


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"takes networks such as 10.0.0.0/8, with commas between them: {error}") from error


def log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise argparse.ArgumentTypeError("takes text or json")
    return text


def scopes(text: str) -> list[str]:
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found or not all(_SCOPE.fullmatch(scope) for scope in found):
        raise argparse.ArgumentTypeError("takes scopes such as users:read,chat:write")
    return found
