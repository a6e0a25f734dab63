"""Scheduled messages through the platform's SDK for Python and through Bolt."""

from itertools import count
from typing import Any

import pytest
from slack_bolt import App, BoltContext, BoltRequest
from slack_sdk import WebClient
from slack_sdk.models.attachments import Attachment
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.models.metadata import Metadata

from harness.live import Live
from sdk.conftest import Clients
from sdk.harbour import BEA, BOT, BOT_ID, MEMBER, OWNER, SIGNING_SECRET, TUG, VAULT, WRECK, texts
from sdk.test_bolt import event, mention, web

_numbers = count(1)


@pytest.fixture
def channel(sdk: Clients) -> str:
    """A channel of the test's own, with Bea and the bot in it."""
    ann = sdk(OWNER)
    made: str = ann.conversations_create(name=f"slack-water-{next(_numbers)}")["channel"]["id"]
    ann.conversations_invite(channel=made, users=[BEA, TUG])
    return made


def soon(server: Live) -> int:
    """A time ahead on the server's clock, which stands still from now on."""
    server.move(advance=0)
    return server.gridhall.clock.now() // 1_000_000 + 200


def pass_time(server: Live) -> None:
    server.move(advance=300)
    assert server.on_loop(server.gridhall.jobs.settle(10))


def test_a_message_comes_at_its_time(sdk: Clients, harbour: Live, channel: str) -> None:
    bot, at = sdk(BOT), soon(harbour)
    answer = bot.chat_scheduleMessage(
        channel=channel,
        post_at=at,
        text="High tide",
        blocks=[SectionBlock(text="*High tide*")],
        attachments=[Attachment(text="At the pier")],
        metadata=Metadata(event_type="tide", event_payload={"height": 4}),
    )
    assert (answer["channel"], answer["post_at"]) == (channel, at)
    message = answer["message"]
    assert (message["type"], message["bot_id"], message["metadata"]["event_type"]) == ("delayed_message", BOT_ID, "tide")
    bot.chat_scheduleMessage(channel=channel, post_at=str(at + 1), markdown_text="**Low** tide")
    pass_time(harbour)
    newest = sdk(MEMBER).conversations_history(channel=channel, limit=2)["messages"]
    assert [shown["bot_id"] for shown in newest] == [BOT_ID, BOT_ID]
    assert (newest[1]["text"], newest[1]["blocks"][0]["text"]["text"]) == ("High tide", "*High tide*")
    assert newest[1]["attachments"][0]["text"] == "At the pier"


def test_what_waits_is_listed_in_pages_and_taken_back(sdk: Clients, harbour: Live, channel: str) -> None:
    ann, at = sdk(OWNER), soon(harbour)
    ids = [
        ann.chat_scheduleMessage(channel=channel, post_at=at + number, text=f"{number}")["scheduled_message_id"]
        for number in range(5)
    ]
    pages = ann.pages("chat_scheduledMessages_list", channel=channel, limit=2)
    listed: list[dict[str, Any]] = [one for page in pages for one in page["scheduled_messages"]]
    assert ([one["id"] for one in listed], len(pages)) == (ids, 3)
    assert {one["channel_id"] for one in listed} == {channel}
    for id in ids[1:]:
        assert ann.chat_deleteScheduledMessage(channel=channel, scheduled_message_id=id)["ok"]
    code = ann.refused("chat_deleteScheduledMessage", channel=channel, scheduled_message_id=ids[1])
    assert code == "invalid_scheduled_message_id"
    later = ann.chat_scheduledMessages_list(channel=channel, oldest=str(at), latest=str(at + 9))
    assert texts(later["scheduled_messages"]) == ["0"]
    pass_time(harbour)
    assert texts(ann.conversations_history(channel=channel, limit=1)["messages"]) == ["0"]


def test_refusals_are_raised(sdk: Clients, harbour: Live, channel: str) -> None:
    ann, at = sdk(OWNER), soon(harbour)
    assert ann.refused("chat_scheduleMessage", channel=channel, post_at=at - 200, text="Ebb") == "time_in_past"
    assert ann.refused("chat_scheduleMessage", channel=channel, post_at=at + 11_000_000, text="Ebb") == "time_too_far"
    assert ann.refused("chat_scheduleMessage", channel=channel, post_at="soon", text="Ebb") == "invalid_time"
    assert ann.refused("chat_scheduleMessage", channel=WRECK, post_at=at, text="Ebb") == "is_archived"
    assert sdk(BOT).refused("chat_scheduleMessage", channel=VAULT, post_at=at, text="Ebb") == "channel_not_found"
    assert sdk(BOT).refused("chat_scheduledMessages_list", channel=VAULT) == "invalid_channel"


def test_an_app_answers_later_in_the_thread(harbour: Live) -> None:
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)
    made: list[str] = []
    called = mention(harbour)
    at = soon(harbour)

    @app.event("app_mention")
    def tow(event: dict[str, Any], client: WebClient, context: BoltContext) -> None:
        assert context.channel_id is not None
        for text in ("At dawn", "Never"):
            answer = client.chat_scheduleMessage(
                channel=context.channel_id, post_at=at, text=text, thread_ts=event["ts"], reply_broadcast=False
            )
            made.append(answer["scheduled_message_id"])
        client.chat_deleteScheduledMessage(channel=context.channel_id, scheduled_message_id=made[1])

    assert app.dispatch(BoltRequest(**event(called))).status == 200
    assert [one["id"] for one in app.client.chat_scheduledMessages_list()["scheduled_messages"]] == made[:1]
    pass_time(harbour)
    replies = app.client.conversations_replies(channel=called["channel"], ts=called["ts"])["messages"]
    assert (texts(replies)[1:], replies[1]["bot_id"]) == (["At dawn"], BOT_ID)
