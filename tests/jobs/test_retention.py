"""What is past its days goes, all of it and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from gridhall.domain import retention
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Later
from gridhall.domain.retention import days
from gridhall.domain.work import Work
from gridhall.jobs import KINDS
from gridhall.storage import tables
from gridhall.storage.sqlite import SqliteStorage
from gridhall.storage.statement import Statement
from gridhall.storage.tables import metadata
from harness.databases import Databases
from harness.live import Live, live
from methods.press import ADA, DESK, MAX, MIA, PRESS, SAFE, at_once, posted, refused, reply, rows, shown, thread
from methods.rows import change

DAY = 86_400

OF_MESSAGES = (
    tables.messages,
    tables.deleted_messages,
    tables.message_edits,
    tables.tombstones,
    tables.reactions,
    tables.pins,
    tables.streams,
)


@pytest.fixture
def press(any_databases: Databases) -> Iterator[Live]:
    """A server whose clock stands still, after its first round."""
    with live(any_databases.filled("chat")) as running:
        pass_days(running, 0)
        yield running


def keep(press: Live, days: int, **settings: Any) -> None:
    """Have the organization keep messages for so many days."""
    change(press, update(tables.organizations).values(retention_days=days, **settings))


def keep_in(press: Live, channel: str, days: int) -> None:
    """Have a channel keep messages for so many days."""
    change(press, update(tables.conversations).where(tables.conversations.c.id == channel).values(retention_days=days))


def pass_days(press: Live, days: float) -> None:
    """Let time pass, and retention do its round."""
    press.move(advance=days * DAY)
    assert press.on_loop(press.gridhall.jobs.settle(30))
    assert not [job for job in press.on_loop(press.gridhall.storage.read(_jobs)) if job.error]


async def _jobs(work: Work) -> list[Job]:
    return await work.jobs.list_all()


def count(press: Live, table: Any, **where: Any) -> int:
    clause = select(func.count()).select_from(table).where(*(table.c[name] == value for name, value in where.items()))
    statement = Statement(clause, int)

    async def unit(work: Any) -> int:
        found: int = await work.connection.one(statement)
        return found

    number: int = press.on_loop(press.gridhall.storage.read(unit))
    return number


def left(press: Live, ts: str) -> set[str]:
    """The tables that still know of a message, by whichever column."""
    known = {table.name for table in OF_MESSAGES if rows(press, table, ts)}
    return known | ({"thread_members"} if rows(press, tables.thread_members, ts, "thread_ts") else set())


def test_the_days_in_force() -> None:
    async def organization(work: Work) -> Any:
        return await work.organizations.find(PRESS)

    class Settings:
        retention_days = 30
        retention_override_allowed = True

    settings: Any = Settings()
    assert days(settings, 0) == 30
    assert days(settings, 7) == 7
    assert days(settings, 90) == 90
    settings.retention_override_allowed = False
    assert days(settings, 7) == 30
    settings.retention_days = 0
    assert days(settings, 7) == 0


def test_messages_go_when_their_days_are_over(press: Live) -> None:
    keep(press, 30)
    first = posted(press, "First")
    pass_days(press, 10)
    second = posted(press, "Second")
    pass_days(press, 19.9)
    assert shown(press, first) is not None
    pass_days(press, 0.2)
    assert shown(press, first) is None
    assert shown(press, second) is not None
    pass_days(press, 10)
    assert shown(press, second) is None
    assert not count(press, tables.messages, conversation=DESK)


def test_nothing_of_a_message_is_left(press: Live) -> None:
    keep(press, 30)
    id = "a-client-s-own"
    ts = posted(press, "Words", client_msg_id=id)
    assert press.call("reactions.add", "xoxp-max", channel=DESK, timestamp=ts, name="wave")["ok"]
    assert press.call("pins.add", "xoxp-max", channel=DESK, timestamp=ts)["ok"]
    assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text="Other words")["ok"]
    answer = reply(press, ts)
    gone = posted(press, "Deleted", client_msg_id="another")
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=gone)["ok"]
    assert left(press, ts) == {"messages", "reactions", "pins", "message_edits", "thread_members"}
    assert left(press, gone) == {"deleted_messages"}
    assert count(press, tables.client_messages) == 2
    pass_days(press, 31)
    assert [left(press, each) for each in (ts, answer, gone)] == [set(), set(), set()]
    assert count(press, tables.client_messages) == 0
    # What the organization file brought along is older still.
    for table in OF_MESSAGES:
        assert count(press, table, organization=PRESS) == 0, table.name
    assert press.call("conversations.history", "xoxp-mia", channel=DESK)["messages"] == []
    assert press.call("conversations.replies", "xoxp-mia", channel=DESK, ts=ts)["error"] == "thread_not_found"
    assert press.call("pins.list", "xoxp-ada", channel=DESK).get("items", []) == []
    assert press.call("chat.getPermalink", "xoxp-mia", channel=DESK, message_ts=ts) == refused("message_not_found")


def test_a_channel_s_own_days_count_where_they_are_allowed(press: Live) -> None:
    keep(press, 0)
    keep_in(press, SAFE, 7)
    here, there = posted(press), posted(press, channel=SAFE)
    pass_days(press, 8)
    assert shown(press, here) is not None
    assert shown(press, there, channel=SAFE) is None
    keep(press, 0, retention_override_allowed=False)
    there = posted(press, channel=SAFE)
    pass_days(press, 8)
    assert shown(press, there, channel=SAFE) is not None
    keep(press, 3, retention_override_allowed=True)
    keep_in(press, SAFE, 90)
    pass_days(press, 1)
    assert shown(press, here) is None
    assert shown(press, there, channel=SAFE) is not None


def test_other_organizations_keep_what_is_theirs(press: Live) -> None:
    change(press, update(tables.organizations).where(tables.organizations.c.id == PRESS).values(retention_days=1))
    kept = count(press, tables.messages) - count(press, tables.messages, organization=PRESS)
    posted(press)
    pass_days(press, 2)
    assert count(press, tables.messages, organization=PRESS) == 0
    assert count(press, tables.messages) == kept > 0


def test_a_thread_that_goes_on_keeps_a_placeholder_and_loses_it_with_its_last_reply(press: Live) -> None:
    keep(press, 30)
    parent = posted(press, "Parent")
    old = [reply(press, parent, token=token) for token in ("xoxp-max", "xoxp-max", "xoxp-ada")]
    pass_days(press, 20)
    young = [reply(press, parent, token=token) for token in ("xoxp-max", "xoxp-mia")]
    pass_days(press, 11)
    first, *replies = thread(press, parent)
    assert [message["ts"] for message in replies] == young
    told = {name: first.get(name) for name in ("subtype", "hidden", "reply_count", "reply_users", "latest_reply")}
    assert told == {
        "subtype": "tombstone",
        "hidden": True,
        "reply_count": 2,
        "reply_users": [MAX, MIA],
        "latest_reply": young[-1],
    }
    assert "Parent" not in str(rows(press, tables.messages, parent))
    assert all(left(press, ts) == set() for ts in old)
    # The placeholder is not looked at again, and still goes with the last reply.
    assert press.call("chat.delete", "xoxp-max", channel=DESK, ts=young[0])["ok"]
    assert thread(press, parent)[0]["reply_count"] == 1
    pass_days(press, 20)
    assert left(press, parent) == set()
    assert ADA not in str(rows(press, tables.thread_members, parent, "thread_ts"))


def test_a_parent_that_was_deleted_before_goes_with_its_replies(press: Live) -> None:
    keep(press, 30)
    parent = posted(press, "Parent")
    answers = [reply(press, parent)]
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=parent)["ok"]
    pass_days(press, 15)
    answers.append(reply(press, parent, token="xoxp-ada"))
    pass_days(press, 16)
    assert thread(press, parent)[0]["reply_count"] == 1
    assert left(press, parent) == {"messages", "thread_members"}
    pass_days(press, 15)
    assert [left(press, ts) for ts in (parent, *answers)] == [set(), set(), set()]


def test_long_threads_and_many_messages_go_in_many_steps(press: Live) -> None:
    keep(press, 30)
    parent = posted(press, "Parent")
    for number in range(2 * retention.BATCH + 7):
        reply(press, parent, token=("xoxp-max", "xoxp-ada")[number % 2])
    pass_days(press, 15)
    last = reply(press, parent)
    pass_days(press, 15.5)
    first, *replies = thread(press, parent)
    assert (first["subtype"], first["reply_count"], first["reply_users_count"]) == ("tombstone", 1, 1)
    assert [message["ts"] for message in replies] == [last]
    pass_days(press, 15)
    assert not count(press, tables.messages, conversation=DESK)
    assert not count(press, tables.thread_members)


def test_what_was_deleted_goes_by_its_own_time_even_where_nothing_else_is_left(press: Live) -> None:
    keep(press, 30)
    ts = posted(press)
    pass_days(press, 29)
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=ts)["ok"]
    assert left(press, ts) == {"deleted_messages"}
    pass_days(press, 1.1)
    assert left(press, ts) == set()


def test_no_ts_comes_twice_after_everything_is_gone(press: Live) -> None:
    """Also where the clock is set back, and the server was started anew in between."""
    keep(press, 1)
    before = [posted(press) for _ in range(3)]
    now = press.gridhall.clock.now()
    pass_days(press, 2)
    assert not count(press, tables.messages, conversation=DESK)
    press.move(to=now / 1_000_000)
    storage = press.gridhall.storage
    if isinstance(storage, SqliteStorage):
        storage._write_connection.last_ts = {}
    assert posted(press) > before[-1]


def test_messages_go_too_where_the_clock_was_set_back_after_a_round(press: Live) -> None:
    keep(press, 1)
    posted(press)
    now = press.gridhall.clock.now() / 1_000_000
    pass_days(press, 300)
    press.move(to=now)
    later = posted(press)
    pass_days(press, 301)
    assert left(press, later) == set()


def test_days_that_become_fewer_count_at_once_where_a_round_is_asked_for(press: Live) -> None:
    ts = posted(press)
    pass_days(press, 10)
    keep(press, 5)
    assert press.on_loop(press.gridhall.jobs.settle(10))
    assert shown(press, ts) is not None
    press.on_loop(press.gridhall.storage.write(lambda work: retention.begin(work, PRESS)))
    assert press.on_loop(press.gridhall.jobs.settle(10))
    assert shown(press, ts) is None


def test_a_round_that_is_under_way_begins_anew_where_one_is_asked_for(any_databases: Databases) -> None:
    """The days of a conversation that it has passed already become fewer."""
    fewer = Statement(update(tables.conversations).where(tables.conversations.c.id == DESK).values(retention_days=5), tuple)
    asked = False

    async def step(work: Any, job: Job, context: Context) -> Later | None:
        nonlocal asked
        later = await retention.step(work, job, context)
        if job.organization == PRESS and later is not None and later.progress is not None and not asked:
            asked = True
            await work.connection.run(fewer)
            await retention.begin(work, PRESS)
        return later

    with live(any_databases.filled("chat"), kinds={**KINDS, retention.JOB: step}) as press:
        pass_days(press, 0)
        ts, later = posted(press), posted(press, channel=SAFE)
        keep(press, 0)
        keep_in(press, SAFE, 7)
        assert DESK < SAFE
        pass_days(press, 10)
        assert asked
        assert (shown(press, ts), shown(press, later, channel=SAFE)) == (None, None)


def test_who_reads_and_writes_meanwhile_meets_no_deadlock(press: Live) -> None:
    """People reply to, react to and delete what is being purged: each call either comes first or finds nothing."""
    keep(press, 30)
    parents = [posted(press, f"Parent {number}") for number in range(30)]
    answers = [(parent, reply(press, parent)) for parent in parents]
    pass_days(press, 29.9)

    def replies() -> list[str]:
        return [
            press.call("chat.postMessage", "xoxp-ada", channel=DESK, text="Late", thread_ts=parent).get("error", "ok")
            for parent in parents
        ]

    def deletes() -> list[str]:
        return [press.call("chat.delete", "xoxp-max", channel=DESK, ts=ts).get("error", "ok") for _, ts in answers]

    def reacts() -> list[str]:
        return [
            press.call("reactions.add", "xoxp-mia", channel=DESK, timestamp=ts, name="wave").get("error", "ok")
            for pair in reversed(answers)
            for ts in pair
        ]

    *codes, _ = at_once(replies, deletes, reacts, lambda: pass_days(press, 0.2))
    assert set(codes[0]) <= {"ok", "cannot_reply_to_message"}
    assert set(codes[1]) <= {"ok", "message_not_found"}
    assert set(codes[2]) <= {"ok", "message_not_found"}
    for parent, ts in answers:
        assert rows(press, tables.messages, ts) == []
        assert rows(press, tables.reactions, ts) == []
        late = count(press, tables.messages, thread_ts=_micros(parent))
        kept = rows(press, tables.messages, parent)
        assert len(kept) == (1 if late else 0)
        if late:
            first, *rest = thread(press, parent)
            assert (first["subtype"], first["reply_count"], len(rest)) == ("tombstone", late, late)


def _micros(ts: str) -> int:
    return int(ts.replace(".", ""))


def test_every_table_that_holds_something_of_messages_is_purged() -> None:
    """A table that a message has rows in is one that retention has to know."""
    tells = {"ts", "thread_ts"}
    of_messages = {table.name for table in metadata.sorted_tables if "conversation" in table.c and tells & {*table.c.keys()}}
    assert of_messages == {table.name for table in OF_MESSAGES} | {
        "thread_members",
        "client_messages",
        # They wait for their time.
        "scheduled_messages",
    }
