"""Administrators and people at the same time: nothing is done twice, and nobody slips through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from gridhall.storage import tables
from harness.live import Live
from methods.guild import (
    ADMIN,
    ALL,
    LEA,
    MAX,
    MIA,
    OWNER,
    PRIME,
    as_client,
    at_once,
    call,
    crowd,
    gather,
    id_of,
    job_rows,
    listed,
    ok,
    rows,
    settle,
    sign_in,
    told,
)

ROUNDS = 6
LEAST = 28_800


def calling(guild: Live, method: str, token: str = OWNER, /, **arguments: object) -> Callable[[], dict[str, Any]]:
    return lambda: call(guild, method, token, **arguments)


def test_a_session_is_invalidated_once(own_guild: Live) -> None:
    for round in range(ROUNDS):
        session, secrets = sign_in(own_guild, MIA)
        asked = {"user_id": MIA, "session_id": session.id}
        answers = at_once(*[calling(own_guild, "invalidate", token, **asked) for token in (OWNER, PRIME, ADMIN) * 2])
        assert answers == ["ok"] + ["session_not_found"] * 5
        assert len(told(own_guild, "user_session_invalidated")) == round + 1
        assert as_client(own_guild, secrets) == "invalid_auth"


def test_whoever_signs_in_while_settings_change_has_the_new_ones(own_guild: Live) -> None:
    own_guild.move(advance=0)
    for round in range(ROUNDS):
        duration = LEAST + round
        with ThreadPoolExecutor(5) as pool:
            signing = [pool.submit(sign_in, own_guild, LEA) for _ in range(2)]
            pool.submit(ok, own_guild, "setSettings", user_ids=f"{LEA},{MAX}", duration=duration).result()
            signing += [pool.submit(sign_in, own_guild, LEA) for _ in range(2)]
            begun = {session.result()[0].id for session in signing}
        table = tables.sessions
        found = rows(own_guild, select(table.c.id, table.c.expires_at - table.c.signed_in_at).where(table.c.person == LEA))
        assert begun <= {id for id, _ in found}
        assert {lasts for _, lasts in found} == {duration}


def test_both_halves_set_at_once_are_both_kept(own_guild: Live) -> None:
    own_guild.on_loop(gather(own_guild.gridhall.storage, 60))
    people = ",".join(crowd(60))
    for round in range(ROUNDS):
        answers = at_once(
            calling(own_guild, "setSettings", user_ids=people, duration=LEAST + round),
            calling(own_guild, "setSettings", PRIME, user_ids=people, desktop_app_browser_quit=round % 2),
        )
        assert answers == ["ok", "ok"]
        table = tables.session_settings
        found = rows(own_guild, select(table.c.duration, table.c.desktop_app_browser_quit))
        assert set(found) == {(LEAST + round, bool(round % 2))}
        assert len(found) == 60


def test_settings_are_set_and_cleared_by_many_at_once(own_guild: Live) -> None:
    own_guild.on_loop(gather(own_guild.gridhall.storage, 120, sessions_each=1))
    people = crowd(120)
    ways = [people, people[::-1], people[::2], people[60:]]
    for _ in range(ROUNDS // 2):
        calls = [calling(own_guild, "setSettings", user_ids=",".join(some), duration=LEAST) for some in ways]
        calls += [calling(own_guild, "clearSettings", user_ids=",".join(some)) for some in ways]
        calls += [calling(own_guild, "reset", user_id=id) for id in (people[0], people[-1])]
        assert at_once(*calls) == ["ok"] * len(calls)
    ok(own_guild, "clearSettings", user_ids=",".join(people))
    assert rows(own_guild, select(tables.session_settings.c.person)) == []


def test_a_reset_while_many_are_reset_ends_everything_once(own_guild: Live) -> None:
    people = crowd(200)
    own_guild.on_loop(gather(own_guild.gridhall.storage, 200, sessions_each=3))
    ok(own_guild, "resetBulk", user_ids=",".join(people))
    chosen = people[::20]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda id: call(own_guild, "reset", user_id=id), chosen))
    assert all(answer["ok"] for answer in answers)
    settle(own_guild)
    assert listed(own_guild) == ALL
    assert job_rows(own_guild) == []
    found = [who for _, who, _ in told(own_guild, "user_session_reset_by_admin")]
    assert sorted(found) == sorted([*people, *chosen])


def test_resets_that_overlap_all_come_to_their_end(own_guild: Live) -> None:
    people = crowd(150)
    own_guild.on_loop(gather(own_guild.gridhall.storage, 150, sessions_each=3))
    some = [people, people[50:], people[:100], people[::-1]]
    assert at_once(*[calling(own_guild, "resetBulk", user_ids=",".join(ids)) for ids in some]) == ["ok"] * 4
    settle(own_guild)
    assert listed(own_guild) == ALL
    found = [who for _, who, _ in told(own_guild, "user_session_reset_by_admin")]
    assert sorted(found) == sorted(id for ids in some for id in ids)


def test_whoever_is_reset_while_a_session_is_invalidated_loses_it_once(own_guild: Live) -> None:
    answers = at_once(
        calling(own_guild, "reset", user_id=MIA), calling(own_guild, "invalidate", user_id=MIA, session_id=id_of(3))
    )
    assert answers in (["ok", "ok"], ["ok", "session_not_found"])
    assert MIA not in listed(own_guild)
    assert len(told(own_guild, "user_session_invalidated")) == answers.count("ok") - 1
