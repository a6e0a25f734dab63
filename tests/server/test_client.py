"""The endpoints of native clients."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pyotp
import pytest
from sqlalchemy import Executable, update

from gridhall.domain.devices import Device
from gridhall.domain.sessions import Session
from gridhall.domain.signals import AuthorityChanged
from gridhall.domain.work import Work
from gridhall.storage import tables
from harness import audit
from harness.clients import PHONE, Client, post, sign_in
from harness.databases import Databases
from harness.live import Live, live
from methods.rows import change

ORGANIZATION = "E0STATION01"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
START = 1_800_000_000

MIA: dict[str, Any] = {"place": "north", "email": "mia@station.test", "password": "mia-signs-in", "client": "mobile"}


@pytest.fixture
def station(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("stations"), refused_after=0.0) as server:
        server.move(to=START)
        yield server


@pytest.fixture(scope="module")
def _standing(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("stations"), refused_after=0.0) as server:
        yield server


@pytest.fixture
def standing(_standing: Live) -> Live:
    """One server for tests that change nothing that others look at, on the engine that needs nothing."""
    return _standing


def stored(server: Live, id: int) -> Session | None:
    async def unit(work: Work) -> Session | None:
        return await work.sessions.find(ORGANIZATION, id, now=work.source.seconds())

    session: Session | None = server.on_loop(server.gridhall.storage.read(unit))
    return session


def device(text: str | None) -> Device:
    assert text is not None
    return msgspec.json.decode(text, type=Device)


def mia(
    server: Live,
    client: str = "mobile",
    *,
    place: str = "north",
    device: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Client:
    """Mia's next client."""
    return sign_in(server, place, MIA["email"], MIA["password"], client=client, device=device, headers=headers)


def raw(server: Live, path: str, body: bytes, verb: str = "POST", **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = server.request(verb, path, body, named)
    return reply.status, reply.json, reply.headers


def test_a_telephone_signs_in_and_calls_as_its_person(station: Live) -> None:
    phone = mia(station, device=PHONE)
    assert phone.told == {
        "ok": True,
        "session_id": phone.session,
        "user_id": "W0MIA000001",
        "team_id": "T0NORTH0001",
        "token": phone.told["token"],
        "cookie": phone.told["cookie"],
        "expires_at": None,
        "heartbeat_every": 30,
        "ends_with_client": False,
    }
    assert 10**12 <= phone.session < 10**13
    assert phone.told["token"].startswith("xoxc-")
    assert phone.told["cookie"].startswith("xoxd-")
    assert phone.call("auth.test")["user_id"] == "W0MIA000001"
    session = stored(station, phone.session)
    assert session is not None
    assert (session.client, session.workspace, session.signed_in_at) == ("mobile", "T0NORTH0001", START)
    assert device(session.device) == Device("iPhone14,2", "iOS", "17.4", "24.03.10", "127.0.0.1")
    assert session.recent_device is None


@pytest.mark.parametrize("place", ["north", "T0NORTH0001", "http://127.0.0.1/w/north/", "w/north", " north "])
def test_a_place_is_its_domain_its_id_or_its_address(standing: Live, place: str) -> None:
    assert mia(standing, place=place).told["team_id"] == "T0NORTH0001"


@pytest.mark.parametrize("place", ["station", "E0STATION01", "https://gridhall.example/o/station/"])
def test_who_signs_in_to_an_organization_as_a_whole_is_told_its_id(standing: Live, place: str) -> None:
    client = mia(standing, place=place)
    assert client.told["team_id"] == ORGANIZATION
    assert client.call("auth.test")["is_enterprise_install"] is True


def test_secrets_are_stored_nowhere(station: Live) -> None:
    client = mia(station)
    session = stored(station, client.session)
    assert session is not None
    row = repr(msgspec.structs.asdict(session))
    assert client.told["token"][5:] not in row
    assert client.told["cookie"][5:] not in row
    assert client.told["token"][5:] not in station.log.getvalue()


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"password": "another"}, 401, "invalid_credentials"),
        ({"email": "nobody@station.test"}, 401, "invalid_credentials"),
        ({"place": "nowhere"}, 401, "invalid_credentials"),
        ({"place": "south", "email": "max@station.test", "password": "max-signs-in"}, 401, "invalid_credentials"),
        ({"email": "dan@station.test", "password": "dan-signs-in"}, 401, "invalid_credentials"),
        ({"place": "walled"}, 403, "accesslimited"),
        ({"client": "toaster"}, 400, "invalid_arguments"),
        ({"client": None}, 400, "invalid_arguments"),
        ({"password": 7}, 400, "invalid_arguments"),
        ({"email": "mia\0@station.test"}, 400, "invalid_arguments"),
        ({"admin": True}, 400, "invalid_arguments"),
        ({"device": "iPhone"}, 400, "invalid_arguments"),
        ({"device": {"os": 17}}, 400, "invalid_arguments"),
        ({"device": {"ip": "198.51.100.7"}}, 400, "invalid_arguments"),
    ],
)
def test_who_cannot_be_let_in_is_told_why_as_http_does(standing: Live, wrong: dict[str, Any], status: int, error: str) -> None:
    reply = post(standing, "signin", **MIA | wrong)
    assert (reply.status, reply.json) == (status, {"ok": False, "error": error})


def test_a_second_factor_is_asked_for_and_then_taken(station: Live) -> None:
    asked = post(station, "signin", **MIA | {"email": "fay@station.test", "password": "fay-signs-in"})
    assert asked.status == 403
    assert asked.json.keys() == {"ok", "error", "state"}
    assert (asked.json["ok"], asked.json["error"]) == (False, "code_required")
    state = asked.json["state"]
    wrong = post(station, "signin/code", state=state, code="000000", client="mobile")
    assert (wrong.status, wrong.json) == (401, {"ok": False, "error": "invalid_code"})
    code = pyotp.TOTP(SECRET).at(START)
    reply = post(station, "signin/code", state=state, code=code, client="mobile", device=PHONE)
    assert reply.status == 200
    client = Client(station, reply.json)
    assert client.call("auth.test")["user"] == "fay"
    session = stored(station, client.session)
    assert session is not None
    assert device(session.device).device_hardware == "iPhone14,2"
    replayed = post(station, "signin/code", state=state, code=code, client="mobile")
    assert (replayed.status, replayed.json["error"]) == (401, "invalid_code")
    spoiled = post(station, "signin/code", state=state[:-2] + "xx", code=code, client="mobile")
    assert (spoiled.status, spoiled.json["error"]) == (401, "expired")


def test_a_second_factor_that_is_required_is_set_up_first(station: Live) -> None:
    asked = post(station, "signin", **MIA | {"place": "factor"})
    assert asked.status == 403
    assert asked.json["error"] == "two_factor_setup_required"
    secret, address = asked.json["secret"], asked.json["address"]
    assert pyotp.parse_uri(address).secret == secret
    code = pyotp.TOTP(secret).at(START)
    reply = post(station, "signin/code", state=asked.json["state"], code=code, client="mobile")
    assert reply.status == 200
    codes = reply.json["recovery_codes"]
    assert len(set(codes)) == len(codes) > 0
    assert Client(station, reply.json).call("auth.test")["team_id"] == "T0FACTOR001"
    again = post(station, "signin", **MIA | {"place": "factor"}).json
    assert again["error"] == "code_required"
    by_recovery = post(station, "signin/code", state=again["state"], code=codes[0], client="mobile")
    assert by_recovery.status == 200
    assert "recovery_codes" not in by_recovery.json


def test_no_answer_sets_a_cookie(station: Live) -> None:
    client = mia(station)
    replies = [post(station, "signin", **MIA)]
    replies += [client.post(what) for what in ("heartbeat", "close", "signout", "heartbeat")]
    assert [reply.status for reply in replies] == [200, 200, 200, 200, 401]
    for reply in replies:
        assert "set-cookie" not in reply.headers
        assert "access-control-allow-origin" not in reply.headers
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["content-type"] == "application/json; charset=utf-8"


BODY = json.dumps(MIA).encode()


@pytest.mark.parametrize(
    ("body", "type", "status", "error"),
    [
        (BODY, "text/plain", 415, "invalid_post_type"),
        (BODY, "application/x-www-form-urlencoded", 415, "invalid_post_type"),
        (BODY, "multipart/form-data; boundary=x", 415, "invalid_post_type"),
        (BODY, "", 415, "invalid_post_type"),
        (b"", "text/plain", 400, "invalid_arguments"),
        (b"[]", "application/json", 400, "invalid_arguments"),
        (b"null", "application/json", 400, "invalid_arguments"),
        (b"{", "application/json", 400, "invalid_json"),
        (BODY + b"x", "application/json", 400, "invalid_json"),
        (b"\xff", "application/json", 400, "invalid_json"),
        (b'{"place":"\\ud800"}', "application/json", 400, "invalid_json"),
        (b'{"device":' + b"[" * 8000 + b"]" * 8000 + b"}", "application/json", 400, "invalid_arguments"),
        (b'{"x":"\\u0000",' + b'"y":' + b"[" * 8000 + b"]" * 8000 + b"}", "application/json", 400, "invalid_json"),
        (b'{"place":"' + b"x" * 16_400 + b'"}', "application/json", 413, "too_large"),
    ],
)
def test_a_body_that_is_no_json_of_that_shape_is_refused(
    standing: Live, body: bytes, type: str, status: int, error: str
) -> None:
    answered, answer, headers = raw(standing, "/client/signin", body, **({"content_type": type} if type else {}))
    assert (answered, answer) == (status, {"ok": False, "error": error})
    assert (headers.get("connection") == "close") == (status == 413)


@pytest.mark.parametrize("type", ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"])
def test_json_is_json_whatever_else_its_type_says(standing: Live, type: str) -> None:
    assert raw(standing, "/client/signin", BODY, content_type=type)[0] == 200


@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["signin", "signin/code", "heartbeat", "close", "signout"])
def test_only_posts_are_answered(standing: Live, verb: str, path: str) -> None:
    status, answer, headers = raw(standing, f"/client/{path}", b"", verb)
    assert (status, answer, headers["allow"]) == (405, {"ok": False, "error": "method_not_allowed"}, "POST")


@pytest.mark.parametrize("path", ["/client", "/client/", "/client/signin/", "/client/nothing", "/client/signin/code/x"])
def test_where_nothing_is_the_answer_is_404(standing: Live, path: str) -> None:
    assert raw(standing, path, BODY, content_type="application/json")[0] == 404


def test_who_is_wrong_too_often_is_told_when_to_come_back(station: Live) -> None:
    wrong = MIA | {"password": "another"}
    replies = [post(station, "signin", **wrong) for _ in range(11)]
    assert [reply.status for reply in replies] == [401] * 10 + [429]
    assert replies[-1].json == {"ok": False, "error": "ratelimited"}
    wait = int(replies[-1].headers["retry-after"])
    assert 0 < wait <= 60
    assert post(station, "signin", **MIA).status == 429
    station.move(advance=wait)
    assert post(station, "signin", **MIA).status == 200


@pytest.mark.parametrize("what", ["heartbeat", "close", "signout"])
def test_token_and_cookie_both_have_to_be_there(station: Live, what: str) -> None:
    client, other = mia(station), mia(station)
    token, cookie = client.headers["authorization"], client.headers["cookie"]
    for headers, error in (
        ({}, "not_authed"),
        ({"cookie": cookie}, "not_authed"),
        ({"authorization": token}, "invalid_auth"),
        ({"authorization": token, "cookie": other.headers["cookie"]}, "invalid_auth"),
        ({"authorization": token, "cookie": "d="}, "invalid_auth"),
        ({"authorization": "Bearer xoxc-1", "cookie": cookie}, "invalid_auth"),
        ({"authorization": "Bearer xoxp-mia", "cookie": cookie}, "invalid_auth"),
        ({"authorization": "Bearer xoxb-warden"}, "invalid_auth"),
    ):
        reply = post(station, what, headers)
        assert (reply.status, reply.json) == (401, {"ok": False, "error": error}), headers
    assert client.post(what).status == 200
    assert other.call("auth.test")["ok"]


def test_a_heartbeat_tells_what_changed_of_the_device(station: Live) -> None:
    phone = mia(station, device=PHONE)
    station.move(advance=30)
    assert phone.post("heartbeat").json == {
        "ok": True,
        "expires_at": None,
        "heartbeat_every": 30,
        "ends_with_client": False,
    }
    session = stored(station, phone.session)
    assert session is not None
    assert (session.last_activity, session.recent_device) == (START + 30, None)
    assert phone.post("heartbeat", device=PHONE | {"os_version": "17.5"}).status == 200
    session = stored(station, phone.session)
    assert session is not None
    assert device(session.device).os_version == "17.4"
    assert device(session.recent_device) == Device("iPhone14,2", "iOS", "17.5", "24.03.10", "127.0.0.1")
    # What it does not tell again stays.
    assert phone.post("heartbeat").status == 200
    assert stored(station, phone.session) == session


def test_what_a_device_tells_of_itself_is_cut_and_cleaned(station: Live) -> None:
    told = {"hardware": "x" * 5000, "os": "i\n\x1b[31mOS\u202e", "os_version": "\t17 ", "client_version": "<b>1</b>"}
    client = mia(station, device=told)
    session = stored(station, client.session)
    assert session is not None
    assert device(session.device) == Device("x" * 100, "i[31mOS", "17", "<b>1</b>", "127.0.0.1")


def test_a_client_in_a_browser_is_known_by_its_requests(station: Live) -> None:
    firefox = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"}
    client = mia(station, "web", device=PHONE, headers=firefox)
    session = stored(station, client.session)
    assert session is not None
    assert device(session.device) == Device("x86_64", "Linux", "", "127.0", "127.0.0.1")


def test_closing_ends_only_what_is_to_end_with_its_client(station: Live) -> None:
    desktop, phone = (
        sign_in(station, "north", "qui@station.test", "qui-signs-in", client=client) for client in ("desktop", "mobile")
    )
    assert (desktop.told["ends_with_client"], phone.told["ends_with_client"]) == (True, False)
    stays = mia(station, "desktop")
    assert stays.told["ends_with_client"] is False
    for client, ended in ((desktop, True), (phone, False), (stays, False)):
        assert client.post("close").json == {"ok": True, "ended": ended}
        assert client.call("auth.test")["ok"] is not ended
    assert desktop.post("close").status == 401


def test_signing_out_ends_this_session_and_no_other(station: Live) -> None:
    one, other = mia(station), mia(station)
    assert one.post("signout").json == {"ok": True}
    assert one.call("auth.test") == {"ok": False, "error": "invalid_auth"}
    assert stored(station, one.session) is None
    assert one.post("signout").status == 401
    assert other.call("auth.test")["ok"]


def decide(server: Live, *clauses: Executable) -> None:
    """Change what decides who may do what, and tell the workers so."""
    change(server, *clauses)

    async def tell(work: Work) -> None:
        work.signal(AuthorityChanged(ORGANIZATION))

    server.on_loop(server.gridhall.storage.write(tell))


@pytest.mark.parametrize("hindrance", [{"two_factor_required": True}, {"network_allowlist": '["198.51.100.0/24"]'}])
def test_who_may_call_nothing_more_may_still_sign_out(station: Live, hindrance: dict[str, object]) -> None:
    phone = mia(station)
    closing, signing_out = (sign_in(station, "north", "qui@station.test", "qui-signs-in", client="desktop") for _ in range(2))
    organizations = tables.organizations
    decide(station, update(organizations).where(organizations.c.id == ORGANIZATION).values(**hindrance))
    for client in (phone, closing, signing_out):
        assert client.call("auth.test")["error"] in ("two_factor_setup_required", "accesslimited")
        assert client.post("heartbeat").status == 403
    assert phone.post("close").json == {"ok": True, "ended": False}
    assert closing.post("close").json == {"ok": True, "ended": True}
    for client in (phone, signing_out):
        assert client.post("signout").json == {"ok": True}
    assert [stored(station, client.session) for client in (phone, closing, signing_out)] == [None] * 3
    told = [entry.action for entry in audit.entries(station, ORGANIZATION)]
    assert told.count("user_logout") == 3


def test_a_token_and_a_cookie_of_two_sessions_sign_nobody_out(station: Live) -> None:
    one, other = mia(station), mia(station, "desktop")
    mixed = {"authorization": one.headers["authorization"], "cookie": other.headers["cookie"]}
    for what in ("close", "signout"):
        assert (post(station, what, mixed).status, post(station, what, mixed).json["error"]) == (401, "invalid_auth")
    assert one.call("auth.test")["ok"]
    assert other.call("auth.test")["ok"]


def test_who_is_deactivated_is_refused_with_the_next_call(station: Live) -> None:
    phone = mia(station)
    assert phone.call("auth.test")["ok"]
    decide(station, update(tables.people).where(tables.people.c.id == "W0MIA000001").values(deleted=True))
    assert phone.call("auth.test") == {"ok": False, "error": "token_revoked"}
    assert phone.post("heartbeat").status == 401
    decide(station, update(tables.people).where(tables.people.c.id == "W0MIA000001").values(deleted=False))
    assert phone.call("auth.test")["ok"]


def test_a_new_role_counts_from_the_next_call(station: Live) -> None:
    phone, hall = mia(station), "C0HALL00001"
    max = sign_in(station, "north", "max@station.test", "max-signs-in", client="mobile")
    posts = [max.call("chat.postMessage", channel=hall, text=text)["ts"] for text in ("one", "two")]
    assert phone.call("chat.delete", channel=hall, ts=posts[0])["error"] == "cant_delete_message"
    role = update(tables.memberships).where(
        tables.memberships.c.workspace == "T0NORTH0001", tables.memberships.c.person == "W0MIA000001"
    )
    decide(station, role.values(role="admin"))
    assert phone.call("chat.delete", channel=hall, ts=posts[0])["ok"]
    decide(station, role.values(role="member"))
    assert phone.call("chat.delete", channel=hall, ts=posts[1])["error"] == "cant_delete_message"


def test_requests_are_noted_without_what_they_hold(standing: Live) -> None:
    client = mia(standing)
    client.post("heartbeat")
    raw(standing, "/client/xoxc-secret", b"")
    standing.on_loop(_flushed(standing))
    lines = standing.log.getvalue().splitlines()
    assert any(" client.signin ok " in line for line in lines)
    assert any(" client.heartbeat ok " in line for line in lines)
    assert not any("secret" in line or "mia" in line or client.told["token"] in line for line in lines)


async def _flushed(server: Live) -> None:
    server.gridhall._log.flush()
