"""chat.scheduleMessage, chat.deleteScheduledMessage, chat.scheduledMessages.list"""

import json
import logging
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import update

from gridhall.domain import dispatch, messages, posting
from gridhall.domain.call import Call, Context
from gridhall.domain.conversations import Seen
from gridhall.domain.messages import Message
from gridhall.domain.scheduled import ScheduledMessage
from gridhall.domain.work import Work
from gridhall.storage import tables
from harness.databases import Databases
from harness.live import Live, live
from methods.press import (
    ALOOF,
    DESK,
    EVERYBODY,
    FLAT,
    GENERAL,
    LINK,
    MAX,
    MIA,
    NEWS,
    OLD,
    PRESS,
    READ_ONLY,
    SAFE,
    SPORT,
    STADIUM,
    THREAD_ONLY,
    TOWN,
    VAULT,
    WIRE,
    posted,
    refused,
    thread,
)
from methods.rows import change, make_token
from methods.scheduling import NOW, SOON, go, newer, schedule, texts, waiting

DAY = 86_400


@pytest.fixture
def still(own_press: Live) -> Live:
    """A server of the test's own, whose clock stands still."""
    own_press.move(to=NOW)
    return own_press


@pytest.fixture
def sqlite_press(sqlite_databases: Databases) -> Iterator[Live]:
    """The same on SQLite alone, for what no engine can make different."""
    with live(sqlite_databases.filled("chat")) as running:
        running.move(to=NOW)
        yield running


# Scheduling.


def test_the_answer_tells_the_message_without_a_time(press: Live) -> None:
    at = int(time.time()) + 1000
    answer = press.call("chat.scheduleMessage", "xoxb-wire", channel="#desk", text="*Soon*", post_at=f"{at}")
    assert (answer["channel"], answer["post_at"]) == (DESK, at)
    assert answer["scheduled_message_id"].startswith("Q")
    message = answer["message"]
    assert (message["type"], message["text"], message["team"]) == ("delayed_message", "*Soon*", NEWS)
    assert (message["user"], message["bot_id"], message["bot_profile"]["id"]) == (WIRE, "B0WIRE00001", "B0WIRE00001")
    assert message["blocks"][0]["type"] == "rich_text"
    assert "ts" not in message
    assert press.call(
        "chat.deleteScheduledMessage", "xoxb-wire", channel=DESK, scheduled_message_id=answer["scheduled_message_id"]
    )


def test_blocks_attachments_and_metadata_are_told(press: Live) -> None:
    metadata = {"event_type": "edition", "event_payload": {"number": 7}}
    answer = press.call(
        "chat.scheduleMessage",
        "xoxp-mia",
        channel=DESK,
        post_at=int(time.time()) + 1000,
        blocks=json.dumps([{"type": "divider", "block_id": "line"}]),
        attachments=json.dumps([{"text": "Attached"}]),
        metadata=json.dumps(metadata),
    )
    message = answer["message"]
    assert message["blocks"] == [{"type": "divider", "block_id": "line"}]
    assert (message["attachments"][0]["text"], message["metadata"]) == ("Attached", metadata)


@pytest.mark.parametrize(
    ("post_at", "code"),
    [
        (None, "invalid_time"),
        ("soon", "invalid_time"),
        ("2000000000.5", "invalid_time"),
        ("-5", "time_in_past"),
        ("1000000000", "time_in_past"),
        ("99999999999", "time_too_far"),
    ],
)
def test_the_time_is_some_time_ahead(press: Live, post_at: str | None, code: str) -> None:
    given = {} if post_at is None else {"post_at": post_at}
    assert press.call("chat.scheduleMessage", "xoxp-mia", channel=DESK, text="Words", **given)["error"] == code


def test_the_first_time_is_the_next_second_and_the_last_120_days_ahead(sqlite_press: Live) -> None:
    def send(ahead: int) -> str:
        answer = sqlite_press.call("chat.scheduleMessage", "xoxp-mia", channel=DESK, text="Words", post_at=NOW + ahead)
        return str(answer.get("error", "ok"))

    assert [send(ahead) for ahead in (-1, 0, 1)] == ["time_in_past", "time_in_past", "ok"]
    assert [send(ahead) for ahead in (120 * DAY, 120 * DAY + 1)] == ["ok", "time_too_far"]


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("xoxp-mia", {"channel": VAULT}, "channel_not_found"),
    ("xoxp-mia", {"channel": "nowhere"}, "channel_not_found"),
    ("xoxp-mia-org", {"channel": "desk"}, "channel_not_found"),
    ("xoxp-mia", {"channel": ALOOF}, "not_in_channel"),
    ("xoxb-wire", {"channel": ALOOF}, "not_in_channel"),
    ("xoxp-mia", {"channel": OLD}, "is_archived"),
    ("xoxp-mia", {"channel": READ_ONLY}, "restricted_action_read_only_channel"),
    ("xoxp-mia", {"channel": THREAD_ONLY}, "restricted_action_thread_only_channel"),
    ("xoxp-mia", {"channel": FLAT, "thread_ts": "1500000009.000100"}, "restricted_action_non_threadable_channel"),
    ("xoxp-mia-sport", {"channel": STADIUM}, "restricted_action"),
    ("xoxp-mia", {"text": " "}, "no_text"),
    ("xoxp-mia", {"text": "x" * 40_001}, "msg_too_long"),
    ("xoxp-mia", {"text": "", "markdown_text": "x" * 12_001}, "msg_too_long"),
    ("xoxp-mia", {"markdown_text": "**Also**"}, "markdown_text_conflict"),
    ("xoxp-mia", {"blocks": "{}"}, "invalid_blocks_format"),
    ("xoxp-mia", {"blocks": json.dumps([{"type": "divider"}] * 51)}, "invalid_blocks"),
    ("xoxp-mia", {"attachments": "{}"}, "invalid_attachments"),
    ("xoxp-mia", {"attachments": json.dumps([{"text": "x"}] * 101)}, "too_many_attachments"),
    ("xoxp-mia", {"thread_ts": "1500000099.000100"}, "invalid_arguments"),
    ("xoxp-mia", {"metadata": "[]"}, "invalid_metadata_format"),
    ("xoxp-mia", {"metadata": json.dumps({"event_type": 1, "event_payload": {}})}, "invalid_metadata_schema"),
    ("xoxs-mia", {"metadata": json.dumps({"event_type": "x", "event_payload": {}})}, "metadata_must_be_sent_from_app"),
    ("xoxp-mia-plain", {}, "missing_scope"),
]


@pytest.mark.parametrize(("token", "arguments", "code"), REFUSED)
def test_what_cannot_be_posted_is_not_scheduled(press: Live, token: str, arguments: dict[str, object], code: str) -> None:
    sent = {"channel": DESK, "text": "Words", "post_at": int(time.time()) + 1000} | arguments
    answer = press.call("chat.scheduleMessage", token, **sent)
    assert answer["error"] == code


def test_a_channel_gets_thirty_in_any_five_minutes(still: Live) -> None:
    def send(at: int, channel: str = DESK) -> str:
        answer = still.call("chat.scheduleMessage", "xoxp-mia", channel=channel, text="Words", post_at=at)
        return str(answer.get("error", "ok"))

    for number in range(30):
        schedule(still, token=("xoxp-mia", "xoxb-wire")[number % 2], at=SOON + 10 * number)
    # From the second after the last minus five minutes, to the second before the first plus five minutes.
    for at in (SOON - 9, SOON + 145, SOON + 290, SOON + 299):
        assert send(at) == "restricted_too_many", at
    assert send(SOON + 300) == "ok"
    assert send(SOON + 301) == "restricted_too_many", "thirty from ten seconds after the first on"
    assert send(SOON, SAFE) == "ok"
    assert send(SOON - 10) == "ok"


# Posting.


def test_it_is_posted_at_its_time_as_any_message(still: Live) -> None:
    metadata = {"event_type": "edition", "event_payload": {"number": 7}}
    schedule(still, "With <@W0MAX000001>", metadata=json.dumps(metadata), blocks='[{"type": "divider"}]')
    go(still, SOON - 1)
    assert newer(still) == []
    assert texts(waiting(still)) == ["With <@W0MAX000001>"]
    go(still, SOON + 7)
    assert waiting(still) == []
    [message] = newer(still)
    assert (message["type"], message["user"], message["ts"]) == ("message", MIA, f"{SOON + 7}.000000")
    assert (message["blocks"][0]["type"], "subtype" in message) == ("divider", False)
    answer = still.call("conversations.history", "xoxp-mia", channel=DESK, oldest=NOW, include_all_metadata="true")
    assert answer["messages"][0]["metadata"] == metadata
    info = still.call("conversations.history", "xoxp-max", channel=DESK, limit=1)
    assert info["messages"][0]["ts"] == message["ts"]


def test_those_that_are_late_come_in_their_turn(still: Live) -> None:
    """By their times, of one second in the order in which they were scheduled; of ones made earlier and later alike."""
    for number, at in enumerate([30, 10, 20, 10, 30, 20]):
        schedule(still, f"{at}/{number}", token=("xoxp-mia", "xoxp-max", "xoxb-wire")[number % 3], at=SOON + at)
    schedule(still, "elsewhere", channel=SAFE, at=SOON + 20)
    go(still, SOON + 15)
    schedule(still, "15/6", at=SOON + 25)
    go(still, SOON + DAY)
    assert texts(newer(still)) == ["10/1", "10/3", "20/2", "20/5", "15/6", "30/0", "30/4"]
    assert texts(newer(still, channel=SAFE)) == ["elsewhere"]
    assert len({message["ts"] for message in newer(still)}) == 7


def test_replies_are_counted_and_shown_in_the_channel(still: Live) -> None:
    parent = posted(still, "Parent", "xoxp-max")
    schedule(still, "Quiet", thread_ts=parent)
    schedule(still, "Loud", thread_ts=parent, reply_broadcast="true", at=SOON + 1)
    go(still, SOON + 1)
    first, *replies = thread(still, parent)
    assert (first["reply_count"], texts(replies)) == (2, ["Quiet", "Loud"])
    assert replies[0]["parent_user_id"] == MAX
    assert [message.get("subtype") for message in newer(still)] == [None, "thread_broadcast"]


def test_a_person_is_written_to(sqlite_press: Live) -> None:
    answer = sqlite_press.call("chat.scheduleMessage", "xoxb-wire", channel=MIA, text="For you", post_at=SOON)
    assert answer["channel"].startswith("D")
    go(sqlite_press)
    history = sqlite_press.call("conversations.history", "xoxb-wire", channel=answer["channel"])
    assert texts(history["messages"]) == ["For you"]


def test_a_bot_needs_its_scope_to_write_where_it_is_not(sqlite_press: Live) -> None:
    schedule(sqlite_press, "Heard", "xoxb-loud", ALOOF)
    go(sqlite_press)
    assert texts(newer(sqlite_press, "xoxp-max", ALOOF)) == ["Heard"]


def test_both_sides_of_a_connected_channel_schedule(still: Live) -> None:
    schedule(still, "From town", "xoxp-tom", LINK)
    schedule(still, "From the press", "xoxp-mia", LINK)
    assert (texts(waiting(still, "xoxp-tom")), texts(waiting(still))) == (["From town"], ["From the press"])
    go(still)
    assert [(message["text"], message["team"]) for message in newer(still, channel=LINK)] == [
        ("From town", TOWN),
        ("From the press", NEWS),
    ]


def test_an_expired_token_still_posts(sqlite_press: Live) -> None:
    schedule(sqlite_press, "Rotated since")
    change(sqlite_press, update(tables.tokens).where(tables.tokens.c.person == MIA).values(expires_at=NOW + 1))
    go(sqlite_press)
    assert texts(newer(sqlite_press, "xoxp-max")) == ["Rotated since"]


def _archive(still: Live) -> None:
    assert still.call("conversations.archive", "xoxp-ada", channel=DESK)["ok"]
    still.move(advance=1)


def _leave(still: Live) -> None:
    assert still.call("conversations.leave", "xoxp-mia", channel=DESK)["ok"]


def _revoke(still: Live) -> None:
    assert still.call("auth.revoke", "xoxp-mia")["revoked"]


def _close_account(still: Live) -> None:
    change(still, update(tables.people).where(tables.people.c.id == MIA).values(deleted=True))


def _remove_app(still: Live) -> None:
    change(still, update(tables.apps).where(tables.apps.c.id == "A0WIRE00001").values(removed=True))


def _delete_channel(still: Live) -> None:
    change(still, update(tables.conversations).where(tables.conversations.c.id == DESK).values(deleted=True))


def _close_to_members(still: Live) -> None:
    change(still, update(tables.conversations).where(tables.conversations.c.id == DESK).values(posting='"admins"'))


GONE: list[tuple[Callable[[Live], None], str]] = [
    (_archive, "is_archived"),
    (_leave, "not_in_channel"),
    (_revoke, "account_inactive"),
    (_close_account, "account_inactive"),
    (_remove_app, "account_inactive"),
    (_delete_channel, "channel_not_found"),
    (_close_to_members, "restricted_action_thread_only_channel"),
]


@pytest.mark.parametrize(("end", "code"), GONE)
def test_what_its_author_may_not_post_any_more_is_dropped(
    sqlite_press: Live, caplog: pytest.LogCaptureFixture, end: Callable[[Live], None], code: str
) -> None:
    """Once, and for good: it is not posted when things are as before. Those of others are posted."""
    other = make_token(sqlite_press, PRESS, NEWS, MAX, ["chat:write", "channels:history", "groups:history"])
    id = schedule(sqlite_press, "A secret")
    schedule(sqlite_press, "Elsewhere", other, SAFE)
    end(sqlite_press)
    go(sqlite_press)
    assert f"scheduled message {id} of {DESK} is dropped: {code}" in caplog.messages
    assert "A secret" not in caplog.text
    assert texts(newer(sqlite_press, other, SAFE)) == ["Elsewhere"]
    change(
        sqlite_press,
        update(tables.conversations).where(tables.conversations.c.id == DESK).values(archived=False, deleted=False),
        update(tables.tokens).values(revoked_at=0),
        update(tables.people).where(tables.people.c.id == MIA).values(deleted=False),
        update(tables.apps).values(removed=False),
    )
    go(sqlite_press, SOON + DAY)
    assert "A secret" not in texts(newer(sqlite_press, other))


def test_a_reply_whose_parent_is_gone_is_dropped(sqlite_press: Live) -> None:
    parent = posted(sqlite_press, "Parent")
    schedule(sqlite_press, "Too late", thread_ts=parent)
    schedule(sqlite_press, "After it")
    assert sqlite_press.call("chat.delete", "xoxp-mia", channel=DESK, ts=parent)["ok"]
    go(sqlite_press)
    assert texts(newer(sqlite_press)) == ["After it"]
    assert waiting(sqlite_press) == []


def test_what_is_closed_for_a_while_keeps_its_messages(sqlite_press: Live) -> None:
    schedule(sqlite_press, "Held back")
    schedule(sqlite_press, "From town", "xoxp-tom", LINK)
    press = tables.organizations.c.id == PRESS
    change(sqlite_press, update(tables.organizations).where(press).values(maintenance=True))
    go(sqlite_press)
    change(sqlite_press, update(tables.organizations).where(press).values(maintenance=False))
    [held] = waiting(sqlite_press)
    assert held["post_at"] == SOON + 3600
    assert texts(newer(sqlite_press, channel=LINK)) == ["From town"]
    go(sqlite_press, SOON + 3600)
    assert texts(newer(sqlite_press)) == ["Held back"]


def test_why_a_message_waits_is_told(sqlite_press: Live, caplog: pytest.LogCaptureFixture) -> None:
    schedule(sqlite_press, "Held back")
    change(sqlite_press, update(tables.organizations).where(tables.organizations.c.id == PRESS).values(maintenance=True))
    go(sqlite_press)
    [told] = [record.getMessage() for record in caplog.records if record.name == "gridhall.jobs"]
    assert told.endswith(" is put off: the organization is under maintenance")


def test_huge_messages_are_posted_one_by_one(still: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step ends where they come to many characters."""
    steps: list[list[str]] = []
    real = dispatch._post

    async def post(work: Work, context: Context, due: list[ScheduledMessage]) -> None:
        steps.append([message.read().text[:5] for message in due])
        await real(work, context, due)

    monkeypatch.setattr(dispatch, "_post", post)
    names = ["Huge1", "Huge2", "Word1", "Word2", "Large", "Huge3"]
    for name in names:
        schedule(still, name + "x" * {"Huge": 39_000, "Larg": 30_000}.get(name[:4], 0))
    go(still)
    assert [text[:5] for text in texts(newer(still))] == names
    assert steps == [["Huge1"], ["Huge2"], ["Word1", "Word2", "Large"], ["Huge3"]]


def test_parents_are_locked_newest_first(still: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """As retention locks them, so that neither waits for the other."""
    locked: list[str] = []
    real = posting.parent_of

    async def parent_of(call: Call, conversation: Seen, thread_ts: str) -> Message:
        locked.append(thread_ts)
        return await real(call, conversation, thread_ts)

    parents = [posted(still, "First"), posted(still, "Second"), posted(still, "Third")]
    for number in (1, 0, 2):
        schedule(still, f"Reply {number}", thread_ts=parents[number])
    monkeypatch.setattr(posting, "parent_of", parent_of)
    go(still)
    assert locked == parents[::-1]
    assert [thread(still, parent)[1]["text"] for parent in parents] == ["Reply 0", "Reply 1", "Reply 2"]
    times = [thread(still, parents[number])[1]["ts"] for number in (1, 0, 2)]
    assert times == sorted(times)


def test_a_defect_loses_no_message_and_holds_up_the_others_not_for_long(
    still: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for text in ("One", "Broken", "Two", "Three"):
        schedule(still, text)
    real = messages.compose

    def fail(*arguments: object) -> object:
        if arguments[1].content.text == "Broken":  # type: ignore[attr-defined]
            raise LookupError("a mistake")
        return real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL, "gridhall.jobs"):
        patch.setattr(messages, "compose", fail)
        for second in range(60):
            go(still, SOON + second)
    assert texts(newer(still)) == ["One", "Two", "Three"]
    [broken] = waiting(still)
    assert SOON + 3600 < broken["post_at"] < SOON + 3660
    go(still, SOON + 3660)
    assert texts(newer(still)) == ["One", "Two", "Three", "Broken"]


# Listing.


def test_one_lists_ones_own_by_their_times(still: Live) -> None:
    made = {
        text: schedule(still, text, at=SOON + at, channel=channel)
        for text, at, channel in (("Third", 30, DESK), ("First", 10, SAFE), ("Second", 20, DESK))
    }
    schedule(still, "Of another", "xoxp-max")
    schedule(still, "Of the bot", "xoxb-wire")
    found = waiting(still)
    assert found[0] == {"id": made["First"], "channel_id": SAFE, "post_at": SOON + 10, "date_created": NOW, "text": "First"}
    assert texts(found) == ["First", "Second", "Third"]
    assert texts(waiting(still, channel=DESK)) == ["Second", "Third"]
    assert texts(waiting(still, oldest=SOON + 20)) == ["Second", "Third"]
    assert texts(waiting(still, oldest=f"{SOON + 20}.000001", latest=SOON + 30)) == ["Third"]
    assert texts(waiting(still, latest=f"{SOON + 29}.9")) == ["First", "Second"]
    assert waiting(still, channel=GENERAL) == []
    assert texts(waiting(still, "xoxb-wire")) == ["Of the bot"]


def test_a_list_has_pages(still: Live) -> None:
    for number in range(7):
        schedule(still, str(number), at=SOON + number // 3)
    found: list[str] = []
    cursor, pages = "", 0
    while cursor or not pages:
        answer = still.call("chat.scheduledMessages.list", "xoxp-mia", limit=2, **({"cursor": cursor} if cursor else {}))
        found += texts(answer["scheduled_messages"])
        cursor, pages = answer["response_metadata"]["next_cursor"], pages + 1
    assert (sorted(found), pages) == ([str(number) for number in range(7)], 4)
    assert [int(text) // 3 for text in found] == [0, 0, 0, 1, 1, 1, 2]
    first = still.call("chat.scheduledMessages.list", "xoxp-mia", limit=2)["response_metadata"]["next_cursor"]
    assert still.call("chat.scheduledMessages.list", "xoxp-max", cursor=first) == refused("invalid_cursor")


def test_a_page_of_huge_messages_is_short(sqlite_press: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "LARGEST_PAGE", 1000)
    for number in range(3):
        schedule(sqlite_press, "x" * 600, at=SOON + number)
    answer = sqlite_press.call("chat.scheduledMessages.list", "xoxp-mia")
    assert len(answer["scheduled_messages"]) == 1
    rest = waiting(sqlite_press, cursor=answer["response_metadata"]["next_cursor"])
    assert [one["post_at"] for one in rest] == [SOON + 1]


def test_a_list_is_of_a_workspace(still: Live) -> None:
    schedule(still, "News")
    schedule(still, "Sport", "xoxp-ada-sport", STADIUM)
    schedule(still, "Organization", "xoxp-mia-org")
    schedule(still, "Everybody", "xoxp-mia-org", EVERYBODY)
    schedule(still, "Without an app", "xoxs-mia")
    assert texts(waiting(still)) == ["News"]
    assert texts(waiting(still, "xoxs-mia")) == ["Without an app"]
    assert waiting(still, "xoxp-ada") == []
    assert sorted(texts(waiting(still, "xoxp-mia-org", team_id=PRESS))) == ["Everybody", "Organization"]
    assert sorted(texts(waiting(still, "xoxp-mia-org", team_id=NEWS))) == ["Everybody", "Organization"]
    assert texts(waiting(still, "xoxp-mia-org", team_id=SPORT)) == ["Everybody"]
    assert still.call("chat.scheduledMessages.list", "xoxp-mia-org")["error"] == "invalid_arguments"
    assert still.call("chat.scheduledMessages.list", "xoxp-mia-org", team_id=TOWN) == refused("team_access_not_granted")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": VAULT}, "invalid_channel"),
        ({"channel": "C0NOWHERE01"}, "invalid_channel"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_arguments"),
        ({"oldest": "20", "latest": "19"}, "invalid_arguments"),
        ({"limit": "-1"}, "invalid_arguments"),
    ],
)
def test_what_no_list_is_of_is_refused(press: Live, arguments: dict[str, str], code: str) -> None:
    assert press.call("chat.scheduledMessages.list", "xoxp-mia", **arguments)["error"] == code


# Deleting.


def unschedule(press: Live, id: str, token: str = "xoxp-mia", channel: str = DESK) -> str:
    answer = press.call("chat.deleteScheduledMessage", token, channel=channel, scheduled_message_id=id)
    return str(answer.get("error", "ok"))


def test_what_was_deleted_is_not_posted(still: Live) -> None:
    first, second = schedule(still, "First"), schedule(still, "Second")
    assert unschedule(still, first) == "ok"
    assert unschedule(still, first) == "invalid_scheduled_message_id"
    assert texts(waiting(still)) == ["Second"]
    go(still)
    assert texts(newer(still)) == ["Second"]
    assert unschedule(still, second) == "invalid_scheduled_message_id"


def test_only_its_author_deletes_it_up_to_a_minute_before(sqlite_press: Live) -> None:
    id = schedule(sqlite_press)
    other = make_token(sqlite_press, PRESS, NEWS, MIA, ["chat:write"])
    for token in ("xoxp-ada", "xoxb-wire", "xoxs-mia", other):
        assert unschedule(sqlite_press, id, token) == "invalid_scheduled_message_id"
    assert unschedule(sqlite_press, id, channel=SAFE) == "invalid_scheduled_message_id"
    assert unschedule(sqlite_press, id, channel=VAULT) == "channel_not_found"
    assert unschedule(sqlite_press, "Q0NOBODY001") == "invalid_scheduled_message_id"
    assert unschedule(sqlite_press, id, "xoxp-mia-plain") == "missing_scope"
    sqlite_press.move(to=SOON - 59)
    assert unschedule(sqlite_press, id) == "invalid_scheduled_message_id"
    sqlite_press.move(to=SOON - 60)
    assert unschedule(sqlite_press, id, "xoxp-mia-org") == "ok"
    go(sqlite_press)
    assert newer(sqlite_press) == []
