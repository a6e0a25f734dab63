"""What `gridhall serve` tells when it is ready."""

import shlex
import socket
import sys
from dataclasses import dataclass

from gridhall.cli.options import DEFAULT_DATABASE, ServeOptions, masked

DEMO_BOT = "xoxb-demo-bot"
DEMO_USER = "xoxp-demo-user"
DEMO_ADMIN = "xoxp-demo-admin"
DEMO_SIGN_IN = "/w/juniper-garden/signin as yuki@juniper.example with the password demo-yuki"

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared with, not listened on


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is.

    Arguments:
        listening: where it listens.
        url: where it is reached from outside.
        database: what it serves, as it may be shown.
    """

    listening: str
    url: str
    database: str

    @classmethod
    def of(cls, options: ServeOptions, listener: socket.socket) -> "Place":
        host, port = listener.getsockname()[:2]
        listening = f"http://{_bracketed(host)}:{port}"
        url = options.public_url or f"http://{_bracketed(_ANYWHERE.get(host, host))}:{port}"
        return cls(listening, url, masked(options.database))


def announce(place: Place, demo: bool) -> None:
    """Say that the server answers, and how to try it."""
    lines = [f"Gridhall is ready at {place.listening}", "", f"export SLACK_API_URL={place.url}/api/"]
    if demo:
        lines += [
            f"export SLACK_BOT_TOKEN={DEMO_BOT}",
            f"export SLACK_USER_TOKEN={DEMO_USER}",
            "",
            f"An org-level administrator's token: {DEMO_ADMIN}",
            f"Sign in at {place.url}{DEMO_SIGN_IN}.",
            "These tokens and passwords are public: keep this organization to your own machine.",
            "",
            "Try it:",
            f"curl -H 'Authorization: Bearer {DEMO_BOT}' {place.url}/api/auth.test",
        ]
    else:
        lines += ["", f"Sign in at {place.url}/signin"]
        if place.database != "sqlite:///:memory:":
            on = "" if place.database == DEFAULT_DATABASE else f" --database {shlex.quote(place.database)}"
            program = shlex.quote(sys.argv[0]) if sys.argv[0].endswith("gridhall") else "gridhall"
            lines.append(f"Make a token with: {program} token create --user NAME --team TEAM --scopes users:read{on}")
    print("\n".join(lines), flush=True)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
