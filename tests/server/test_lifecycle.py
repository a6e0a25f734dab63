"""How long sessions last, and that nobody calls with one that has ended, wherever and however it did."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from gridhall.domain.audit import Question
from gridhall.domain.devices import Device
from gridhall.domain.sessions import Session
from gridhall.domain.work import Work
from harness.clients import PHONE, Client, post, sign_in
from harness.databases import Databases
from harness.live import Live, live

ORGANIZATION = "E0STATION01"
START = 1_800_000_000
HOURS = 3600
ENDED = {"ok": False, "error": "invalid_auth"}
OWNER = "xoxp-ola-org"
FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"}


@pytest.fixture
def station(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("stations")) as server:
        server.move(to=START)
        yield server


def enter(server: Live, name: str, client: str = "desktop", **more: Any) -> Client:
    return sign_in(server, "north", f"{name}@station.test", f"{name}-signs-in", client=client, **more)


def goes_on(client: Client) -> bool:
    """Whether a client's next call is answered; one that is refused is refused as an ended session's."""
    answer = client.call("auth.test")
    assert answer["ok"] or answer == ENDED
    return bool(answer["ok"])


def admin(server: Live, method: str, **arguments: object) -> None:
    answer = server.call(f"admin.users.session.{method}", OWNER, **arguments)
    assert answer["ok"], answer


def stored(server: Live, id: int) -> Session | None:
    """The session's row, also where its time has passed."""
    session: Session | None = server.on_loop(
        server.gridhall.storage.read(lambda work: work.sessions.find(ORGANIZATION, id, now=0))
    )
    return session


def settle(server: Live) -> None:
    assert server.on_loop(server.gridhall.jobs.settle(10))


# Duration.


def test_a_duration_ends_a_session_to_the_second(station: Live) -> None:
    client = enter(station, "day", "mobile")
    assert client.told["expires_at"] == START + 8 * HOURS
    assert goes_on(client)
    station.move(to=START + 8 * HOURS - 0.001)
    assert goes_on(client)
    assert client.post("heartbeat").json["expires_at"] == START + 8 * HOURS
    station.move(to=START + 8 * HOURS)
    assert not goes_on(client)
    assert client.post("heartbeat").status == 401


def test_an_expired_session_is_cleared_away_and_nobody_is_told_to_have_signed_out(station: Live) -> None:
    client = enter(station, "day", "mobile")
    assert stored(station, client.session) is not None
    station.move(advance=8 * HOURS)
    settle(station)
    assert stored(station, client.session) is None

    async def entries(work: Work) -> list[str]:
        return [entry.action for entry in (await work.audit.list(ORGANIZATION, Question(limit=1000))).entries]

    assert "user_logout" not in station.on_loop(station.gridhall.storage.read(entries))


def test_a_duration_that_is_set_counts_for_running_sessions(station: Live) -> None:
    early = enter(station, "max", "web")
    station.move(advance=HOURS)
    late = enter(station, "max", "web")
    station.move(advance=8 * HOURS - 600)
    assert goes_on(early)
    assert goes_on(late)
    admin(station, "setSettings", user_ids="W0MAX000001", duration=8 * HOURS)
    assert not goes_on(early), "it has been signed in for longer"
    assert goes_on(late)
    settle(station)
    assert stored(station, early.session) is None
    station.move(advance=599)
    assert goes_on(late)
    station.move(advance=1)
    assert not goes_on(late)


def test_settings_that_are_cleared_no_longer_end_anything(station: Live) -> None:
    client = enter(station, "day", "mobile")
    assert goes_on(client)
    admin(station, "clearSettings", user_ids="W0DAY000001")
    station.move(advance=9 * HOURS)
    settle(station)
    assert goes_on(client)
    assert client.post("heartbeat").json["expires_at"] is None


def test_a_longer_duration_prolongs(station: Live) -> None:
    client = enter(station, "day", "mobile")
    assert goes_on(client)
    admin(station, "setSettings", user_ids="W0DAY000001", duration=24 * HOURS)
    station.move(advance=9 * HOURS)
    settle(station)
    assert goes_on(client)
    station.move(to=START + 24 * HOURS)
    assert not goes_on(client)


def test_time_that_passed_while_nobody_served_counts(any_databases: Databases) -> None:
    database = any_databases.filled("stations")
    with live(database) as server:
        server.move(to=START)
        client, other = enter(server, "day", "mobile"), enter(server, "mia", "mobile")
    with live(database) as server:
        server.move(to=START + 8 * HOURS - 1)
        assert Client(server, client.told).call("auth.test")["ok"]
    with live(database) as server:
        server.move(to=START + 8 * HOURS)
        assert Client(server, client.told).call("auth.test") == ENDED
        assert Client(server, other.told).call("auth.test")["ok"]
        settle(server)
        assert stored(server, client.session) is None


def test_a_clock_that_is_set_back_brings_nothing_back(station: Live) -> None:
    client, other = enter(station, "day", "mobile"), enter(station, "day", "mobile")
    station.move(advance=8 * HOURS)
    settle(station)
    assert stored(station, client.session) is None
    station.move(to=START + 1)
    assert not goes_on(client)
    assert not goes_on(other)
    # What was signed in to since counts from then.
    again = enter(station, "day", "mobile")
    assert again.told["expires_at"] == START + 1 + 8 * HOURS
    assert goes_on(again)


def test_a_session_of_a_file_ends_when_the_file_says(station: Live) -> None:
    lasting, ending = 1_000_000_000_003, 1_000_000_000_004
    station.move(to=4_000_000_000 - 1)
    settle(station)
    assert None not in (stored(station, lasting), stored(station, ending))
    station.move(advance=1)
    settle(station)
    assert stored(station, lasting) is not None
    assert stored(station, ending) is None


# Ending with the client.


def test_a_desktop_session_lives_from_heartbeat_to_heartbeat(station: Live) -> None:
    client = enter(station, "qui")
    assert client.told["ends_with_client"] is True
    assert client.told["expires_at"] == START + 90
    for beat in range(1, 21):
        station.move(advance=30)
        settle(station)
        assert client.post("heartbeat").json == {
            "ok": True,
            "expires_at": START + beat * 30 + 90,
            "heartbeat_every": 30,
            "ends_with_client": True,
        }
        assert goes_on(client)
    station.move(advance=89)
    assert goes_on(client)
    # A call is no heartbeat.
    station.move(advance=1)
    assert not goes_on(client)
    assert client.post("heartbeat").status == 401
    settle(station)
    assert stored(station, client.session) is None


def test_only_desktop_sessions_need_heartbeats(station: Live) -> None:
    clients = [enter(station, "qui", client) for client in ("mobile", "web")]
    assert [client.told["ends_with_client"] for client in clients] == [False, False]
    station.move(advance=HOURS)
    settle(station)
    assert all(goes_on(client) for client in clients)


def test_heartbeats_do_not_outlast_the_duration(station: Live) -> None:
    client = enter(station, "both")
    for _ in range(8 * 60 - 1):
        station.move(advance=60)
        assert client.post("heartbeat").status == 200
    assert client.post("heartbeat").json["expires_at"] == START + 8 * HOURS
    station.move(advance=60)
    assert not goes_on(client)


def test_a_running_client_learns_that_it_is_to_end_with_its_session(station: Live) -> None:
    client = enter(station, "mia")
    assert client.post("heartbeat").json["ends_with_client"] is False
    admin(station, "setSettings", user_ids="W0MIA000001", desktop_app_browser_quit="true")
    station.move(advance=30)
    assert client.post("heartbeat").json["ends_with_client"] is True
    station.move(advance=90)
    assert not goes_on(client)


def test_heartbeats_after_a_clock_was_set_back_count_from_then(station: Live) -> None:
    client = enter(station, "qui")
    assert goes_on(client)
    station.move(to=START - HOURS)
    assert client.post("heartbeat").json["expires_at"] == START - HOURS + 90
    assert goes_on(client)
    station.move(advance=90)
    assert not goes_on(client), "whoever remembered it, too"
    settle(station)
    assert stored(station, client.session) is None


# However it ends.


def _invalidated(station: Live, client: Client) -> None:
    admin(station, "invalidate", user_id=client.told["user_id"], session_id=client.session)


def _reset(station: Live, client: Client) -> None:
    admin(station, "reset", user_id=client.told["user_id"])


def _reset_in_bulk(station: Live, client: Client) -> None:
    admin(station, "resetBulk", user_ids=client.told["user_id"])
    settle(station)


def _signed_out(station: Live, client: Client) -> None:
    assert client.post("signout").status == 200


@pytest.mark.parametrize("end", [_invalidated, _reset, _reset_in_bulk, _signed_out])
def test_an_ended_session_is_refused_at_once(station: Live, end: Callable[[Live, Client], None]) -> None:
    client, other = enter(station, "mia"), enter(station, "max")
    assert goes_on(client)
    end(station, client)
    assert not goes_on(client)
    for what in ("heartbeat", "close", "signout"):
        assert client.post(what).status == 401
    assert goes_on(other)


def test_each_session_ends_for_itself(station: Live) -> None:
    one, other = enter(station, "mia"), enter(station, "mia")
    _invalidated(station, one)
    assert not goes_on(one)
    assert goes_on(other)


# Who calls.


def test_a_client_token_is_worth_nothing_without_its_cookie(station: Live) -> None:
    client, other = enter(station, "mia"), enter(station, "mia")
    token, cookie = client.told["token"], client.told["cookie"]
    escaped = cookie.replace("-", "%2D")

    def call(*cookies: str) -> dict[str, Any]:
        # One header each, which a dict cannot tell.
        lines = "".join(f"Cookie: {value}\r\n" for value in cookies)
        return _raw(station, f"GET /api/auth.test HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{lines}\r\n")

    for cookies in (
        (),
        ("",),
        ("d",),
        ("d=",),
        (f"D={cookie}",),
        (f"e={cookie}",),
        (f"d={cookie}x",),
        (f"d={cookie[:-1]}",),
        (f"d={token}",),
        (f"d={other.told['cookie']}",),
        (f"d={other.told['cookie']}; d={cookie}",),
        (f"d={other.told['cookie']}", f"d={cookie}"),
        ("d=%",),
        ("d=\xff\xfe",),
    ):
        assert call(*cookies) == ENDED, cookies
    for cookies in (
        (f"d={cookie}",),
        (f"d={escaped}",),
        (f'd="{cookie}"',),
        (f"a=b; d={cookie}; c",),
        (f"d={cookie}; d={other.told['cookie']}",),
    ):
        assert call(*cookies)["user"] == "mia", cookies
    # Nor does the cookie speak for another's token, or for none.
    assert _raw(station, f"GET /api/auth.test HTTP/1.1\r\nHost: x\r\nCookie: d={cookie}\r\n\r\n")["error"] == "not_authed"
    form = {"content-type": "application/x-www-form-urlencoded", "cookie": f"d={cookie}"}
    assert station.request("POST", "/api/auth.test", f"token={token}".encode(), form).json["user"] == "mia"


def _raw(server: Live, request: str) -> dict[str, Any]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request.replace("HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", 1).encode("latin-1"))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    decoded: dict[str, Any] = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])
    return decoded


def test_a_call_with_a_session_counts_as_activity_and_a_heartbeat_does_not(station: Live) -> None:
    def presence() -> str:
        answer: str = station.call("users.getPresence", "xoxb-warden", user="W0MIA000001")["presence"]
        return answer

    client = enter(station, "mia", "mobile")
    assert presence() == "away"
    assert client.post("heartbeat").status == 200
    assert presence() == "away"
    assert client.call("users.info", user="W0MAX000001")["ok"]
    assert presence() == "active"
    station.move(advance=599)
    assert client.post("heartbeat").status == 200
    assert presence() == "active"
    station.move(advance=1)
    assert presence() == "away"


def test_a_browser_that_calls_from_elsewhere_is_noted(station: Live) -> None:
    client = enter(station, "mia", "web", headers=FIREFOX)
    session = stored(station, client.session)
    assert session is not None
    created = msgspec.json.decode(session.device, type=Device)
    assert created == Device("x86_64", "Linux", "", "127.0", "127.0.0.1")

    def call(version: str) -> Session:
        agent = {"user-agent": FIREFOX["user-agent"].replace("127.0", version)}
        assert station.request("GET", "/api/auth.test", headers=client.headers | agent).json["ok"]
        session = stored(station, client.session)
        assert session is not None
        return session

    assert call("127.0").recent_device is None
    for version in range(128, 140):
        assert call(f"{version}.0").recent_device is None, "noted a moment ago, whatever comes now"
    station.move(advance=10)
    changed = call("128.0")
    assert changed.recent_device is not None
    assert msgspec.json.decode(changed.recent_device, type=Device).slack_client_version == "128.0"
    assert msgspec.json.decode(changed.device, type=Device) == created
    station.move(advance=59)
    assert call("128.0").last_activity == START + 10, "nothing has changed since"
    station.move(advance=1)
    assert call("128.0").last_activity == START + 70


def test_a_device_of_a_native_client_is_what_it_says(station: Live) -> None:
    client = enter(station, "mia", "mobile", device=PHONE)
    station.move(advance=60)
    assert station.request("GET", "/api/auth.test", headers=client.headers | FIREFOX).json["ok"]
    session = stored(station, client.session)
    assert session is not None
    assert (session.recent_device, session.last_activity) == (None, START + 60)


def test_what_was_scheduled_in_a_client_is_posted_after_it_signed_out(station: Live) -> None:
    client = enter(station, "mia")
    scheduled = client.call("chat.scheduleMessage", channel="C0HALL00001", text="Later", post_at=START + 600)
    assert scheduled["ok"], scheduled
    assert client.post("signout").status == 200
    station.move(advance=600)
    settle(station)
    watcher = enter(station, "max")
    messages = watcher.call("conversations.history", channel="C0HALL00001")["messages"]
    assert [(message["text"], message["user"]) for message in messages] == [("Later", "W0MIA000001")]


def test_sessions_of_one_person_share_their_limits(any_databases: Databases) -> None:
    with live(any_databases.filled("stations"), rate_factor=1.0) as station:
        station.move(to=START)
        one, other, third = enter(station, "mia"), enter(station, "mia"), enter(station, "max")
        answers = [client.call("users.setPresence", presence="auto") for client in (one, other) * 15]
        errors = [answer.get("error") for answer in answers]
        assert errors.count("ratelimited") > 0
        assert set(errors) == {None, "ratelimited"}
        assert errors == sorted(errors, key=lambda error: error is not None), "one after the other, whichever session asks"
        assert third.call("users.setPresence", presence="auto")["ok"]


def test_ended_sessions_are_not_told_from_those_that_never_were(station: Live) -> None:
    client = enter(station, "mia")
    assert client.post("signout").status == 200
    never = Client(station, client.told | {"token": "xoxc-" + "0" * 64})
    assert client.call("auth.test") == never.call("auth.test") == ENDED
    assert post(station, "heartbeat", client.headers).body == post(station, "heartbeat", never.headers).body
