"""The forms that pages are sent: read within bounds, and only from pages of ours."""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from gridhall.server.http import BodyTooLarge, Receive, Scope, header, read_body
from gridhall.server.pages.problem import Problem

TYPE = b"application/x-www-form-urlencoded"

MOST_BODY = 16 * 1024
"""Bytes of a form: the longest password, each character of it four escaped bytes, and room for the rest."""

MOST_FIELDS = 20

TOKEN = "form"  # noqa: S105 - the name of the field
"""The hidden field that holds the form's token."""


async def read(scope: Scope, receive: Receive) -> dict[str, str]:
    """The fields of a form.

    Raises:
        Problem: it is no form, too large, unreadable, or did not arrive in time.
        ConnectionResetError: the connection broke.
    """
    media, _, parameters = (header(scope, b"content-type") or b"").partition(b";")
    charset = parameters.strip().lower().removeprefix(b"charset=")
    if media.strip().lower() != TYPE or charset not in (b"", b"utf-8", b'"utf-8"'):
        raise Problem(415, "not_a_form")
    try:
        body = await read_body(receive, MOST_BODY)
    except BodyTooLarge:
        raise Problem(413, "too_large") from None
    except TimeoutError:
        raise Problem(408, "too_slow") from None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(400, "unreadable") from None
    if any("\0" in name or "\0" in value for name, value in pairs):  # PostgreSQL stores no U+0000
        raise Problem(400, "unreadable")
    return dict(pairs)


def need_own_site(scope: Scope, url: str) -> None:
    """Refuse what another site's page sends.

    Browsers say themselves where a form comes from (Fetch Metadata, and `Origin` where they send no such header, as to plain
    http). Where one says nothing, the form's token decides alone.

    Arguments:
        url: where this server is reached from outside. A browser that reached it by another name says so in `Host` and `Origin`
            alike, and a page of another site can change neither.

    Raises:
        Problem.
    """
    site = header(scope, b"sec-fetch-site")
    if site is not None and site not in (b"same-origin", b"none"):
        raise Problem(403, "cross_site")
    origin = header(scope, b"origin")
    if origin is None:
        return
    parts, host = urlsplit(url), (header(scope, b"host") or b"").decode("latin-1")
    if origin.decode("latin-1") not in (f"{parts.scheme}://{parts.netloc}", f"http://{host}", f"https://{host}"):
        raise Problem(403, "cross_site")


def token(key: bytes, browser: str, session: str | None, nonce: bytes) -> str:
    """What a page puts into its forms: good for this browser only, and only until somebody signs in or out there.

    Arguments:
        browser: the value of the cookie that the browser is known by.
        session: that of its session's cookie.
        nonce: random, so that the token looks different each time: else a page that is compressed on its way could give it
            away.
    """
    return nonce.hex() + _seal(key, browser, session, nonce)


def need_token(key: bytes, browser: str | None, session: str | None, fields: Mapping[str, str]) -> None:
    """Refuse a form that was not on a page of this browser.

    Raises:
        Problem.
    """
    if browser is None:
        raise Problem(403, "no_cookies")
    given = fields.get(TOKEN, "")
    try:
        nonce = bytes.fromhex(given[:_NONCE])
    except ValueError:
        raise Problem(403, "out_of_date") from None
    if not hmac.compare_digest(given[_NONCE:].encode(), _seal(key, browser, session, nonce).encode()):
        raise Problem(403, "out_of_date")


NONCE_BYTES = 12
_NONCE = 2 * NONCE_BYTES


def _seal(key: bytes, browser: str, session: str | None, nonce: bytes) -> str:
    told = b"\0".join((b"form", nonce, browser.encode(), (session or "").encode()))
    return hmac.digest(key, told, "sha256").hex()
