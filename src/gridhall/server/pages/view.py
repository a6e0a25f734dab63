"""From templates and values to the bytes of a page."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from gridhall.domain.devices import HINTS
from gridhall.domain.origin import Origin
from gridhall.domain.source import Source
from gridhall.server.account import Account
from gridhall.server.http import Headers
from gridhall.server.pages import forms
from gridhall.server.pages.cookies import Cookies
from gridhall.server.pages.texts import NOTICES, STATUS, text_of
from gridhall.server.sign_in import NotSignedIn

if TYPE_CHECKING:
    from jinja2 import Environment

ASSETS = "pages"
"""The first part of the paths of what pages are dressed with."""

BROWSER = "browser"
"""The cookie that a browser is known by, signed in or not, so that its forms can be told from others'."""

_TYPES = {"style.css": b"text/css; charset=utf-8", "icon.svg": b"image/svg+xml"}

_HEADERS: Headers = [
    (b"content-type", b"text/html; charset=utf-8"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    # With `no-referrer` browsers send forms with the origin `null`, which tells nothing.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    # What their User-Agent no longer tells, browsers tell where they are asked for it.
    (b"accept-ch", ", ".join(HINTS[1:]).encode()),
]


@dataclass(slots=True)
class Visit:
    """A request for a page.

    Arguments:
        notice: the code of what was done just before, from the query.
        browser, session: the values of the cookies of these names, None where the request brings none.
        begun: the same of the cookie that holds what was begun and waits for a code.
        place: the path of the place where the browser was signed in last, as the cookie tells that may be anybody's making.
        fields: of the form, empty where there is none.
        set_cookies: what the answer has the browser keep.
    """

    path: str
    notice: str
    origin: Origin
    browser: str | None
    session: str | None
    begun: str | None
    place: str | None
    fields: Mapping[str, str] = field(default_factory=dict)
    set_cookies: list[bytes] = field(default_factory=list)

    def field(self, name: str) -> str:
        """A field of the form, "" where it is missing."""
        return self.fields.get(name, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asset:
    """What pages are dressed with. Its name holds its hash, so that what is behind its address never changes."""

    name: str
    media: bytes
    body: bytes

    @property
    def etag(self) -> bytes:
        return b'"%s"' % self.name.encode()


class View:
    """Makes answers.

    Arguments:
        url: where the server is reached from outside. Its path is before each of ours, its host in none of them.
        key: what tokens of forms are sealed with.
    """

    def __init__(self, url: str, key: bytes, source: Source, cookies: Cookies) -> None:
        self._base = urlsplit(url).path.rstrip("/")
        self._key = key
        self._source = source
        self._cookies = cookies

    async def page(
        self,
        visit: Visit,
        template: str,
        *,
        status: int = 200,
        headers: Headers | None = None,
        account: Account | None = None,
        faults: Mapping[str, str] | None = None,
        refusal: NotSignedIn | None = None,
        **values: Any,
    ) -> Answer:
        """A page.

        Arguments:
            headers: further ones.
            account: who is signed in, None where the page is for nobody yet.
            faults: what is wrong with fields of the form, by their names.
            refusal: why the form was refused.
            values: what else its template shows.
        """
        environment = _environment() if _environment.cache_info().currsize else await asyncio.to_thread(_environment)
        if visit.browser is None:
            self.renew(visit)
        assert visit.browser is not None
        nonce = self._source.bytes(forms.NONCE_BYTES)
        text = environment.get_template(template).render(
            account=account,
            base=self._base,
            faults=faults or {},
            form_token=forms.token(self._key, visit.browser, visit.session, nonce),
            notice=NOTICES.get(visit.notice),
            path=visit.path,
            refusal=refusal and text_of(refusal),
            **values,
        )
        told = [*_HEADERS, *(headers or ())]
        if refusal is not None:
            status = STATUS[refusal.code]
            if refusal.retry_after:
                told.append((b"retry-after", b"%d" % refusal.retry_after))
        elif faults:
            status = 422
        return self._answer(visit, status, told, text.encode())

    def redirect(self, visit: Visit, path: str, notice: str = "") -> Answer:
        """On to another page, by GET.

        Arguments:
            path: one of ours.
            notice: the code of what was done, which that page tells.
        """
        location = self._base + path + (f"?notice={notice}" if notice else "")
        return self._answer(visit, 303, [(b"location", location.encode()), (b"cache-control", b"no-store")], b"")

    def renew(self, visit: Visit) -> None:
        """Know the browser by another cookie from now on: forms that it still shows are out of date."""
        visit.browser = self._source.secret("")
        visit.set_cookies.append(self._cookies.put(BROWSER, visit.browser, max_age=None))

    @staticmethod
    def _answer(visit: Visit, status: int, headers: Headers, body: bytes) -> Answer:
        headers += [(b"content-length", b"%d" % len(body)), *((b"set-cookie", cookie) for cookie in visit.set_cookies)]
        return Answer(status, headers, body)


async def qr_code(text: str) -> str:
    """A picture of this text for a camera, as SVG without any style: black on white also where the page is dark."""
    return await asyncio.to_thread(_drawn, text)


@cache
def assets() -> dict[str, Asset]:
    """What pages are dressed with, by the names that addresses tell."""
    folder = files(__package__)
    made = {}
    for name, media in _TYPES.items():
        body = folder.joinpath(name).read_bytes()
        stem, _, ending = name.partition(".")
        hashed = f"{stem}-{sha256(body).hexdigest()[:16]}.{ending}"
        made[hashed] = Asset(hashed, media, body)
    return made


@cache
def _environment() -> "Environment":
    """All templates, compiled. Jinja is imported when the first page is asked for: a start should not pay for it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for asset in assets().values():
        environment.globals[asset.name.partition("-")[0]] = f"{ASSETS}/{asset.name}"
    environment.filters["local"] = _local
    environment.filters["groups"] = _in_groups
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


def _local(seconds: int, zone: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return datetime.fromtimestamp(seconds, UTC)


def _in_groups(secret: str) -> str:
    """Fours, to be read and typed."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _drawn(text: str) -> str:
    import segno
    from markupsafe import Markup

    drawing = segno.make(text, error="m", micro=False)
    svg = drawing.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - of segno's making, and the text is not in it
