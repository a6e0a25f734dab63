"""What all methods of oversight have in common: who finds them, how often, and what the audit log tells of each call."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import asyncpg
import msgspec
import pytest

from gridhall.app import registry
from gridhall.catalogue.method import Method
from gridhall.catalogue.registry import Registry
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import NoPin, Ratelimited
from gridhall.contract.wire import Ok
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call
from gridhall.domain.source import Source, SystemClock
from gridhall.domain.tokens import load_actor
from gridhall.methods.oversight.declare import overseeing
from gridhall.pipeline.rate import RateLimiter
from harness.audit import Owner, entries
from harness.clients import sign_in
from harness.databases import Databases, run
from harness.live import Live, live
from harness.storage import WAITS, on_postgres, opened, wait_until
from surface.stage import full_disk

METHODS = {method.name: method for method in registry() if method.on_request}
HOST, WARD, SHUT = "E0HOST00001", "E0WARD00001", "E0SHUT00001"
OLA, MIA, WES = "W0OLA000001", "W0MIA000001", "W0WES000001"
CLOSED = {"channel": "C0CLOSED001", "ts": "1569520591.000500"}
BETWEEN = {"channel": "C0BETWEEN01", "ts": "1569520592.000500"}
OF_CLOSED = {"channel": CLOSED["channel"]}
OF_MIA = {"user": MIA}

# A read, its arguments, and what the log tells of it: the action, and the kind and the id of what was looked at.
LOOKS: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "oversight.enterprise.info": ({}, ("oversight_enterprise_viewed", "enterprise", HOST)),
    "oversight.users.list": ({}, ("oversight_users_listed", "enterprise", HOST)),
    "oversight.user.info": (OF_MIA, ("oversight_user_viewed", "user", MIA)),
    "oversight.user.conversations": (OF_MIA, ("oversight_user_conversations_listed", "user", MIA)),
    "oversight.conversations.list": ({}, ("oversight_conversations_listed", "enterprise", HOST)),
    "oversight.conversations.info": (OF_CLOSED, ("oversight_conversation_viewed", "channel", CLOSED["channel"])),
    "oversight.conversations.members": (OF_CLOSED, ("oversight_members_listed", "channel", CLOSED["channel"])),
    "oversight.chat.info": (CLOSED, ("oversight_message_viewed", "message", CLOSED["channel"])),
}
WRITERS = sorted(METHODS.keys() - LOOKS.keys())


@pytest.fixture
def overseen(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own over `tests/data/overseers.yaml`, on each engine."""
    with live(any_databases.filled("overseers")) as running:
        yield running


def told(server: Live, organization: str = HOST) -> list[dict[str, Any]]:
    """What an organization's log tells of oversight and of messages, the oldest first."""
    found = [
        {
            "action": entry.action,
            "actor": entry.actor,
            "actor_told": json.loads(entry.actor_told),
            "entity": json.loads(entry.entity_told),
            "context": json.loads(entry.context),
            "details": json.loads(entry.details),
        }
        for entry in entries(server, organization)
    ]
    return [entry for entry in found if entry["action"].startswith(("oversight_", "message_"))]


def refusals(server: Live, organization: str = HOST) -> list[dict[str, Any]]:
    """The details of each refusal that an organization's log tells."""
    return [entry["details"] for entry in told(server, organization) if entry["action"] == "oversight_refused"]


def test_the_reference_says_where_only_a_sister_api_tells() -> None:
    silent = [name for name, method in METHODS.items() if "Discovery API" not in method.notes]
    assert silent == ["oversight.chat.info"], "the only one whose answer the platform's page shows"


# On request.


@pytest.mark.parametrize("name", METHODS)
def test_where_access_was_not_granted_there_are_no_such_methods(name: str, overseen: Live) -> None:
    for token in ("xoxp-sue-org", "xoxb-shut"):
        reply = overseen.reply(name, token, **CLOSED)
        assert (reply.status, reply.json) == (200, {"ok": False, "error": "unknown_method"})
        nothing = overseen.reply("oversight.nothing.there", token, **CLOSED)
        assert (reply.json, reply.headers.keys()) == (nothing.json, nothing.headers.keys())
        assert not reply.headers.keys() & {"x-oauth-scopes", "x-accepted-oauth-scopes"}
    # Whoever does not prove who they are is told so, as everywhere.
    assert overseen.call(name)["error"] == "not_authed"
    assert overseen.call(name, "xoxp-nobody")["error"] == "invalid_auth"
    assert overseen.call(name, "xoxp-sue-expired")["error"] == "token_expired"
    assert (
        overseen.request("POST", f"/api/{name}", b"{}", {"content-type": "application/xml"}).json["error"]
        == "invalid_post_type"
    )
    assert told(overseen, SHUT) == []


def test_what_was_not_granted_is_not_counted(any_databases: Databases) -> None:
    with live(any_databases.filled("overseers"), rate_factor=1) as server:
        server.move(advance=0)
        assert {server.call(name, "xoxp-sue-org")["error"] for name in METHODS for _ in range(6)} == {"unknown_method"}


# How often.

MORE = 0.034
"""Seconds after which one more of thirty calls a second passes."""


def test_thirty_calls_a_second_are_shared_by_all_methods_and_apps(any_databases: Databases) -> None:
    reads = ["oversight.enterprise.info", "oversight.users.list", "oversight.user.info"]
    with live(any_databases.filled("overseers"), rate_factor=1) as server:
        server.move(advance=0)
        for number in range(30):
            token = ("xoxp-ola-org", "xoxp-ola-again")[number % 2]
            assert server.call(reads[number % 3], token, user=MIA)["ok"]
        for name in ("oversight.chat.info", *reads):
            reply = server.reply(name, "xoxp-ola-org", **CLOSED)
            assert (reply.status, reply.json["error"], reply.headers["retry-after"]) == (429, "ratelimited", "1")
        # Another organization has calls of its own, and so have other methods.
        assert server.call("oversight.users.list", "xoxp-wes-org")["ok"]
        assert server.call("auth.test", "xoxp-ola-org")["ok"]
        server.move(advance=MORE)
        assert server.call("oversight.users.list", "xoxp-ola-org")["ok"]
        assert server.call("oversight.users.list", "xoxp-ola-org")["error"] == "ratelimited"
        # What is refused before it is counted takes nothing from anybody.
        server.move(advance=1)
        assert {server.call("oversight.users.list", "xoxp-ola-reads")["error"] for _ in range(40)} == {"missing_scope"}
        assert all(server.call("oversight.users.list", "xoxp-ola-org")["ok"] for _ in range(30))


def test_who_may_not_oversee_uses_up_nothing_of_what_those_share_who_may(any_databases: Databases) -> None:
    with live(any_databases.filled("overseers"), rate_factor=1) as server:
        server.move(advance=0)
        for name in METHODS:
            # More than there are in a second of all together; their arguments are not looked at.
            assert {server.call(name, "xoxp-mia-org", limit="many")["error"] for _ in range(31)} == {"access_denied"}
        assert {server.call("oversight.chat.info", "xoxp-mia-org", **CLOSED)["error"] for _ in range(101)} == {"access_denied"}
        for _ in range(4):
            assert all(server.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["ok"] for _ in range(25))
            assert all(server.call("oversight.users.list", "xoxp-ola-org")["ok"] for _ in range(5))
            server.move(advance=1)
        assert server.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["error"] == "ratelimited"


class Desk:
    """A limiter of one organization's calls, at a standing clock."""

    def __init__(self, storage: Any, clock: SystemClock, actor: Actor) -> None:
        self._clock, self._actor = clock, actor
        self._limiter = RateLimiter(storage, Source(clock), 1)

    async def call(self, method: Method) -> int:
        """0 where the call passes, else the seconds to wait."""
        try:
            await self._limiter(method, self._actor, None, {})
        except Ratelimited as refusal:
            return refusal.retry_after
        return 0

    def move(self, seconds: float) -> None:
        self._clock.move(self._clock.now() + round(seconds * 1_000_000), frozen=True)


def test_each_method_has_twelve_hundred_a_minute_and_a_refused_call_counts_for_nothing(any_databases: Databases) -> None:
    listing, other = METHODS["oversight.users.list"], METHODS["oversight.enterprise.info"]

    database = any_databases.filled("overseers")

    async def main() -> None:
        clock = SystemClock()
        clock.move(1_800_000_000_000_000, frozen=True)
        async with opened(database, clock=clock) as storage:
            actor = await storage.read(lambda work: load_actor(work, "xoxp-ola-org"))
            assert actor is not None
            desk = Desk(storage, clock, actor)
            passed = 0
            while True:
                # 30 a second are taken from 1,200, to which 20 a second come back.
                waits = [await desk.call(listing) for _ in range(30)]
                passed += waits.count(0)
                if any(waits):
                    break
                desk.move(1)
            assert passed == 1200 + 20 * 118
            assert (waits.count(0), waits.count(1)) == (20, 10)
            # The refused ones left to the others what all of them share.
            assert [await desk.call(other) for _ in range(11)] == [0] * 10 + [1]
            desk.move(3600)
            assert [await desk.call(listing) for _ in range(31)] == [0] * 30 + [1]

    run(main())


def test_a_hundred_messages_an_hour_outlive_a_restart(any_databases: Databases) -> None:
    database = any_databases.filled("overseers")
    with live(database, rate_factor=1) as server:
        server.move(advance=0)
        for _ in range(4):
            assert all(server.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["ok"] for _ in range(25))
            server.move(advance=1)
        reply = server.reply("oversight.chat.info", "xoxp-ola-again", **CLOSED)
        assert (reply.json["error"], reply.headers["retry-after"]) == ("ratelimited", "32")
        for _ in range(40):
            assert server.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["error"] == "ratelimited"
        # They took nothing from what all methods share.
        assert all(server.call("oversight.enterprise.info", "xoxp-ola-org")["ok"] for _ in range(30))
        at = server.gridhall.clock.now() / 1_000_000
    with live(database, rate_factor=1) as server:
        server.move(to=at + 31)
        reply = server.reply("oversight.chat.info", "xoxp-ola-org", **CLOSED)
        assert (reply.json["error"], reply.headers["retry-after"]) == ("ratelimited", "1")
        server.move(advance=1)
        assert server.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["ok"]
        reply = server.reply("oversight.chat.info", "xoxp-ola-org", **CLOSED)
        assert (reply.json["error"], reply.headers["retry-after"]) == ("ratelimited", "36")
        assert not refusals(server)


# One of several scopes.


def test_one_of_two_scopes_is_enough_to_tombstone(overseen: Live) -> None:
    for token in ("xoxp-ola-exports", "xoxp-ola-writes"):
        reply = overseen.reply("oversight.chat.tombstone", token, **CLOSED)
        assert reply.json["ok"], reply.body
        assert reply.headers["x-accepted-oauth-scopes"] == "export:read,admin.chat:write"
    refused = overseen.call("oversight.chat.tombstone", "xoxp-ola-reads", **CLOSED)
    assert refused == {"ok": False, "error": "missing_scope", "needed": "export:read", "provided": "admin.chat:read"}


# Looks.


def test_every_method_that_reads_is_looked_at_here() -> None:
    assert [name for name, method in METHODS.items() if not method.writes and name not in LOOKS] == []


@pytest.mark.parametrize("name", [name for name in LOOKS if name in METHODS])
def test_each_answered_read_is_told_once_with_who_looked_and_from_where(name: str, overseen: Live) -> None:
    arguments, looked = LOOKS[name]
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "authorization": "Bearer xoxp-ola-org",
        "user-agent": "Looking/1.0",
    }
    assert overseen.request("POST", f"/api/{name}", urlencode(arguments).encode(), headers).json["ok"]
    (entry,) = told(overseen)
    entity = entry["entity"]
    kind = entity["type"]
    assert (entry["action"], kind, entity[kind].get("channel", entity[kind].get("id"))) == looked
    assert entry["actor"] == OLA
    context = entry["context"]
    assert (context["ip_address"], context["ua"], context["session_id"]) == ("127.0.0.1", "Looking/1.0", None)
    assert (context["app"]["id"], context["location"]["id"]) == ("A0EYE000001", HOST)
    assert "Nobody shall see this" not in json.dumps(entry)
    assert "mia@host.test" not in json.dumps(entry["details"])
    # Only this organization's log tells of it, and its owners read there what was looked at.
    assert told(overseen, WARD) == []
    (read,) = Owner(overseen, HOST, OLA).pages(action=looked[0])
    assert (read["entity"], read["details"]) == (entity, entry["details"]) if entry["details"] else (entity, {})


@contextlib.contextmanager
def full(server: Live, database: str) -> Iterator[None]:
    """Nothing can be added to the audit log, as on a full disk; what is there is read as ever."""
    if database.startswith("sqlite"):
        with full_disk():
            yield
        return
    fails = "BEGIN RAISE EXCEPTION 'no space is left' USING ERRCODE = 'disk_full'; END"
    run(on_postgres(database, f"CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ {fails} $$"))
    run(on_postgres(database, "CREATE TRIGGER fails BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION fails()"))
    try:
        yield
    finally:
        run(on_postgres(database, "DROP TRIGGER fails ON audit"))


def test_nothing_is_told_where_the_look_cannot_be_written(any_databases: Databases) -> None:
    database = any_databases.filled("overseers")
    with live(database) as server:
        assert server.call("oversight.chat.tombstone", "xoxp-ola-org", **CLOSED, content="Under review")["ok"]
        with full(server, database):
            for name, (arguments, _) in LOOKS.items():
                if name in METHODS:
                    assert server.call(name, "xoxp-ola-org", **arguments) == {"ok": False, "error": "fatal_error"}, name
            for name in WRITERS:
                assert server.call(name, "xoxp-ola-org", **CLOSED, text="x") == {"ok": False, "error": "fatal_error"}, name
            # A refusal tells nothing, and is answered though it cannot be noted.
            assert server.call("oversight.user.info", "xoxp-mia-org", **OF_MIA)["error"] == "access_denied"
            assert server.call("oversight.user.info", "xoxp-ola-org", user="W0NOBODY001")["error"] == "user_not_found"
        assert [entry["action"] for entry in told(server)] == ["message_tombstoned"]
        assert server.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["message"]["text"] == "Under review"
        assert [entry["action"] for entry in told(server)] == ["message_tombstoned", "oversight_message_viewed"]


def test_who_goes_away_before_the_answer_has_looked(overseen: Live) -> None:
    def send(body: bytes, length: int) -> None:
        head = f"POST /api/oversight.chat.info HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
        head += "Authorization: Bearer xoxp-ola-org\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
        with socket.create_connection(("127.0.0.1", overseen.port)) as connection:
            connection.sendall(head.encode() + body)

    body = urlencode(CLOSED).encode()
    send(body, len(body))
    wait_until(lambda: told(overseen))
    # Whoever does not even ask to the end is told nothing, and has not looked.
    send(body, len(body) + 1)
    wait_until(lambda: "client_gone" in overseen.log.getvalue())
    assert [entry["action"] for entry in told(overseen)] == ["oversight_message_viewed"]


# Refusals.

NOWHERE = {"channel": "C0NOWHERE01", "ts": "1569520591.000500"}
REFUSED: list[tuple[str, str, dict[str, str], str]] = [
    ("oversight.users.list", "xoxp-ola-reads", {}, "missing_scope"),
    ("oversight.chat.info", "xoxp-mia-org", CLOSED, "access_denied"),
    ("oversight.users.list", "xoxp-ola-org", {"limit": "many"}, "invalid_arguments"),
    ("oversight.users.list", "xoxp-ola-org", {"cursor": "elsewhere"}, "invalid_arguments"),
    ("oversight.chat.info", "xoxp-ola-org", NOWHERE, "channel_not_found"),
    ("oversight.chat.info", "xoxp-ola-org", CLOSED | {"ts": "1569520591.000501"}, "message_not_found"),
    ("oversight.chat.info", "xoxp-ola-org", CLOSED | {"team": "T0NOWHERE01"}, "team_not_found"),
    ("oversight.user.info", "xoxp-ola-org", {"user": "W0NOBODY001"}, "user_not_found"),
    ("oversight.chat.delete", "xoxp-ola-org", BETWEEN, "external_update_not_allowed"),
    ("oversight.enterprise.info", "xoxb-eye", {}, "not_allowed_token_type"),
]


@pytest.mark.parametrize(("name", "token", "arguments", "code"), REFUSED, ids=[code for *_, code in REFUSED])
def test_refusals_are_told_with_the_code_and_what_was_named(
    name: str, token: str, arguments: dict[str, str], code: str, overseen: Live
) -> None:
    assert overseen.call(name, token, **arguments)["error"] == code
    (entry,) = told(overseen)
    named = {key: value for key, value in arguments.items() if key in ("channel", "user", "ts", "team")}
    assert (entry["action"], entry["entity"]["enterprise"]["id"]) == ("oversight_refused", HOST)
    assert entry["details"] == {"method": name, "error": code, **named}
    assert entry["context"]["ip_address"] == "127.0.0.1"
    assert entry["context"]["app"]["id"] == "A0EYE000001"


def test_a_refused_session_is_named(overseen: Live) -> None:
    mia = sign_in(overseen, "host-one", "mia@host.test", "mia-signs-in")
    assert mia.call("oversight.chat.info", **CLOSED, team=HOST)["error"] == "not_allowed_token_type"
    (entry,) = told(overseen)
    assert (entry["actor"], entry["context"]["session_id"]) == (MIA, str(mia.session))
    assert entry["details"]["team"] == HOST


def test_of_what_was_sent_ids_and_timestamps_are_told_and_nothing_else(overseen: Live) -> None:
    told_of = [("user", MIA), ("channel", CLOSED["channel"]), ("ts", CLOSED["ts"]), ("team", "T0NOWHERE01")]
    words = ["", "Mia is a fraud", "#general", "mia@host.test", "W" * 65, f"{MIA}\n", "w0mia000001", "12:30", "1.2.3"]
    for name, id in told_of:
        for text in words:
            assert overseen.call("oversight.users.list", "xoxp-mia-org", **{name: text})["error"] == "access_denied"
        assert overseen.call("oversight.users.list", "xoxp-mia-org", **{name: f" {id} " if name == "ts" else id})["error"]
    refused = {"method": "oversight.users.list", "error": "access_denied"}
    wanted = [details for each in told_of for details in (*[refused] * len(words), {**refused, each[0]: each[1]})]
    assert refusals(overseen) == wanted


def test_nothing_strange_that_is_sent_keeps_a_refusal_out_of_the_log(overseen: Live) -> None:
    for text in ("\U0001f600 \u202e\n\x1f", '"}', "é"):
        body = json.dumps({"user": text, "limit": {"a": 1}}).encode()
        headers = {"content-type": "application/json; charset=utf-8", "authorization": "Bearer xoxp-mia-org"}
        assert overseen.request("POST", "/api/oversight.user.info", body, headers).json["ok"] is False
    assert refusals(overseen) == [{"method": "oversight.user.info", "error": "access_denied"}] * 3


def test_a_token_has_the_log_tell_sixty_refusals_a_minute(overseen: Live) -> None:
    overseen.move(advance=0)
    for _ in range(70):
        assert overseen.call("oversight.chat.info", "xoxp-ola-org", **NOWHERE)["error"] == "channel_not_found"
    assert len(refusals(overseen)) == 60
    # What is answered is told all the same, and so are others' refusals.
    assert overseen.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["ok"]
    assert overseen.call("oversight.chat.info", "xoxp-mia-org", **CLOSED)["error"] == "access_denied"
    assert [entry["action"] for entry in told(overseen)][60:] == ["oversight_message_viewed", "oversight_refused"]
    overseen.move(advance=1)
    for _ in range(2):
        assert overseen.call("oversight.chat.info", "xoxp-ola-org", **NOWHERE)["error"] == "channel_not_found"
    assert len(refusals(overseen)) == 62


@pytest.mark.parametrize("name", WRITERS)
def test_a_refused_writer_leaves_a_refusal_and_nothing_else(name: str, overseen: Live) -> None:
    before = overseen.call("oversight.chat.info", "xoxp-ola-org", **BETWEEN)
    assert overseen.call(name, "xoxp-ola-org", **BETWEEN, text="Gone")["error"] == "external_update_not_allowed"
    assert overseen.call(name, "xoxp-mia-org", **CLOSED, text="Gone")["error"] == "access_denied"
    assert overseen.call("oversight.chat.info", "xoxp-ola-org", **BETWEEN) == before
    assert overseen.call("oversight.chat.info", "xoxp-ola-org", **CLOSED)["message"]["text"] == "Nobody shall see this"
    assert [entry["action"] for entry in told(overseen) if entry["action"] != "oversight_message_viewed"] == [
        "oversight_refused"
    ] * 2
    assert told(overseen, WARD) == []


def test_nobody_waits_for_or_holds_the_conversations_of_others(postgres_databases: Databases) -> None:
    database = postgres_databases.filled("overseers")

    async def main(server: Live) -> None:
        holder = await asyncpg.connect(database, timeout=5)
        try:
            await holder.execute(f"SELECT pg_advisory_lock(hashtextextended('{CLOSED['channel']}', 0))")
            # Whose it is not, is told so at once; whose it is, waits until it is free.
            for name in WRITERS:
                answer = await asyncio.to_thread(server.call, name, "xoxp-wes-org", **CLOSED, text="Gone")
                assert answer["error"] == "message_not_found", name
            own = asyncio.create_task(asyncio.to_thread(server.call, "oversight.chat.tombstone", "xoxp-ola-org", **CLOSED))
            while not await holder.fetchval(WAITS):
                assert not own.done()
        finally:
            await holder.close()
        assert (await own)["ok"]

    with live(database) as server:
        run(main(server))


class NoArgs(msgspec.Struct, frozen=True):
    """No arguments."""


@overseeing("oversight.probe.breaks", scopes=needs("admin.chat:read"))
async def breaks(call: Call, args: NoArgs) -> Ok:
    """Break."""
    raise RuntimeError("a defect")


@overseeing("oversight.probe.undeclared", scopes=needs("admin.chat:read"), writes=True)
async def undeclared(call: Call, args: NoArgs) -> Ok:
    """Refuse with what is not declared."""
    raise NoPin


def test_defects_are_no_refusals(any_databases: Databases) -> None:
    with live(any_databases.filled("overseers"), methods=Registry([breaks, undeclared])) as server:
        for name in ("breaks", "undeclared"):
            assert server.call(f"oversight.probe.{name}", "xoxp-ola-org")["error"] == "internal_error"
        assert told(server) == []
        assert server.call("oversight.probe.breaks", "xoxp-ola-exports")["error"] == "missing_scope"
        assert refusals(server) == [{"method": "oversight.probe.breaks", "error": "missing_scope"}]


def test_the_log_of_another_organization_tells_who_wrote_and_not_from_where(overseen: Live) -> None:
    assert overseen.call("oversight.chat.tombstone", "xoxp-wes-org", **BETWEEN)["ok"]
    assert overseen.call("oversight.chat.info", "xoxp-wes-org", **BETWEEN)["ok"]
    own, looked = told(overseen, WARD)
    assert (own["action"], looked["action"]) == ("message_tombstoned", "oversight_message_viewed")
    assert own["context"]["app"]["id"] == "A0WARDEYE01"
    (foreign,) = told(overseen)
    assert (foreign["action"], foreign["actor"], foreign["details"]["actor_organization"]) == ("message_tombstoned", WES, WARD)
    assert foreign["actor_told"]["user"] == {"id": WES, "name": "Wes Ward", "email": "", "team": WARD}
    context = foreign["context"]
    assert (context["ip_address"], context["ua"], context["session_id"], "app" in context) == ("", "", None, False)
    assert context["location"]["id"] == HOST
