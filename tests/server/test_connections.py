"""Connections that stay open for a session are closed when it ends, and no others."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gridhall.domain.work import Work
from harness.clients import Client, sign_in
from harness.databases import Databases
from harness.live import Live, live
from harness.storage import wait_until

ORGANIZATION = "E0STATION01"
OWNER = "xoxp-ola-org"
START = 1_800_000_000


@pytest.fixture
def station(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("stations")) as server:
        server.move(to=START)
        yield server


def enter(server: Live, name: str = "mia", client: str = "desktop") -> Client:
    return sign_in(server, "north", f"{name}@station.test", f"{name}-signs-in", client=client)


class Line:
    """One connection of a session, which notes how often it was closed."""

    def __init__(self, server: Live, session: int, organization: str = ORGANIZATION) -> None:
        self._server = server
        self.closed = 0

        async def open() -> Callable[[], None]:
            return server.gridhall.connections.open(organization, session, self._close)

        self._forget: Callable[[], None] = server.on_loop(open())

    def _close(self) -> None:
        self.closed += 1

    def break_off(self) -> None:
        """The connection closes by itself."""

        async def forget() -> None:
            self._forget()

        self._server.on_loop(forget())


def admin(server: Live, method: str, **arguments: object) -> None:
    answer = server.call(f"admin.users.session.{method}", OWNER, **arguments)
    assert answer["ok"], answer


def settle(server: Live) -> None:
    assert server.on_loop(server.gridhall.jobs.settle(10))


def looked(server: Live) -> None:
    """Let the registry end what it looks for."""

    async def done() -> bool:
        return not server.gridhall.connections._looking

    wait_until(lambda: server.on_loop(done()))


def _signs_out(server: Live, client: Client) -> None:
    assert client.post("signout").status == 200


def _closes(server: Live, client: Client) -> None:
    admin(server, "setSettings", user_ids=client.told["user_id"], desktop_app_browser_quit="true")
    assert client.post("close").json == {"ok": True, "ended": True}


def _falls_silent(server: Live, client: Client) -> None:
    admin(server, "setSettings", user_ids=client.told["user_id"], desktop_app_browser_quit="true")
    server.move(advance=90)
    settle(server)


def _expires(server: Live, client: Client) -> None:
    admin(server, "setSettings", user_ids=client.told["user_id"], duration=28_800)
    server.move(advance=28_800)
    settle(server)


def _is_past_a_new_duration(server: Live, client: Client) -> None:
    server.move(advance=30_000)
    admin(server, "setSettings", user_ids=client.told["user_id"], duration=28_800)
    settle(server)


def _is_invalidated(server: Live, client: Client) -> None:
    admin(server, "invalidate", user_id=client.told["user_id"], session_id=client.session)


def _is_reset(server: Live, client: Client) -> None:
    admin(server, "reset", user_id=client.told["user_id"])


def _is_reset_with_others(server: Live, client: Client) -> None:
    admin(server, "resetBulk", user_ids=client.told["user_id"])
    settle(server)


@pytest.mark.parametrize(
    "end",
    [
        _signs_out,
        _closes,
        _falls_silent,
        _expires,
        _is_past_a_new_duration,
        _is_invalidated,
        _is_reset,
        _is_reset_with_others,
    ],
)
def test_all_connections_of_a_session_close_however_it_ends(station: Live, end: Callable[[Live, Client], None]) -> None:
    client, other = enter(station), enter(station, "max")
    own = [Line(station, client.session) for _ in range(3)]
    others = [Line(station, other.session), Line(station, 1_000_000_000_003)]
    end(station, client)
    wait_until(lambda: all(line.closed for line in own))
    assert [line.closed for line in own] == [1, 1, 1]
    assert [line.closed for line in others] == [0, 0]


def test_what_has_closed_by_itself_is_not_closed_again(station: Live) -> None:
    client = enter(station)
    gone, there = Line(station, client.session), Line(station, client.session)
    gone.break_off()
    gone.break_off()
    assert client.post("signout").status == 200
    wait_until(lambda: there.closed)
    there.break_off()
    assert (gone.closed, there.closed) == (0, 1)


def test_nothing_is_kept_of_what_has_closed(station: Live) -> None:
    client, other = enter(station), enter(station)
    lines = [Line(station, session) for session in (client.session, other.session) for _ in range(3)]
    for line in lines[:3]:
        line.break_off()
    assert other.post("signout").status == 200
    wait_until(lambda: not station.gridhall.connections._open)


def test_a_connection_that_was_opened_for_an_ended_session_closes(station: Live) -> None:
    """Whoever authenticated a moment before the end opens a connection a moment after it."""
    client = enter(station)
    assert client.post("signout").status == 200
    late, never, elsewhere = (
        Line(station, client.session),
        Line(station, 1),
        Line(station, 1_000_000_000_003, "E0ELSEWHERE"),
    )
    wait_until(lambda: all(line.closed for line in (late, never, elsewhere)))
    goes_on = Line(station, 1_000_000_000_003)
    looked(station)
    assert (late.closed, never.closed, elsewhere.closed, goes_on.closed) == (1, 1, 1, 0)


def test_one_that_cannot_be_closed_does_not_keep_others_open(station: Live, caplog: pytest.LogCaptureFixture) -> None:
    client = enter(station)
    before = Line(station, client.session)

    def fail() -> None:
        raise ZeroDivisionError

    async def open() -> None:
        station.gridhall.connections.open(ORGANIZATION, client.session, fail)

    station.on_loop(open())
    after = Line(station, client.session)
    assert client.post("signout").status == 200
    wait_until(lambda: before.closed and after.closed)
    assert "ZeroDivisionError" in caplog.text


def test_after_missed_signals_what_is_open_is_held_against_what_there_is(station: Live) -> None:
    ending, lasting = enter(station), enter(station)
    ends, lasts = Line(station, ending.session), Line(station, lasting.session)
    looked(station)

    async def unheard(work: Work) -> Any:
        # As another worker does of which nothing is heard.
        return await work.sessions.end(ORGANIZATION, [ending.session])

    assert station.on_loop(station.gridhall.storage.write(unheard)) == [ending.session]

    async def catch_up() -> None:
        connections = station.gridhall.connections
        connections.lost()
        connections.caught_up()

    station.on_loop(catch_up())
    wait_until(lambda: ends.closed)
    looked(station)
    assert (ends.closed, lasts.closed) == (1, 0)
