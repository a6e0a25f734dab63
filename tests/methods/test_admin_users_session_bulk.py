"""admin.users.session.resetBulk, and the job that it puts down."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from gridhall.domain import session_administration
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Later
from gridhall.domain.work import Work
from gridhall.jobs import KINDS
from gridhall.storage import tables
from harness.audit import entries
from harness.databases import Databases
from harness.live import Live, live
from methods.guild import (
    ABE,
    ADA,
    ADMIN,
    ALL,
    BOT,
    DAN,
    DEB,
    LEA,
    MAX,
    MIA,
    OK,
    OLA,
    OTO,
    OWNER,
    PIA,
    PRIME,
    as_client,
    call,
    crowd,
    gather,
    job_rows,
    listed,
    ok,
    settle,
    sign_in,
    told,
)
from methods.rows import change

BOTH = {"mobile_only": False, "web_only": False}


@contextmanager
def paused(database: str, *, steps: int) -> Iterator[Live]:
    """A server whose resets do so many steps and then wait for a day."""
    left = [steps]

    async def step(work: Work, job: Job, context: Context) -> Later | None:
        if not left[0]:
            return Later(work.source.micros() + 86_400_000_000, job.progress)
        left[0] -= 1
        return await session_administration.step(work, job, context)

    with live(database, kinds={**KINDS, session_administration.JOB: step}) as running:
        yield running


def resets(guild: Live) -> list[str]:
    """Whom the audit log tells to have been reset, in turn."""
    return [who for _, who, _ in told(guild, "user_session_reset_by_admin")]


def test_everybody_named_is_signed_out(own_guild: Live) -> None:
    _, secrets = sign_in(own_guild, MIA)
    assert as_client(own_guild, secrets) == "ok"
    assert ok(own_guild, "resetBulk", user_ids=json.dumps([MIA, MAX, LEA])) == OK
    settle(own_guild)
    assert as_client(own_guild, secrets) == "invalid_auth"
    assert listed(own_guild) == {person: sessions for person, sessions in ALL.items() if person not in (MIA, MAX)}
    assert sorted(resets(own_guild)) == sorted([MIA, MAX, LEA])
    assert job_rows(own_guild) == []


@pytest.mark.parametrize("ids", [f"{MIA},{MAX}", f"{MAX},{MIA},{MIA},{MAX}", f" {MIA} , {MAX} ", json.dumps([MIA, MAX, MIA])])
def test_ids_are_sent_in_several_ways_and_count_once(own_guild: Live, ids: str) -> None:
    ok(own_guild, "resetBulk", user_ids=ids)
    settle(own_guild)
    assert sorted(resets(own_guild)) == [MAX, MIA]


@pytest.mark.parametrize(
    ("arguments", "left"), [({"mobile_only": "true"}, [3, 5, 6]), ({"web_only": "true"}, [3, 4]), ({"web_only": "0"}, [])]
)
def test_one_kind_of_client_ends(own_guild: Live, arguments: dict[str, object], left: list[int]) -> None:
    ok(own_guild, "resetBulk", user_ids=f"{MIA},{ADA}", **arguments)
    settle(own_guild)
    assert listed(own_guild).get(MIA, []) == left
    details = {name: arguments.get(name) == "true" for name in BOTH}
    assert told(own_guild, "user_session_reset_by_admin") == [(OLA, ADA, details), (OLA, MIA, details)]


def test_an_ok_answer_means_that_it_is_queued(any_databases: Databases) -> None:
    with paused(any_databases.filled("guild"), steps=0) as guild:
        ok(guild, "resetBulk", user_ids=f"{MIA},{MAX}", mobile_only="true")
        settle(guild)
        ((_, payload, progress),) = job_rows(guild)
        assert json.loads(payload)["people"] == [MAX, MIA]
        assert progress is None
        assert listed(guild) == ALL
        assert resets(guild) == []
        details = {"queued_users": [MAX, MIA], "failed_users": [], "mobile_only": True, "web_only": False}
        assert told(guild, "bulk_session_reset_by_admin") == [(OLA, "E0GUILD0001", details)]


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("user_not_found", {"user_ids": [MIA, "W0NOBODY001"]}),
        ("user_not_found", {"user_ids": ["W0NOBODY001", BOT, PIA]}),
        ("user_not_found", {"user_ids": ["W0RON000001"]}),
        ("user_not_found", {"user_ids": [MIA, ""]}),
        ("cannot_reset_bot", {"user_ids": [MIA, BOT, PIA]}),
        ("cannot_reset_primary_owner", {"user_ids": [MIA, PIA, DAN]}),
        ("invalid_arguments", {"user_ids": []}),
        ("invalid_arguments", {"user_ids": ""}),
        ("invalid_arguments", {"user_ids": " , "}),
        ("invalid_arguments", {"user_ids": "[]"}),
        ("invalid_arguments", {"user_ids": "['U1234']"}),
        ("invalid_arguments", {"user_ids": [1]}),
        ("invalid_arguments", {"user_ids": {"a": MIA}}),
        ("invalid_arguments", {"user_ids": [f"W{number:010d}" for number in range(1001)]}),
        ("user_not_found", {"user_ids": [f"W{number:010d}" for number in range(1000)]}),
        ("invalid_arguments", {"user_ids": [MIA], "mobile_only": True, "web_only": True}),
        ("invalid_arguments", {"user_ids": [MIA], "web_only": "sure"}),
    ],
)
def test_a_whole_request_is_refused(guild: Live, code: str, arguments: dict[str, object]) -> None:
    headers = {"authorization": f"Bearer {OWNER}", "content-type": "application/json; charset=utf-8"}
    answer = guild.request("POST", "/api/admin.users.session.resetBulk", json.dumps(arguments).encode(), headers).json
    assert answer["error"] == code
    assert job_rows(guild) == []
    assert listed(guild) == ALL


@pytest.mark.parametrize(
    ("token", "user", "code"),
    [
        (ADMIN, OLA, "restricted_action"),
        (ADMIN, PIA, "cannot_reset_primary_owner"),
        (ADMIN, ABE, "ok"),
        (OWNER, OTO, "ok"),
        (PRIME, PIA, "ok"),
    ],
)
def test_who_resets_whom(own_guild: Live, token: str, user: str, code: str) -> None:
    answer = call(own_guild, "resetBulk", token, user_ids=f"{MAX},{user}")
    settle(own_guild)
    assert answer.get("error", "ok") == code
    assert (MAX in listed(own_guild)) == (code != "ok")


def test_the_deactivated_are_told_and_the_others_are_reset(own_guild: Live) -> None:
    answer = call(own_guild, "resetBulk", user_ids=f"{DEB},{MIA},{DAN},{MAX}")
    assert answer == {"ok": False, "error": "failed_for_some_users", "response_metadata": {"messages": [DAN, DEB]}}
    settle(own_guild)
    assert sorted(resets(own_guild)) == [MAX, MIA]
    assert MIA not in listed(own_guild)
    ((_, _, details),) = told(own_guild, "bulk_session_reset_by_admin")
    assert (details["queued_users"], details["failed_users"]) == ([MAX, MIA], [DAN, DEB])


def test_where_all_are_deactivated_nothing_is_left_to_do(own_guild: Live) -> None:
    answer = call(own_guild, "resetBulk", user_ids=DAN)
    assert answer["response_metadata"]["messages"] == [DAN]
    assert job_rows(own_guild) == []
    assert len(told(own_guild, "bulk_session_reset_by_admin")) == 1


def test_it_goes_on_after_a_restart_where_it_was(any_databases: Databases) -> None:
    database, people = any_databases.filled("guild"), crowd(120)
    with paused(database, steps=1) as guild:
        guild.on_loop(gather(guild.gridhall.storage, 120, sessions_each=1))
        ok(guild, "resetBulk", user_ids=",".join(people))
        settle(guild)
        first = resets(guild)
        assert first == people[: len(first)]
        assert 0 < len(first) < 120
        assert listed(guild).keys() == {*people[len(first) :], *ALL}
    with live(database) as guild:
        guild.move(advance=86_400)
        settle(guild)
        assert resets(guild) == people
        assert listed(guild) == ALL
        assert job_rows(guild) == []


def test_whoever_signs_in_again_after_their_turn_stays_signed_in(any_databases: Databases) -> None:
    database, people = any_databases.filled("guild"), crowd(60)
    with paused(database, steps=1) as guild:
        guild.on_loop(gather(guild.gridhall.storage, 60, sessions_each=1))
        ok(guild, "resetBulk", user_ids=",".join(people))
        settle(guild)
        sign_in(guild, people[0])
        sign_in(guild, people[-1])
    with live(database) as guild:
        guild.move(advance=86_400)
        settle(guild)
        assert listed(guild).keys() == {people[0], *ALL}


def test_what_was_asked_for_is_done_to_whoever_is_promoted_or_deactivated_meanwhile(any_databases: Databases) -> None:
    database, people = any_databases.filled("guild"), tables.people
    with paused(database, steps=0) as guild:
        ok(guild, "resetBulk", ADMIN, user_ids=f"{MIA},{MAX}")
        change(guild, update(people).where(people.c.id == MIA).values(org_role="owner"))
        change(guild, update(people).where(people.c.id == MAX).values(deleted=True))
    with live(database) as guild:
        guild.move(advance=86_400)
        settle(guild)
        assert resets(guild) == [MAX, MIA]
        assert listed(guild).keys() == ALL.keys() - {MIA, MAX}


def test_a_person_with_very_many_sessions_takes_several_steps_and_is_told_of_once(any_databases: Databases) -> None:
    database, people = any_databases.filled("guild"), crowd(3)
    with paused(database, steps=2) as guild:
        guild.on_loop(gather(guild.gridhall.storage, 3, sessions_each=330))
        ok(guild, "resetBulk", user_ids=",".join(people))
        settle(guild)
        assert resets(guild) == people[:1]
        assert sum(map(len, listed(guild).values())) == 3 * 330 + 8 - 2 * session_administration.SESSIONS_AT_ONCE
    with live(database) as guild:
        guild.move(advance=86_400)
        settle(guild)
        assert resets(guild) == people
        assert listed(guild) == ALL


def test_two_resets_of_the_same_people_are_two(own_guild: Live) -> None:
    for _ in range(2):
        ok(own_guild, "resetBulk", user_ids=f"{MIA},{MAX}")
    settle(own_guild)
    assert sorted(resets(own_guild)) == [MAX, MAX, MIA, MIA]
    assert len(told(own_guild, "bulk_session_reset_by_admin")) == 2


def test_the_log_tells_who_asked_and_where_from(own_guild: Live) -> None:
    headers = {"authorization": f"Bearer {OWNER}", "user-agent": "warden/1.0"}
    own_guild.request("POST", f"/api/admin.users.session.resetBulk?user_ids={MIA}", b"", headers)
    settle(own_guild)
    found = [entry for entry in entries(own_guild, "E0GUILD0001") if "session" in entry.action]
    assert [entry.action for entry in found] == ["bulk_session_reset_by_admin", "user_session_reset_by_admin"]
    assert found[0].actor_told == found[1].actor_told
    assert found[0].context == found[1].context
    assert json.loads(found[1].context)["ua"] == "warden/1.0"
