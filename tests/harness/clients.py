"""Native clients: whoever signs in as they do, and calls with what they are given."""

import json
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from harness.live import Reply

PHONE = {"hardware": "iPhone14,2", "os": "iOS", "os_version": "17.4", "client_version": "24.03.10"}


class Reached(Protocol):
    """A server that takes requests: of the test's own process, or another."""

    def request(self, verb: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply: ...


@dataclass
class Client:
    """A client that is signed in.

    Arguments:
        told: the answer that it was given when it signed in.
    """

    server: Reached
    told: dict[str, Any]

    @property
    def session(self) -> int:
        id: int = self.told["session_id"]
        return id

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.told['token']}", "cookie": f"d={self.told['cookie']}"}

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        """The answer of a Web API method."""
        return self.at(self.server, method, **arguments)

    def at(self, server: Reached, method: str, **arguments: object) -> dict[str, Any]:
        """The same, asked of another server or worker over the same database."""
        headers = self.headers | {"content-type": "application/x-www-form-urlencoded"}
        return server.request("POST", f"/api/{method}", urlencode(arguments).encode(), headers).json

    def post(self, what: str, **fields: object) -> Reply:
        """The answer of an endpoint for native clients."""
        return post(self.server, what, self.headers, **fields)


def post(server: Reached, what: str, headers: dict[str, str] | None = None, **fields: object) -> Reply:
    """The answer of `/client/WHAT`."""
    headers = {"content-type": "application/json"} | (headers or {})
    return server.request("POST", f"/client/{what}", json.dumps(fields).encode(), headers)


def sign_in(
    server: Reached,
    place: str,
    email: str,
    password: str,
    *,
    client: str = "desktop",
    device: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Client:
    """Sign in, where no second factor is wanted."""
    reply = post(server, "signin", headers, place=place, email=email, password=password, client=client, device=device)
    assert reply.status == 200, reply.body
    return Client(server, reply.json)
