"""A browser of sorts, for pages that need no script: it keeps cookies, brings a form's token, and goes where it is led."""

import base64
import hmac
import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from harness.live import TIMEOUT, Live

FORM = "application/x-www-form-urlencoded"


@dataclass
class Shown:
    """A page as it arrived. `cookies` are the `Set-Cookie` headers, by the cookie's name."""

    path: str
    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def parsed(self) -> "Parsed":
        return Parsed.of(self.html)


class Parsed(HTMLParser):
    """What a page says, and what its forms hold.

    `text` is all text with single spaces; `elements` are all start tags with their attributes, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._pieces: list[str] = []
        self._in_title = False

    @classmethod
    def of(cls, html: str) -> "Parsed":
        parsed = cls()
        parsed.feed(html)
        parsed.close()
        return parsed

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._pieces).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [held for name, held in self.elements if name == tag and attributes.items() <= held.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        self._pieces.append(data)


@dataclass
class Visitor:
    """Somebody with a browser.

    Arguments:
        headers: sent with every request.
        page: what is shown now.
    """

    server: Live
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    page: Shown = field(default_factory=lambda: Shown("", 0, {}, {}, b""))

    def get(self, path: str) -> Shown:
        """Open a page, wherever it leads."""
        return self._follow(self.send("GET", path))

    def post(self, path: str, **fields: str) -> Shown:
        """Send the present page's form, and go where it leads."""
        return self._follow(self.submit(path, **fields))

    def submit(self, path: str, **fields: str) -> Shown:
        """Send the present page's form, and stay with the first answer."""
        return self.send("POST", path, urlencode({"form": self.token} | fields).encode(), {"content-type": FORM})

    @property
    def token(self) -> str:
        """What the present page's forms hold against posts from elsewhere."""
        held = self.page.parsed.all("input", name="form")
        return held[0]["value"] if held else ""

    def send(
        self, verb: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, chunked: bool = False
    ) -> Shown:
        """One request; cookies are kept as the answer asks."""
        sent: dict[str, str] = self.headers | dict(headers or {})
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=TIMEOUT)
        try:
            content: Any = [body] if chunked else body
            connection.request(verb, path, content, sent, encode_chunked=chunked)
            response = connection.getresponse()
            given = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
            headers_told = {name.lower(): value for name, value in response.getheaders()}
            shown = Shown(path, response.status, headers_told, {}, response.read())
        finally:
            connection.close()
        for cookie in given:
            name, _, rest = cookie.partition("=")
            shown.cookies[name] = cookie
            if "Max-Age=0" in rest:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = rest.partition(";")[0]
        return shown

    def sign_in(self, place: str, name: str, password: str) -> Shown:
        """Sign in with a password alone."""
        self.get("/signin")
        return self.post("/signin", place=place, email=f"{name}@porch.test", password=password)

    def _follow(self, shown: Shown) -> Shown:
        for _ in range(5):
            self.page = shown
            if shown.status != 303:
                return shown
            assert shown.headers["location"].startswith("/")
            shown = self.send("GET", shown.headers["location"])
        raise AssertionError("the redirects do not end")


def code_of(server: Live, secret: str) -> str:
    """What an authenticator shows for this secret at the server's time (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, (server.gridhall.source.seconds() // 30).to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"
