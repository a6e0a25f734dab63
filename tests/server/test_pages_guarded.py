"""What pages withstand: forms from elsewhere, hostile names, wrong verbs; and what their headers ask of browsers."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gridhall.domain.origin import Origin
from gridhall.server.account import Account
from harness.databases import Databases
from harness.live import Live, live
from harness.visitor import FORM, Visitor, code_of

FIELDS = {"place": "front", "email": "ela@porch.test", "password": "ela-enters-by-it"}

SIGNING_IN = {"place": "front", "name": "ela", "password": "ela-enters-by-it"}

OWN = [
    ("/signout", {}),
    ("/account/devices/end", {"session": "1000000000001"}),
    ("/account/devices/end-others", {}),
    ("/account/password", {"current": "ela-enters-by-it", "new": "somebody-else-s", "again": "somebody-else-s"}),
    ("/account/two-factor/set-up", {"password": "ela-enters-by-it"}),
    ("/account/two-factor/confirm", {"code": "123456"}),
    ("/account/two-factor/remove", {"password": "ela-enters-by-it"}),
    ("/account/two-factor/recovery-codes", {"password": "ela-enters-by-it"}),
    ("/account/two-factor/reset", {"email": "fay@porch.test", "password": "ela-enters-by-it"}),
]
"""Every form of somebody who is signed in, with fields that would do something."""

OPEN = [("/signin", FIELDS), ("/w/front/signin", FIELDS), ("/o/porch/signin", FIELDS), ("/signin/code", {"code": "123456"})]

PAGES = [
    "/signin",
    "/w/front/signin",
    "/account",
    "/account/password",
    "/account/two-factor",
    "/account/two-factor/set-up",
    "/account/two-factor/remove",
    "/account/two-factor/recovery-codes",
]


@pytest.fixture(scope="module")
def porch(sqlite_databases: Databases) -> Iterator[Live]:
    """One server over pages.yaml: here nothing changes but who is signed in."""
    with live(sqlite_databases.filled("pages")) as running:
        yield running


@pytest.fixture
def ela(porch: Live) -> Iterator[Visitor]:
    """Somebody who is signed in, and is shown her devices."""
    visitor = Visitor(porch)
    visitor.sign_in(**SIGNING_IN)
    assert visitor.page.path == "/account"
    yield visitor
    visitor.headers = {}
    if visitor.get("/account").path == "/account":
        visitor.post("/signout")


def nothing_happened(ela: Visitor) -> bool:
    """Whether she is signed in as before, here and on her other devices, and her password is what it was."""
    ela.headers = {}
    page = ela.get("/account").parsed
    there = {field["value"] for field in page.all("input", name="session")}
    again = Visitor(ela.server)
    signed_in = again.sign_in(**SIGNING_IN).path == "/account"
    again.post("/signout")
    return signed_in and {"1000000000001", "1000000000002"} <= there


# Forms from elsewhere.


@pytest.mark.parametrize(("path", "fields"), OWN)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.test"},
    ],
    ids=str,
)
def test_another_site_s_form_does_nothing(ela: Visitor, path: str, fields: dict[str, str], headers: dict[str, str]) -> None:
    ela.headers = headers
    page = ela.post(path, **fields)
    assert (page.status, page.parsed.title) == (403, "Not sent · Gridhall")
    assert nothing_happened(ela)


@pytest.mark.parametrize(("path", "fields"), OWN)
def test_a_form_without_its_token_does_nothing(porch: Live, ela: Visitor, path: str, fields: dict[str, str]) -> None:
    other = Visitor(porch)
    other.sign_in("front", "ove", "ove-owner-signs-in")
    own = ela.token
    wrong = ["", "x", own[:-1], own[:-1] + ("0" if own[-1] != "0" else "1"), own[24:], "ü" * 88, other.token]
    # That of a page of hers from before she signed in.
    before = Visitor(porch)
    before.get("/signin")
    wrong.append(before.token)
    for token in wrong:
        page = ela.submit(path, **fields, form=token)
        assert (page.status, page.parsed.title) == (403, "This form is out of date · Gridhall"), token
    assert ela.send("POST", path, urlencode(fields).encode(), {"content-type": FORM}).status == 403
    assert nothing_happened(ela)


def test_a_form_s_token_is_of_one_session(porch: Live, ela: Visitor) -> None:
    """Also where two sessions have the same browser, one after the other."""
    ove = Visitor(porch)
    ove.sign_in("front", "ove", "ove-owner-signs-in")
    mixed = Visitor(porch, cookies=ela.cookies | {"d": ove.cookies["d"]})
    assert mixed.submit("/account/devices/end-others", form=ela.token).status == 403
    assert mixed.get("/account").path == "/account"


@pytest.mark.parametrize(("path", "fields"), OPEN)
def test_nobody_is_signed_in_by_another_site_s_form(porch: Live, path: str, fields: dict[str, str]) -> None:
    """Else somebody could be made to write into another's account unawares."""
    attacker, victim = Visitor(porch), Visitor(porch)
    attacker.get("/signin")
    victim.get("/signin")
    for token in ("", attacker.token):
        assert victim.submit(path, **fields, form=token).status == 403
    assert victim.post(path, **fields).parsed.title != "This form is out of date · Gridhall"
    victim.headers = {"sec-fetch-site": "cross-site"}
    assert victim.submit(path, **fields).status == 403


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "none"}, {"sec-fetch-site": "same-origin", "origin": "{url}"}])
def test_forms_of_our_own_arrive(porch: Live, headers: dict[str, str]) -> None:
    visitor = Visitor(porch, headers={name: value.format(url=porch.url) for name, value in headers.items()})
    assert visitor.sign_in(**SIGNING_IN).path == "/account"


def test_the_server_is_known_by_several_names(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("pages"), public_url="https://porch.test") as server:
        for headers in ({"origin": "https://porch.test"}, {"host": "inside.test:80", "origin": "http://inside.test:80"}):
            visitor = Visitor(server, headers=headers)
            visitor.get("/signin")
            assert visitor.submit("/signin", **FIELDS).status == 303
        # Nor does any page tell the name that somebody made up.
        visitor = Visitor(server, headers={"host": "evil.test"})
        assert "evil.test" not in visitor.get("/signin").html
        assert "evil.test" not in str(visitor.submit("/signin", **FIELDS).headers)


@pytest.mark.parametrize(("path", "fields"), OPEN)
def test_who_keeps_no_cookies_is_told_so(porch: Live, path: str, fields: dict[str, str]) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    visitor.cookies.clear()
    page = visitor.submit(path, **fields)
    assert (page.status, page.parsed.title) == (403, "Cookies are needed · Gridhall")


def test_a_form_that_was_open_while_somebody_signed_in_is_out_of_date(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    token = visitor.token
    visitor.post("/signin", **FIELDS)
    page = visitor.submit("/signin", **FIELDS, form=token)
    assert page.status == 403
    assert page.parsed.all("a", href="/signin")
    # And one from before signing out.
    token = visitor.token
    visitor.post("/signout")
    assert visitor.submit("/signin", **FIELDS, form=token).status == 403


# What is no form of ours.


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"place": "front"}', 415),
        ("text/plain", b"form=x", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("", b"", 415),
        (f"{FORM}; charset=utf-16", b"form=x", 415),
        (FORM, b"a=" + b"x" * (16 * 1024), 413),
        (FORM, b"a=%ff", 400),
        (FORM, b"a=\xc3\xbc", 400),
        (FORM, b"a=%00", 400),
        (FORM, b"&".join(b"%d=1" % number for number in range(21)), 400),
        (FORM, b"", 403),
        (f"{FORM};charset=UTF-8", b"form=x", 403),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_that_are_no_form(porch: Live, content_type: str, body: bytes, status: int, chunked: bool) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    page = visitor.send("POST", "/signin", body, {"content-type": content_type}, chunked=chunked)
    assert page.status == status
    assert page.parsed.all("h1")


def test_the_longest_password_fits_into_a_form(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    assert visitor.submit("/signin", place="front", email="ela@porch.test", password="🚪" * 1000).status == 403
    assert "Something of this" in visitor.submit("/signin", place="front", email="e" * 320, password="🚪" * 1000).html


# Verbs and headers.


@pytest.mark.parametrize("path", ["/signout", "/account/devices/end", "/account/devices/end-others"])
def test_what_changes_something_takes_forms_only(ela: Visitor, path: str) -> None:
    page = ela.get(path)
    assert (page.status, page.headers["allow"], page.parsed.title) == (405, "POST", "This is not a page · Gridhall")
    assert nothing_happened(ela)


@pytest.mark.parametrize(("path", "allow"), [("/signin", "GET, HEAD, POST"), ("/", "GET, HEAD"), ("/account", "GET, HEAD")])
@pytest.mark.parametrize("verb", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_verbs_that_no_page_takes(ela: Visitor, path: str, allow: str, verb: str) -> None:
    page = ela.send(verb, path)
    assert (page.status, page.headers["allow"]) == (405, allow)


@pytest.mark.parametrize(
    "path", ["/account/nothing", "/signin/nothing", "/w", "/w/front/nothing", "/o/", "/pages/", "/pages/x.css"]
)
def test_there_is_nothing(ela: Visitor, path: str) -> None:
    assert ela.get(path).status == 404


@pytest.mark.parametrize("path", PAGES)
def test_head_tells_what_get_would(ela: Visitor, path: str) -> None:
    whole, head = ela.get(path), ela.send("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    changing = ("date", "set-cookie")
    assert [(name, value) for name, value in head.headers.items() if name not in changing] == [
        (name, value) for name, value in whole.headers.items() if name not in changing
    ]


@pytest.mark.parametrize("path", [*PAGES, "/account/nothing", "/w/nowhere/signin", "/signout", "/account/two-factor/reset"])
def test_what_headers_ask_of_browsers(ela: Visitor, path: str) -> None:
    headers = ela.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert {"sec-ch-ua-model", "sec-ch-ua-platform-version"} <= set(headers["accept-ch"].split(", "))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_what_the_policy_forbids(ela: Visitor, path: str) -> None:
    page = ela.get(path).parsed
    tags = {name for name, _ in page.elements}
    assert not tags & {"script", "style", "iframe", "object", "base"}
    assert not [held for _, held in page.elements if "style" in held or any(name.startswith("on") for name in held)]
    for tag, attribute in (("a", "href"), ("form", "action"), ("link", "href")):
        assert all(held[attribute].startswith(("/", "#")) for held in page.all(tag))


def test_what_pages_are_dressed_with_is_fetched_once(porch: Live) -> None:
    visitor = Visitor(porch)
    links = visitor.get("/signin").parsed.all("link")
    assert {link["rel"] for link in links} == {"stylesheet", "icon"}
    for link in links:
        got = visitor.send("GET", link["href"])
        assert got.status == 200
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert got.headers["content-type"] in ("text/css; charset=utf-8", "image/svg+xml")
        assert got.cookies == {}
        head = visitor.send("HEAD", link["href"])
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(got.body)))
        known = visitor.send("GET", link["href"], headers={"if-none-match": got.headers["etag"]})
        assert (known.status, known.body) == (304, b"")
        assert visitor.send("POST", link["href"], b"").status == 405


# Cookies.


def attributes(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")[1:]}


def test_cookies_are_out_of_scripts_and_other_sites_reach(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    assert attributes(visitor.page.cookies["browser"]) == {"Path=/", "HttpOnly", "SameSite=Lax"}
    cookies = visitor.submit("/signin", **FIELDS).cookies
    assert attributes(cookies["d"]) == {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=315360000"}
    assert cookies["d"].startswith("d=xoxd-")
    assert attributes(cookies["place"]) == attributes(cookies["d"])
    assert cookies["place"].startswith("place=w/front;")


def test_behind_https_cookies_go_over_https_only(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("pages"), public_url="https://porch.test/grid") as server:
        visitor = Visitor(server)
        page = visitor.get("/signin").parsed
        assert attributes(visitor.page.cookies["__Host-browser"]) == {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
        # The public address has a path, which a proxy in front takes off.
        assert [form["action"] for form in page.all("form")] == ["/grid/signin"]
        assert page.all("link", rel="stylesheet")[0]["href"].startswith("/grid/pages/style-")
        answer = visitor.submit("/signin", **FIELDS)
        assert answer.headers["location"] == "/grid/account"
        assert "Secure" in attributes(answer.cookies["d"])
        assert attributes(answer.cookies["__Host-place"]) >= {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
        visitor.cookies.pop("d")
        assert visitor.send("GET", "/account").headers["location"] == "/grid/w/front/signin"


def lasting(databases: Databases, path: str, settings: str) -> str | None:
    """The `Max-Age` of the session's cookie as a page sets it after administrators have changed these settings."""
    with live(databases.filled("pages")) as server:
        visitor = Visitor(server)
        visitor.sign_in(**SIGNING_IN)
        before = visitor.page.cookies["d"]
        assert "Max-Age=315360000" in attributes(before)
        answer = server.call(
            "admin.users.session.setSettings", "xoxp-ove-org", user_ids="W0ELA000001", **dict([settings.split("=")])
        )
        assert answer["ok"], answer
        visitor.get(path)
        found = [part for part in attributes(visitor.page.cookies["d"]) if part.startswith("Max-Age=")]
        return found[0].partition("=")[2] if found else None


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/two-factor", "/account/two-factor/set-up"])
def test_the_cookie_lasts_as_long_as_the_session(sqlite_databases: Databases, path: str) -> None:
    """Also where administrators change that while it runs."""
    shorter = lasting(sqlite_databases, path, "duration=28800")
    assert shorter is not None
    assert 28_700 < int(shorter) <= 28_800
    assert lasting(sqlite_databases, path, "desktop_app_browser_quit=true") is None


def test_what_a_form_does_brings_the_cookie_too(ela: Visitor) -> None:
    assert "Max-Age=315360000" in attributes(ela.submit("/account/devices/end", session="0").cookies["d"])
    ela.get("/account/password")
    assert "d" in ela.submit("/account/password").cookies


def test_the_cookie_of_a_session_that_has_ended_is_not_set_again(
    porch: Live, ela: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, cookie = porch.gridhall.accounts, ela.cookies["d"]
    change = accounts.change_password

    async def too_late(account: Account, current: str, new: str, origin: Origin) -> None:
        await accounts.sign_out(cookie, origin)
        await change(account, current, new, origin)

    monkeypatch.setattr(accounts, "change_password", too_late)
    ela.get("/account/password")
    asked = {"current": "ela-enters-by-it", "new": "ela-leaves-by-it", "again": "ela-leaves-by-it"}
    for location in ("/account", "/w/front/signin?notice=ended"):
        answer = ela.submit("/account/password", **asked)
        assert (answer.status, answer.headers["location"]) == (303, location)
        assert "d" not in answer.cookies
    assert Visitor(porch).sign_in(**SIGNING_IN).path == "/account"


def test_signing_out_drops_the_cookie(ela: Visitor) -> None:
    answer = ela.submit("/signout")
    assert answer.headers["location"] == "/w/front/signin?notice=signed-out"
    assert attributes(answer.cookies["d"]) == {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=0"}


@pytest.mark.parametrize(
    "place",
    [
        "",
        "front",
        "w/",
        "x/front",
        "w/nowhere",
        "w/safe/signin",
        "o/front",
        "/w/front",
        "//evil.test",
        "https://evil.test",
        "w//evil.test",
        "w/..",
        "w/front%0d%0aset-cookie:d=x",
        "w/front?notice=signed-out",
        "w/front%00",
        "w/%2e%2e",
        "w/evil.test",
        "w/FRONT",
        f"w/{'x' * 300}",
    ],
)
def test_no_cookie_leads_elsewhere(porch: Live, place: str) -> None:
    visitor = Visitor(porch, cookies={"place": place, "d": "xoxd-none"})
    for path in ("/account", "/account/password", "/"):
        answer = visitor.send("GET", path)
        assert (answer.status, answer.headers["location"]) == (303, "/signin?notice=ended")
        assert answer.cookies == {}


# What strangers wrote.


HOSTILE = "\"'><script>alert(1)</script>&amp;<b>"


def test_what_was_typed_comes_back_as_text(porch: Live) -> None:
    visitor = Visitor(porch)
    visitor.get("/signin")
    visitor.post("/signin", place=HOSTILE, email=HOSTILE, password=HOSTILE)
    page = visitor.page.parsed
    assert page.all("input", name="place")[0]["value"] == HOSTILE
    assert page.all("input", name="email")[0]["value"] == HOSTILE
    assert not page.all("script")
    assert not page.all("b")


def test_names_and_devices_are_shown_as_text(porch: Live) -> None:
    visitor = Visitor(
        porch, headers={"user-agent": f"Mozilla/5.0 (X11; Linux x86_64) {HOSTILE}", "sec-ch-ua-model": f'"{HOSTILE[2:]}"'}
    )
    visitor.sign_in(**SIGNING_IN)
    page = visitor.page.parsed
    assert "Ela <script>alert(1)</script>" in page.text
    assert "Front <i>Door</i>" in page.text
    assert "<b>Phone</b>" in page.text
    assert HOSTILE[2:] in page.text
    assert not page.all("script")
    assert not page.all("b")
    assert not page.all("i")


@pytest.mark.parametrize("notice", ["nothing", "<b>", "signed-out%3Cb%3E", "Call+this+number", "x" * 5000])
def test_no_link_puts_words_into_a_page_s_mouth(porch: Live, notice: str) -> None:
    visitor = Visitor(porch)
    page = visitor.get(f"/signin?notice={notice}").parsed
    assert not page.all("p", role="status")
    assert notice not in page.text


@pytest.mark.parametrize("query", ["?next=https://evil.test", "?redirect=//evil.test", "?notice=signed-out&next=//evil.test"])
def test_no_link_leads_elsewhere_after_signing_in(porch: Live, query: str) -> None:
    visitor = Visitor(porch)
    visitor.get(f"/signin{query}")
    for path in (f"/signin{query}", "/signin"):
        assert visitor.submit(path, **FIELDS).headers["location"] == "/account"
        visitor.get("/signin")


def test_addresses_and_the_log_tell_no_secret(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("pages")) as porch:
        porch.move()
        visitor = Visitor(porch)
        visitor.sign_in("front", "fay", "fay-factor-signs-in")
        code = code_of(porch, "JBSWY3DPEHPK3PXP")
        visitor.post("/signin/code", code=code)
        secrets = ("fay", "front", code, visitor.cookies["d"][5:15], visitor.token, "not-to-be-told", "127.0.0.1")
        visitor.get("/w/front/?token=not-to-be-told")
        visitor.get("/account/not-to-be-told")
    # What was collected is written at the latest when the server ends.
    told = porch.log.getvalue()
    assert " pages.signin.code 303 " in told
    assert " pages.account 200 " in told
    assert not [secret for secret in secrets if secret in told]


# Failures.


def test_a_database_that_is_away(porch: Live, ela: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from gridhall.contract.errors import ServiceUnavailable

    async def away(*_: object) -> None:
        raise ServiceUnavailable

    monkeypatch.setattr(porch.gridhall.accounts, "devices", away)
    page = ela.get("/account")
    assert (page.status, page.parsed.title) == (503, "Not at the moment · Gridhall")


def test_a_defect_shows_a_page_and_is_logged(
    porch: Live, ela: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("of the test's making")

    monkeypatch.setattr(porch.gridhall.accounts, "devices", broken)
    page = ela.get("/account")
    assert (page.status, page.parsed.title) == (500, "Something went wrong · Gridhall")
    assert "of the test's making" not in page.html
    assert "of the test's making" in caplog.text


# What is installed.


def test_a_wheel_holds_templates_and_style(tmp_path: Path) -> None:
    build = "import sys; from flit_core.buildapi import build_wheel; print(build_wheel(sys.argv[1]))"
    root = Path(__file__).parent.parent.parent
    made = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    with zipfile.ZipFile(tmp_path / made) as wheel:
        held = {name.removeprefix("gridhall/server/pages/") for name in wheel.namelist() if "/server/pages/" in name}
    folder = root / "src" / "gridhall" / "server" / "pages"
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert held == there
    assert {"style.css", "icon.svg", "templates/base.html"} <= held
