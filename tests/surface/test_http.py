"""The Web API as HTTP: paths, verbs, headers, tokens, bodies, proxies, and how often."""

import json
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import bindparam, update

from gridhall.domain.imaging import MAX_BYTES
from gridhall.domain.signals import AuthorityChanged
from gridhall.storage.statement import Statement
from gridhall.storage.tables import organizations, people, tokens
from harness.databases import Databases
from harness.live import Live, Reply, live
from surface.inprocess import ask
from surface.stage import FORM, Stage, multipart, png
from surface.wire import post, wire

MIA = {"authorization": "Bearer xoxp-mia"}
JSON = "application/json; charset=utf-8"
START = 1_700_000_000


@pytest.fixture
def open_server(stage: Stage) -> Live:
    return stage.open


# Paths and verbs.


@pytest.mark.parametrize(
    "path", ["/api/auth.test", "/auth.test", "//api/auth.test", "/api//auth.test", "//auth.test", "///api///auth.test"]
)
def test_a_method_answers_below_api_and_at_the_root_whatever_slashes_joining_left(open_server: Live, path: str) -> None:
    assert open_server.request("POST", path, headers=MIA).json["user"] == "mia"


@pytest.mark.parametrize("path", ["/api", "/nothing", "/nothing/auth.test", "/favicon", "/users/list"])
def test_where_nothing_is_the_answer_is_404(open_server: Live, path: str) -> None:
    assert open_server.request("GET", path).status == 404


@pytest.mark.parametrize("path", ["/api/users.nothing", "/users.nothing", "/api/", "/api/auth.test/", "/api/AUTH.TEST"])
def test_a_method_that_is_none_is_refused_as_the_web_api_refuses(open_server: Live, path: str) -> None:
    reply = open_server.request("GET", path)
    assert (reply.status, reply.json) == (200, {"ok": False, "error": "unknown_method"})


@pytest.mark.parametrize("host", ["slack.com", "localhost:1", "[::1]:80", "b%C3%BCcher.example", "x y", ""])
def test_the_host_header_is_not_policed(open_server: Live, host: str) -> None:
    with wire(open_server) as connection:
        connection.send(f"GET /api/api.test HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert connection.reply().json == {"ok": True}


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_query_is_read_with_every_verb(open_server: Live, verb: str) -> None:
    assert open_server.request(verb, "/api/api.test?a=1").json["args"] == {"a": "1"}


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "OPTIONS"])
def test_other_verbs_do_nothing(open_server: Live, verb: str) -> None:
    before = len(open_server.seen)
    reply = open_server.request(verb, "/api/users.setPresence?token=xoxp-mia&presence=away")
    assert (reply.status, reply.headers["allow"], reply.body) == (405, "GET, HEAD, POST", b"")
    assert len(open_server.seen) == before


def test_head_gives_the_headers_of_the_answer_and_no_body(open_server: Live) -> None:
    with wire(open_server) as connection:
        connection.send(
            b"HEAD /api/api.test HTTP/1.1\r\nhost: x\r\n\r\nGET /api/api.test HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        )
        head, _, rest = connection.rest().partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert b"content-length: %d" % len(b'{"ok":true}') in head
        assert rest.startswith(b"HTTP/1.1 200 OK")


# Tokens.


def test_a_token_comes_by_header_form_multipart_or_query(open_server: Live) -> None:
    body, type = multipart({"token": "xoxp-mia"}, {})
    ways: list[Reply] = [
        open_server.request("POST", "/api/auth.test", headers=MIA),
        open_server.request("GET", "/api/auth.test", headers={"authorization": "bearer xoxp-mia"}),
        open_server.request("POST", "/api/auth.test", b"token=xoxp-mia", {"content-type": FORM}),
        open_server.request("POST", "/api/auth.test", body, {"content-type": type}),
        open_server.request("POST", "/api/auth.test?token=xoxp-mia"),
        open_server.request("GET", "/api/auth.test?token=xoxp-mia"),
    ]
    assert {way.json["user"] for way in ways} == {"mia"}


def test_a_token_never_comes_out_of_a_json_body(open_server: Live) -> None:
    reply = open_server.request("POST", "/api/auth.test", b'{"token":"xoxp-mia"}', {"content-type": JSON})
    assert reply.json["error"] == "not_authed"


def test_the_header_goes_before_the_form_and_the_form_before_the_query(open_server: Live) -> None:
    def user(query: str, body: bytes, headers: dict[str, str]) -> object:
        return open_server.request("POST", f"/api/auth.test?{query}", body, {"content-type": FORM, **headers}).json["user"]

    assert user("token=xoxp-ada", b"token=xoxp-owen", MIA) == "mia"
    assert user("token=xoxp-ada", b"token=xoxp-owen", {}) == "owen"
    assert user("token=xoxp-ada", b"", {}) == "ada"


def test_another_scheme_is_no_token(open_server: Live) -> None:
    assert (
        open_server.request("GET", "/api/auth.test", headers={"authorization": "Basic xoxp-mia"}).json["error"] == "not_authed"
    )


# Headers of answers.


def test_every_answer_has_an_id_of_its_own(open_server: Live) -> None:
    replies = [open_server.request("GET", path) for path in ("/api/api.test", "/api/auth.test", "/api/no.such") * 5]
    assert len({reply.headers["x-slack-req-id"] for reply in replies}) == 15
    assert {reply.headers["content-type"] for reply in replies} == {"application/json; charset=utf-8"}


def test_scopes_stand_in_the_headers_whether_the_answer_is_ok_or_not(open_server: Live) -> None:
    ok = open_server.reply("users.info", "xoxs-mia", user="W0MIA000001")
    refused = open_server.reply("team.info", "xoxs-mia")
    assert ok.json["ok"]
    assert (ok.headers["x-oauth-scopes"], ok.headers["x-accepted-oauth-scopes"]) == ("users:read", "users:read")
    assert refused.json == {"ok": False, "error": "missing_scope", "needed": "team:read", "provided": "users:read"}
    assert (refused.headers["x-oauth-scopes"], refused.headers["x-accepted-oauth-scopes"]) == ("users:read", "team:read")


def test_without_a_token_no_header_tells_of_scopes(open_server: Live) -> None:
    headers = open_server.reply("users.info").headers
    assert not headers.keys() & {"x-oauth-scopes", "x-accepted-oauth-scopes"}


def test_scopes_begin_no_header_of_their_own(sqlite_databases: Databases) -> None:
    with live(sqlite_databases.filled("states")) as server:
        server.on_loop(server.gridhall.storage.write(lambda work: _forge(work)))
        headers = server.reply("auth.test", "xoxp-no-scopes").headers
    assert "x-forged" not in headers
    assert "x-forged: 1" in headers["x-oauth-scopes"]


async def _forge(work: Any) -> None:
    statement: Statement[Any] = Statement(update(tokens).where(tokens.c.scopes == "").values(scopes="a\r\nx-forged: 1"), tuple)
    await work.connection.run(statement)


# Logs.


def test_what_callers_do_wrong_fills_no_log(open_server: Live, caplog: pytest.LogCaptureFixture) -> None:
    assert open_server.call("auth.teams.list", "xoxp-mia", cursor="n\u00f6ne")["error"] == "invalid_cursor"
    assert open_server.call("users.profile.set", "xoxp-mia", profile="[")["error"] == "invalid_profile"
    assert open_server.call("auth.test", "xoxp-closed")["error"] == "service_unavailable"
    assert [record for record in caplog.records if record.name.startswith("gridhall")] == []


def test_a_failing_storage_is_logged_with_its_cause(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    assert stage.damaged.call("auth.test", "xoxp-mia")["error"] == "fatal_error"
    (record,) = [record for record in caplog.records if record.name == "gridhall.pipeline"]
    assert record.levelname == "WARNING"
    assert "malformed" in record.getMessage()


# Bodies.


@pytest.mark.parametrize(
    ("type", "body", "warnings"),
    [
        (FORM, b"a=caf%C3%A9", []),
        (f"{FORM}; charset=utf-8", b"a=caf%C3%A9", ["superfluous_charset"]),
        (f"{FORM}; charset=iso-8859-1", b"a=caf%E9", ["superfluous_charset"]),
        (multipart({}, {})[1], multipart({"a": "café"}, {})[0], []),
        ("text/plain; charset=utf-8", "a=café".encode(), []),
        ("text/plain", "a=café".encode(), ["missing_charset"]),
        (JSON, '{"a":"café"}'.encode(), []),
        ("application/json", '{"a":"café"}'.encode(), ["missing_charset"]),
        ("application/json; charset=iso-8859-1", '{"a":"café"}'.encode("latin-1"), []),
    ],
)
def test_a_body_is_read_by_its_type_and_warned_about(open_server: Live, type: str, body: bytes, warnings: list[str]) -> None:
    answer = open_server.request("POST", "/api/api.test", body, {"content-type": type}).json
    expected: dict[str, Any] = {"ok": True, "args": {"a": "café"}}
    if warnings:
        expected |= {"warning": ",".join(warnings), "response_metadata": {"warnings": warnings}}
    assert answer == expected


def test_a_json_type_with_an_empty_body_is_fine(open_server: Live) -> None:
    assert open_server.request("POST", "/api/auth.test", b"", {"content-type": JSON, **MIA}).json["ok"]


def test_a_warning_stands_in_refusals_too(open_server: Live) -> None:
    answer = open_server.request("POST", "/api/auth.test", b"{}", {"content-type": "application/json"}).json
    assert answer == {
        "ok": False,
        "error": "not_authed",
        "warning": "missing_charset",
        "response_metadata": {"warnings": ["missing_charset"]},
    }


@pytest.mark.parametrize(
    ("type", "code"),
    [
        (FORM, "invalid_form_data"),
        ("text/plain", "invalid_form_data"),
        (JSON, "invalid_json"),
        ("multipart/form-data; boundary=x", "invalid_form_data"),
    ],
)
def test_a_body_over_a_mebibyte_is_refused_before_it_is_read(open_server: Live, type: str, code: str) -> None:
    with wire(open_server) as connection:
        connection.send(post("/api/api.test", b"", f"content-type: {type}", length=(1 << 20) + 1))
        assert connection.reply().json["error"] == code


def test_an_unannounced_body_is_refused_as_soon_as_it_is_too_long(open_server: Live) -> None:
    with wire(open_server) as connection:
        head = f"POST /api/api.test HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM}\r\ntransfer-encoding: chunked\r\n\r\n"
        connection.send(head.encode() + b"100001\r\n" + b"a" * 0x100001 + b"\r\n")
        assert connection.reply().json["error"] == "invalid_form_data"


def test_a_body_of_a_mebibyte_is_read(open_server: Live) -> None:
    body = b"a=" + b"x" * ((1 << 20) - 2)
    assert len(open_server.request("POST", "/api/api.test", body, {"content-type": FORM}).json["args"]["a"]) == len(body) - 2


def test_only_a_method_that_takes_a_file_reads_more(open_server: Live) -> None:
    body, type = multipart({}, {"image": png(4, 4).ljust(2 << 20, b"\0")})
    headers = {"content-type": type, **MIA}
    assert open_server.request("POST", "/api/users.profile.get", body, headers).json["error"] == "invalid_form_data"
    assert open_server.request("POST", "/api/users.setPhoto", body, headers).json["ok"]
    with wire(open_server) as connection:
        connection.send(post("/api/users.setPhoto", b"", f"content-type: {type}", length=(1 << 20) + MAX_BYTES + 1))
        assert connection.reply().json["error"] == "invalid_form_data"


def test_after_a_stalled_body_the_connection_is_closed(stage: Stage) -> None:
    with wire(stage.impatient) as connection:
        connection.send(post("/api/auth.test", b"a=", f"content-type: {FORM}", length=10))
        reply = connection.reply()
        assert (reply.json["error"], reply.headers["connection"]) == ("request_timeout", "close")
        assert connection.rest() == b""


def test_nobody_is_answered_once_the_connection_broke(open_server: Live) -> None:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": b"a=", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", FORM.encode()), (b"content-length", b"10")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/broken.off",
        "query_string": b"",
        "headers": headers,
        "client": None,
    }
    open_server.on_loop(open_server.gridhall.server(scope, receive, send))
    assert messages == sent == []
    assert "broken.off" not in {name for name, _ in open_server.seen}


def test_a_connection_that_breaks_harms_no_other(open_server: Live) -> None:
    with wire(open_server) as connection:
        connection.send(post("/api/auth.test", b"a=", f"content-type: {FORM}", length=10))
    assert open_server.call("api.test") == {"ok": True}


def test_pipelined_requests_are_answered_in_order_until_garbage_ends_them(open_server: Live) -> None:
    with wire(open_server) as connection:
        connection.send(b"".join(post(f"/api/api.test?n={n}") for n in range(3)))
        assert [connection.reply().json["args"]["n"] for _ in range(3)] == ["0", "1", "2"]
        connection.send(b"\0garbage\r\n\r\n")
        assert connection.rest().startswith(b"HTTP/1.1 400 ")
    assert open_server.call("api.test") == {"ok": True}


# Proxies.


@pytest.fixture(scope="module")
def behind_proxies(sqlite_databases: Databases) -> Iterator[Live]:
    trusted = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))
    with live(sqlite_databases.filled("states"), trusted_proxies=trusted) as server:
        yield server


def from_network(server: Live, *forwarded: str) -> object:
    """The error of the workspace that lets only 203.0.113.0/24 in, None where it let the call in."""
    with wire(server) as connection:
        headers = [f"x-forwarded-for: {value}" for value in forwarded]
        connection.send(post("/api/auth.test", b"", "authorization: Bearer xoxp-walled", *headers))
        return connection.reply().json.get("error")


@pytest.mark.parametrize(
    "forwarded",
    [
        ("203.0.113.5",),
        ("198.51.100.1, 203.0.113.5",),
        ("198.51.100.1", "203.0.113.5"),
        ("203.0.113.5, 10.1.2.3",),
        ("nonsense, 203.0.113.5 , 10.1.2.3",),
        ("::ffff:203.0.113.5",),
    ],
)
def test_the_last_address_that_is_no_trusted_proxys_is_the_callers(behind_proxies: Live, forwarded: tuple[str, ...]) -> None:
    assert from_network(behind_proxies, *forwarded) is None


@pytest.mark.parametrize(
    "forwarded",
    [(), ("203.0.113.5, 198.51.100.1",), ("203.0.113.5, nonsense",), ("203.0.113.5, ",), ("",), ("203.0.113.5:80",)],
)
def test_what_a_stranger_wrote_before_it_counts_for_nothing(behind_proxies: Live, forwarded: tuple[str, ...]) -> None:
    assert from_network(behind_proxies, *forwarded) == "accesslimited"


def test_without_trusted_proxies_the_header_counts_for_nothing(open_server: Live) -> None:
    assert from_network(open_server, "203.0.113.5") == "accesslimited"


# How often.


@pytest.fixture
def counting(sqlite_databases: Databases) -> Iterator[Live]:
    """A server with the documented limits, at a standing clock."""
    with live(sqlite_databases.filled("states"), rate_factor=1) as server:
        server.move(to=START)
        yield server


def calls(server: Live, count: int, method: str, token: str | None, **arguments: str) -> list[int]:
    """The statuses of so many calls."""

    async def every() -> list[int]:
        headers = [(b"content-type", FORM.encode())]
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        body = urlencode(arguments).encode()
        return [(await ask(server, "POST", f"/api/{method}", headers, [body])).status for _ in range(count)]

    statuses: list[int] = server.on_loop(every())
    return statuses


def test_a_limit_refills_evenly_and_says_exactly_when(counting: Live) -> None:
    assert calls(counting, 21, "users.setActive", "xoxp-mia") == [200] * 20 + [429]
    reply = counting.reply("users.setActive", "xoxp-mia")
    assert (reply.status, reply.json, reply.headers["retry-after"]) == (429, {"ok": False, "error": "ratelimited"}, "3")
    counting.move(advance=1.5)
    assert counting.reply("users.setActive", "xoxp-mia").headers["retry-after"] == "2"
    counting.move(advance=1.499_999)
    assert counting.reply("users.setActive", "xoxp-mia").headers["retry-after"] == "1"
    counting.move(advance=0.000_001)
    assert calls(counting, 2, "users.setActive", "xoxp-mia") == [200, 429]
    counting.move(advance=60)
    assert calls(counting, 21, "users.setActive", "xoxp-mia") == [200] * 20 + [429]


def test_refused_calls_do_not_count(counting: Live) -> None:
    assert calls(counting, 40, "users.setActive", "xoxp-mia") == [200] * 20 + [429] * 20
    counting.move(advance=3)
    assert calls(counting, 2, "users.setActive", "xoxp-mia") == [200, 429]


def test_what_an_earlier_room_refuses_does_not_count(counting: Live) -> None:
    assert calls(counting, 30, "users.setActive", "xoxp-no-scopes") == [200] * 30
    assert calls(counting, 21, "users.setActive", "xoxp-mia") == [200] * 20 + [429]


def test_a_clock_that_is_set_back_leaves_nobody_refused_for_ever(counting: Live) -> None:
    assert calls(counting, 21, "users.setActive", "xoxp-mia")[-1] == 429
    counting.move(to=START - 86_400)
    assert calls(counting, 21, "users.setActive", "xoxp-mia") == [200] * 20 + [429]


@pytest.mark.parametrize(("factor", "passing"), [(0.5, 10), (2, 40), (0.001, 1)])
def test_the_factor_multiplies(sqlite_databases: Databases, factor: float, passing: int) -> None:
    with live(sqlite_databases.filled("states"), rate_factor=factor) as server:
        server.move(to=START)
        assert calls(server, passing + 1, "users.setActive", "xoxp-mia") == [200] * passing + [429]


def test_off_is_off(open_server: Live) -> None:
    assert calls(open_server, 200, "users.setActive", "xoxp-mia") == [200] * 200


def test_each_method_app_and_workspace_has_a_limit_of_its_own(counting: Live) -> None:
    assert calls(counting, 21, "users.list", "xoxp-owen")[-1] == 429
    assert calls(counting, 1, "users.list", "xoxp-mia") == [429], "another person through the same app"
    assert calls(counting, 1, "users.list", "xoxb-kit") == [429], "the app's bot"
    assert calls(counting, 1, "users.setActive", "xoxp-owen") == [200], "another method"
    assert calls(counting, 1, "users.list", "xoxs-mia") == [200], "a token without an app"
    assert calls(counting, 1, "users.list", "xoxp-owen-large") == [200], "another workspace"


def test_an_org_level_token_shares_the_limit_of_the_workspace_that_it_names(counting: Live) -> None:
    assert calls(counting, 21, "users.list", "xoxp-owen-org", team_id="T0MAIN00001")[-1] == 429
    assert calls(counting, 1, "users.list", "xoxb-kit") == [429]


def test_a_method_without_a_token_counts_by_address(counting: Live) -> None:
    assert calls(counting, 101, "api.test", None) == [200] * 100 + [429]
    assert calls(counting, 1, "api.test", "xoxp-mia") == [429]


def test_one_profile_is_set_ten_times_a_minute_and_all_together_thirty_times(counting: Live) -> None:
    def changes(count: int, user: str) -> list[int]:
        return calls(counting, count, "users.profile.set", "xoxp-owen", user=user, name="title", value="x")

    assert changes(11, "W0MIA000001") == [200] * 10 + [429]
    assert changes(11, "W0ADA000001") == [200] * 10 + [429]
    assert calls(counting, 11, "users.profile.set", "xoxp-owen", name="title", value="x") == [200] * 10 + [429], "their own"
    assert changes(1, "W0GUS000001") == [429], "the thirty of the token are used up"
    assert calls(counting, 1, "users.profile.set", "xoxp-ada", name="title", value="x") == [200], "another token"
    counting.move(advance=2)
    assert changes(2, "W0GUS000001") == [200, 429]


def test_a_call_that_one_limit_refuses_counts_for_none_of_the_others(counting: Live) -> None:
    arguments = {"user": "W0MIA000001", "name": "title", "value": "x"}
    assert calls(counting, 60, "users.profile.set", "xoxp-owen", **arguments) == [200] * 10 + [429] * 50
    assert calls(counting, 10, "users.profile.set", "xoxp-owen", name="title", value="x") == [200] * 10


def test_a_channel_takes_ten_messages_at_once_and_then_one_a_second(counting: Live) -> None:
    def posted(count: int, channel: str, token: str = "xoxp-mia") -> list[int]:
        return calls(counting, count, "chat.postMessage", token, channel=channel, text="x")

    assert posted(11, "C0HALL00001") == [200] * 10 + [429]
    assert posted(1, "C0HALL00001", "xoxp-ada") == [429], "another person through the same app"
    assert posted(11, "C0OWN000001") == [200] * 10 + [429], "another channel"
    counting.move(advance=2)
    assert posted(3, "C0HALL00001") == [200] * 2 + [429]


def test_a_workspace_takes_six_hundred_messages_a_minute(counting: Live) -> None:
    for channel in range(60):
        assert calls(counting, 10, "chat.postMessage", "xoxp-mia", channel=f"C0NOWHERE{channel}") == [200] * 10
    assert calls(counting, 1, "chat.postMessage", "xoxp-mia", channel="C0HALL00001", text="x") == [429]
    assert calls(counting, 1, "chat.meMessage", "xoxp-mia", channel="C0HALL00001", text="x") == [200], "another method"
    counting.move(advance=0.1)
    assert calls(counting, 2, "chat.postMessage", "xoxp-mia", channel="C0HALL00001", text="x") == [200, 429]


@pytest.mark.parametrize("labels", ["true", "1", " TRUE "])
def test_labels_are_limited_more_strictly(counting: Live, labels: str) -> None:
    assert calls(counting, 21, "users.profile.get", "xoxp-mia", include_labels=labels) == [200] * 20 + [429]
    assert calls(counting, 80, "users.profile.get", "xoxp-mia", include_labels="false") == [200] * 80
    assert calls(counting, 1, "users.profile.get", "xoxp-mia") == [429]


def test_labels_asked_for_in_json_count_alike(counting: Live) -> None:
    body = json.dumps({"include_labels": True}).encode()
    headers = {"content-type": JSON, **MIA}
    statuses = [counting.request("POST", "/api/users.profile.get", body, headers).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]


# What changes counts from the next request on.

DEMOTE: Statement[Any] = Statement(update(people).where(people.c.id == bindparam("at_id")).values(org_role="member"), tuple)
CLOSE: Statement[Any] = Statement(
    update(organizations).where(organizations.c.id == bindparam("at_id")).values(maintenance=True), tuple
)


def change(server: Live, statement: Statement[Any], id: str, organization: str) -> None:
    async def unit(work: Any) -> None:
        await work.connection.run(statement, at_id=id)
        work.signal(AuthorityChanged(organization))

    server.on_loop(server.gridhall.storage.write(unit))


def test_a_role_that_changes_counts_at_once(server: Live) -> None:
    arguments = {"user": "W0CHO000001", "name": "title", "value": "x"}
    assert server.call("users.profile.set", "xoxp-ben-org", **arguments)["ok"]
    change(server, DEMOTE, "W0BEN000001", "E0ACME00001")
    assert server.call("users.profile.set", "xoxp-ben-org", **arguments)["error"] == "not_admin"


def test_an_organization_that_closes_is_closed_at_once(server: Live) -> None:
    assert server.call("auth.test", "xoxb-east-desk")["ok"]
    change(server, CLOSE, "E0ACME00001", "E0ACME00001")
    assert server.call("auth.test", "xoxb-east-desk")["error"] == "service_unavailable"


def test_a_revoked_token_ends_at_once_and_no_other_with_it(server: Live) -> None:
    assert server.call("auth.test", "xoxb-east-desk")["ok"]
    assert server.call("auth.test", "xoxp-cho-east")["ok"]
    assert server.call("auth.revoke", "xoxb-east-desk")["revoked"]
    assert server.call("auth.test", "xoxb-east-desk")["error"] == "account_inactive"
    assert server.call("auth.test", "xoxp-cho-east")["ok"]
