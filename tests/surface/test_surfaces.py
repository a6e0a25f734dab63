"""Whatever arrives beside the Web API: pages, endpoints of native clients and the audit log stand it, on both engines."""

import json
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from itertools import count
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridhall.domain.devices import HINTS
from harness.databases import ENGINES
from harness.live import Live, Reply, live
from harness.visitor import FORM, Visitor
from surface import props
from surface.inprocess import ask
from surface.test_anything import INSIDE, OTHER_ORGANIZATIONS, bodies, texts, things, verbs

JSON = "application/json"

unhurried = settings(deadline=None)
some = settings(deadline=None, max_examples=60)

OWEN = {"place": "states-main", "email": "owen@states.test", "password": "owen-owner-signs-in"}
MIA = {"place": "states-main", "email": "mia@states.test", "password": "mia-member-signs-in"}

PROOF, FACTOR = ("place", "email", "password"), "/account/two-factor"
FORMS: dict[str, tuple[str, ...]] = {
    "/signin": PROOF,
    "/w/states-main/signin": PROOF,
    "/signin/code": ("code",),
    "/signout": (),
    "/account/devices/end": ("session",),
    "/account/devices/end-others": (),
    "/account/password": ("current", "new", "again"),
    f"{FACTOR}/set-up": ("password",),
    f"{FACTOR}/confirm": ("code",),
    f"{FACTOR}/remove": ("password",),
    f"{FACTOR}/recovery-codes": ("password",),
    f"{FACTOR}/reset": ("email", "password"),
}
PAGES = (
    *FORMS,
    "/",
    "/w/states-main",
    "/o/states/signin",
    "/w/none/signin",
    "/account",
    "/account/nothing",
    FACTOR,
    "/pages/style.css",
)
ENDPOINTS = tuple(f"/client/{name}" for name in ("signin", "signin/code", "heartbeat", "close", "signout", "nothing"))
AUDIT = tuple(f"/audit/v1/{name}" for name in ("logs", "schemas", "actions", "nothing"))

_numbers = count(1)


def elsewhere() -> bytes:
    """An address that nothing came from before: guesses are counted by address too."""
    return str(ip_address(0x0A000000 + next(_numbers))).encode()


@pytest.fixture(scope="module", params=ENGINES)
def server(request: pytest.FixtureRequest) -> Iterator[Live]:
    """A server of the module's own, behind a proxy."""
    made = request.getfixturevalue("sqlite_databases" if request.param == "sqlite" else "postgres_databases")
    with live(made.filled("states"), trusted_proxies=(ip_network("127.0.0.1"),)) as running:
        yield running


def hold(reply: Reply) -> None:
    """What every answer is held to."""
    assert reply.status < 500
    for text in (*INSIDE, *OTHER_ORGANIZATIONS):
        assert text not in reply.body
    if reply.headers.get("content-type", "").startswith(JSON):
        assert isinstance(msgspec.json.decode(reply.body), dict)


# Requests of any bytes.

headers = st.sampled_from(
    [b"content-type", b"authorization", b"cookie", b"user-agent", b"origin", b"host", b"sec-fetch-site", b"x-forwarded-for"]
    + [hint.encode() for hint in HINTS]
)
values = st.binary(max_size=40) | st.sampled_from(
    [
        *(FORM.encode(), b"application/json", b"application/json; charset=x", b"Bearer xoxc-", b"Bearer xoxp-owen-org"),
        *(
            b"d=xoxd-1",
            b"d=%00; browser=%FF; begun=a.b.c",
            b'd="',
            b"d=" + b"%" * 300,
            b"browser=1",
            b"begun=" + b"e30.x.y" * 9,
        ),
        *(b'"Windows"', b'"' + b"\\" * 99, b'"a";v="1", ' * 30, b"Mozilla/5.0 (" + b"X" * 600, b"Slack/" + b"9." * 300),
        *(b"cross-site", b"null", b"same-origin"),
    ]
)


@settings(deadline=None, max_examples=200)
@given(
    verbs,
    st.sampled_from((*PAGES, *ENDPOINTS, *AUDIT))
    | st.tuples(st.sampled_from(["/w/", "/o/", "/account/", "/client/", "/audit/v1/", "/pages/"]), st.text(max_size=20)).map(
        "".join
    ),
    st.lists(st.tuples(headers, values), max_size=6),
    st.lists(bodies, max_size=2),
    bodies,
)
@example("GET", "/w/\0/signin", [], [], b"")
@example("GET", "/o/" + "x" * 9000 + "/signin", [], [], b"")
@example("GET", "/account", [(b"cookie", b"d=%00%ED%A0%80")], [], b"")
@example("GET", "/signin/code", [(b"cookie", b"begun=%00.%F0.\xff")], [], b"notice=none")
@example("GET", "/audit/v1/logs", [(b"authorization", b"Bearer " + props.OWEN_ORG.encode())], [], b"actor=%00")
def test_no_request_whatever_makes_a_surface_fail(
    server: Live, verb: str, path: str, headers: list[tuple[bytes, bytes]], body: list[bytes], query: bytes
) -> None:
    hold(server.on_loop(ask(server, verb, path, [*headers, (b"x-forwarded-for", elsewhere())], body, query)))


# Forms of pages, by somebody who is signed in.


def form(path: str) -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    """A form of a page with all its fields, right or wrong, and now and then another."""
    known = {**OWEN, "session": "1500000000001", "code": "000000"}
    typed = {name: texts | st.sampled_from([known.get(name, "x" * 200), "x" * 3000]) for name in FORMS[path]}
    more = st.dictionaries(st.sampled_from(["form", "other"]), texts, max_size=1)
    fields = st.tuples(st.fixed_dictionaries(typed), st.just({}) | more).map(lambda both: both[0] | both[1])
    return st.tuples(st.just(path), fields)


class Browser(Visitor):
    """Owen's. It is signed in, and a page is shown."""

    def open(self) -> None:
        self.headers = {"x-forwarded-for": elsewhere().decode()}
        if "d" not in self.cookies or self.get("/account").path != "/account":
            self.get("/signin")
            self.post("/signin", **OWEN)
            assert self.page.path == "/account", self.page.html


@pytest.fixture(scope="module")
def browser(server: Live) -> Browser:
    return Browser(server)


@some
@given(st.sampled_from(list(FORMS)).flatmap(form))
@example(("/signin", OWEN | {"email": "\0"}))
@example(("/signin", OWEN | {"password": "\N{PILE OF POO}" * 1000}))
@example(("/account/devices/end", {"session": "9" * 15}))
def test_a_form_stands_fields_of_any_kind(browser: Browser, filled: tuple[str, dict[str, str]]) -> None:
    path, fields = filled
    browser.open()
    shown = browser.submit(path, **fields)
    hold(Reply(shown.status, shown.headers, shown.body))


# What native clients send.

told = st.fixed_dictionaries({}, optional=dict.fromkeys(("hardware", "os", "os_version", "client_version", "other"), texts))
kinds = {"client": st.sampled_from(["desktop", "mobile", "web"])}
devices = {"device": st.none() | told}
proofs = st.fixed_dictionaries({name: st.just(value) | texts for name, value in MIA.items()} | kinds, optional=devices)
codes = st.fixed_dictionaries({"state": texts, "code": texts} | kinds, optional=devices)
oddities: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    st.sampled_from([*MIA, "client", "device", "state"]), things, max_size=1
)
attempts = st.sampled_from([("/client/signin", proofs), ("/client/signin/code", codes)]).flatmap(
    lambda chosen: st.tuples(st.just(chosen[0]), chosen[1], oddities)
)


def post(server: Live, path: str, fields: Any, *more: tuple[bytes, bytes]) -> Reply:
    sent = [(b"content-type", b"application/json"), (b"x-forwarded-for", elsewhere()), *more]
    reply: Reply = server.on_loop(ask(server, "POST", path, sent, [json.dumps(fields).encode()]))
    hold(reply)
    return reply


agents = st.lists(st.tuples(st.sampled_from([b"user-agent", *(hint.encode() for hint in HINTS)]), values), max_size=4)


@some
@given(attempts, agents)
@example(("/client/signin", MIA | {"client": "web"}, {"place": "\0"}), [])
@example(("/client/signin", MIA | {"client": "web"}, {"email": "\ud800"}), [])
def test_signing_in_stands_json_of_any_kind(
    server: Live, attempt: tuple[str, dict[str, Any], dict[str, Any]], agent: list[tuple[bytes, bytes]]
) -> None:
    path, fields, odd = attempt
    post(server, path, fields | odd, *agent)


@some
@given(st.lists(st.tuples(st.fixed_dictionaries({}, optional={"device": told | things}) | things, agents), max_size=4))
def test_a_session_stands_whatever_its_client_tells(server: Live, beats: list[tuple[Any, list[tuple[bytes, bytes]]]]) -> None:
    welcome = post(server, "/client/signin", MIA | {"client": "desktop"}).json
    assert welcome["ok"], welcome
    who = [(b"authorization", f"Bearer {welcome['token']}".encode()), (b"cookie", f"d={welcome['cookie']}".encode())]
    for fields, agent in beats:
        assert post(server, "/client/heartbeat", fields, *who, *agent).status in (200, 400)
        called = server.on_loop(ask(server, "POST", "/api/auth.test", [*who, *agent, (b"x-forwarded-for", elsewhere())]))
        assert called.json["user_id"] == "W0MIA000001"
    assert post(server, "/client/signout", {}, *who).json == {"ok": True}
    assert post(server, "/client/heartbeat", {}, *who).status == 401


# What the audit log is asked for.

sensible = {
    "oldest": ["1600000000"],
    "latest": ["1700000000"],
    "action": ["user_login", "user_login,user_logout"],
    "actor": ["W0MIA000001", "U0SOLO00001"],
    "entity": ["W0MIA000001", "T0LOCKED001"],
    "limit": ["1", "9999"],
    "cursor": [""],
}
asked = st.tuples(
    st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in sensible.items()}),
    st.just({}) | st.dictionaries(st.sampled_from([*sensible, "other"]), texts, max_size=2),
).map(lambda both: both[0] | both[1])


@unhurried
@given(asked)
def test_the_audit_log_stands_questions_of_any_kind(server: Live, asked: dict[str, str]) -> None:
    sent = [(b"authorization", f"Bearer {props.OWEN_ORG}".encode())]
    reply = server.on_loop(ask(server, "GET", "/audit/v1/logs", sent, (), urlencode(asked).encode()))
    hold(reply)
    assert reply.status in (200, 400)
