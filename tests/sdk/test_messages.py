"""chat.*, reactions.* and pins.* through the platform's SDK for Python."""

from itertools import count
from typing import Any

import pytest
from slack_sdk.models.attachments import Attachment
from slack_sdk.models.blocks import DividerBlock, SectionBlock

from harness.live import Live
from harness.rich import in_words
from sdk.conftest import Clients
from sdk.harbour import ANN, APP, BEA, BOT, BOT_ID, DOT, LOG, MEMBER, NARROW, OWNER, PIER, TUG, WRECK, YARD, Client, texts

_numbers = count(1)


@pytest.fixture
def channel(sdk: Clients) -> str:
    """A channel of the test's own, with Bea and the bot in it."""
    ann = sdk(OWNER)
    made: str = ann.conversations_create(name=f"mooring-{next(_numbers)}")["channel"]["id"]
    ann.conversations_invite(channel=made, users=[BEA, TUG])
    return made


def read(client: Client, channel: str, ts: str, **options: Any) -> dict[str, Any]:
    """One message as history shows it."""
    [message] = client.conversations_history(channel=channel, latest=ts, inclusive=True, limit=1, **options)["messages"]
    assert message["ts"] == ts
    shown: dict[str, Any] = message
    return shown


# Posting.


def test_what_is_posted_is_read(sdk: Clients, channel: str) -> None:
    posted = sdk(OWNER).chat_postMessage(channel=channel, text=f"Tide & time, <@{BEA}>")
    assert posted["channel"] == channel
    message = posted["message"]
    assert (message["type"], message["user"], message["ts"]) == ("message", ANN, posted["ts"])
    assert read(sdk(MEMBER), channel, posted["ts"])["text"] == message["text"]


def test_what_a_bot_posts_tells_of_the_bot(sdk: Clients, channel: str) -> None:
    posted = sdk(BOT).chat_postMessage(channel=channel, text="Toot")
    message = posted["message"]
    assert (message["user"], message["bot_id"], message["app_id"]) == (TUG, BOT_ID, APP)
    assert (message["bot_profile"]["id"], message["bot_profile"]["name"]) == (BOT_ID, "tug")
    assert read(sdk(MEMBER), channel, posted["ts"])["bot_id"] == BOT_ID


def test_a_channel_by_its_name(sdk: Clients) -> None:
    assert sdk(BOT).chat_postMessage(channel="#pier", text="Toot")["channel"] == PIER
    assert sdk(BOT).chat_postMessage(channel="pier", text="Toot")["channel"] == PIER


def test_objects_of_the_sdk(sdk: Clients, channel: str) -> None:
    bot = sdk(BOT)
    posted = bot.chat_postMessage(
        channel=channel,
        text="Departures",
        blocks=[SectionBlock(text="*Departures*"), DividerBlock()],
        attachments=[Attachment(text="The last one is at ten", fallback="at ten")],
        unfurl_links=False,
        unfurl_media=False,
        mrkdwn=True,
        parse="none",
        link_names=False,
    )
    message = read(bot, channel, posted["ts"])
    assert [block["type"] for block in message["blocks"]] == ["section", "divider"]
    assert message["blocks"][0]["text"] == {"type": "mrkdwn", "text": "*Departures*"}
    assert message["attachments"][0]["text"] == "The last one is at ten"


def test_markdown(sdk: Clients, channel: str) -> None:
    bot = sdk(BOT)
    posted = bot.chat_postMessage(channel=channel, markdown_text="**Departures**")
    assert posted["message"]["text"] == "*Departures*"
    assert read(bot, channel, posted["ts"])["blocks"] == in_words("Departures", bold=True)


def test_a_bot_posts_where_it_is_not(sdk: Clients) -> None:
    assert sdk(BOT).chat_postMessage(channel=YARD, text="Toot")["ok"]
    assert sdk(NARROW).refused("chat_postMessage", channel=YARD, text="Toot") == "not_in_channel"


# Threads.


def test_a_thread(sdk: Clients, channel: str) -> None:
    ann, bea = sdk(OWNER), sdk(MEMBER)
    parent = ann.chat_postMessage(channel=channel, text="Who is in?")["ts"]
    first = bea.chat_postMessage(channel=channel, text="I am", thread_ts=parent)
    assert (first["message"]["thread_ts"], first["message"]["parent_user_id"]) == (parent, ANN)
    loud = ann.chat_postMessage(channel=channel, text="So am I", thread_ts=parent, reply_broadcast=True)
    assert loud["message"]["subtype"] == "thread_broadcast"

    thread = bea.conversations_replies(channel=channel, ts=parent)["messages"]
    assert texts(thread) == ["Who is in?", "I am", "So am I"]
    head = thread[0]
    assert (head["reply_count"], head["reply_users"], head["latest_reply"]) == (2, [BEA, ANN], loud["ts"])
    assert (head["thread_ts"], head["subscribed"]) == (parent, True)
    assert texts(bea.conversations_replies(channel=channel, ts=first["ts"])["messages"])[0] == "Who is in?"

    shown = texts(ann.conversations_history(channel=channel)["messages"])
    assert shown[:2] == ["So am I", "Who is in?"]

    assert ann.chat_delete(channel=channel, ts=parent)["ts"] == parent
    left = bea.conversations_replies(channel=channel, ts=parent)["messages"]
    assert (left[0]["subtype"], left[0]["ts"]) == ("tombstone", parent)
    assert texts(left)[1:] == ["I am", "So am I"]


# Changing and deleting.


def test_an_edit(sdk: Clients, channel: str) -> None:
    ann = sdk(OWNER)
    ts = ann.chat_postMessage(channel=channel, text="At nien")["ts"]
    changed = ann.chat_update(channel=channel, ts=ts, text="At nine")
    assert (changed["channel"], changed["ts"], changed["text"]) == (channel, ts, "At nine")
    message = read(ann, channel, ts)
    assert (message["text"], message["edited"]["user"]) == ("At nine", ANN)


def test_blocks_are_replaced_and_taken_away(sdk: Clients, channel: str) -> None:
    bot = sdk(BOT)
    ts = bot.chat_postMessage(channel=channel, text="One", blocks=[SectionBlock(text="One")])["ts"]
    bot.chat_update(channel=channel, ts=ts, text="Two", blocks=[SectionBlock(text="Two"), DividerBlock()])
    assert [block["type"] for block in read(bot, channel, ts)["blocks"]] == ["section", "divider"]
    bot.chat_update(channel=channel, ts=ts, text="Three")
    message = read(bot, channel, ts)
    assert message["text"] == "Three"
    assert message["blocks"] == in_words("Three")


def test_attachments_stay_until_they_are_taken_away(sdk: Clients, channel: str) -> None:
    bot = sdk(BOT)
    ts = bot.chat_postMessage(channel=channel, text="One", attachments=[Attachment(text="Two")])["ts"]
    bot.chat_update(channel=channel, ts=ts, text="Three")
    assert read(bot, channel, ts)["attachments"][0]["text"] == "Two"
    bot.chat_update(channel=channel, ts=ts, text="Three", attachments=[])
    assert "attachments" not in read(bot, channel, ts)


def test_a_deletion(sdk: Clients, channel: str) -> None:
    bot = sdk(BOT)
    ts = bot.chat_postMessage(channel=channel, text="Never mind")["ts"]
    deleted = bot.chat_delete(channel=channel, ts=ts)
    assert (deleted["channel"], deleted["ts"]) == (channel, ts)
    assert ts not in [message["ts"] for message in bot.conversations_history(channel=channel)["messages"]]
    assert bot.refused("chat_delete", channel=channel, ts=ts) == "message_not_found"
    assert bot.refused("chat_update", channel=channel, ts=ts, text="?") == "message_not_found"


def test_others_messages_are_theirs(sdk: Clients, channel: str) -> None:
    ts = sdk(OWNER).chat_postMessage(channel=channel, text="Mine")["ts"]
    assert sdk(MEMBER).refused("chat_update", channel=channel, ts=ts, text="Ours") == "cant_update_message"
    assert sdk(MEMBER).refused("chat_delete", channel=channel, ts=ts) == "cant_delete_message"
    assert sdk(BOT).refused("chat_delete", channel=channel, ts=ts) == "cant_delete_message"


# Other ways to say something.


def test_an_ephemeral_message_is_nowhere_to_be_read(sdk: Clients, channel: str) -> None:
    bot = sdk(BOT)
    before = texts(bot.conversations_history(channel=channel)["messages"])
    told = bot.chat_postEphemeral(channel=channel, user=BEA, text="Psst")
    assert "message_ts" in told
    assert texts(bot.conversations_history(channel=channel)["messages"]) == before
    assert bot.refused("chat_postEphemeral", channel=channel, user=DOT, text="Psst") == "user_not_in_channel"


def test_a_me_message(sdk: Clients, channel: str) -> None:
    ann = sdk(OWNER)
    ts = ann.chat_meMessage(channel=channel, text="waves")["ts"]
    assert (read(ann, channel, ts)["subtype"], read(ann, channel, ts)["text"]) == ("me_message", "waves")


def test_a_permalink(sdk: Clients, channel: str, harbour: Live) -> None:
    ann = sdk(OWNER)
    parent = ann.chat_postMessage(channel=channel, text="Here")["ts"]
    reply = ann.chat_postMessage(channel=channel, text="There", thread_ts=parent)["ts"]
    link = ann.chat_getPermalink(channel=channel, message_ts=parent)
    assert link["channel"] == channel
    assert link["permalink"].startswith(f"{harbour.url}/w/harbour-town/archives/{channel}/p{parent.replace('.', '')}")
    link = ann.chat_getPermalink(channel=channel, message_ts=reply)["permalink"]
    assert link.endswith(f"/archives/{channel}/p{reply.replace('.', '')}?thread_ts={parent}&cid={channel}")


# Reactions and pins.


def test_reactions(sdk: Clients, channel: str) -> None:
    ann, bea = sdk(OWNER), sdk(MEMBER)
    ts = ann.chat_postMessage(channel=channel, text="Ship ahoy")["ts"]
    for client, name in ((ann, "anchor"), (bea, "anchor"), (bea, "wave::skin-tone-3")):
        assert client.reactions_add(channel=channel, timestamp=ts, name=name)["ok"]
    assert bea.refused("reactions_add", channel=channel, timestamp=ts, name="anchor") == "already_reacted"
    expected = [
        {"name": "anchor", "users": [ANN, BEA], "count": 2},
        {"name": "wave::skin-tone-3", "users": [BEA], "count": 1},
    ]
    found = ann.reactions_get(channel=channel, timestamp=ts, full=True)
    assert (found["type"], found["channel"], found["message"]["reactions"]) == ("message", channel, expected)
    assert read(bea, channel, ts)["reactions"] == expected

    listed = ann.reactions_list(user=BEA)["items"]
    assert ts in [item["message"]["ts"] for item in listed]
    pages = ann.pages("reactions_list", user=BEA, limit=1)
    assert [item["message"]["ts"] for page in pages for item in page["items"]] == [item["message"]["ts"] for item in listed]

    assert bea.reactions_remove(channel=channel, timestamp=ts, name="anchor")["ok"]
    assert bea.refused("reactions_remove", channel=channel, timestamp=ts, name="anchor") == "no_reaction"
    assert read(ann, channel, ts)["reactions"][0] == {"name": "anchor", "users": [ANN], "count": 1}


def test_pins(sdk: Clients, channel: str) -> None:
    ann, bea = sdk(OWNER), sdk(MEMBER)
    ts = ann.chat_postMessage(channel=channel, text="Timetable")["ts"]
    assert bea.pins_add(channel=channel, timestamp=ts)["ok"]
    assert ann.refused("pins_add", channel=channel, timestamp=ts) == "already_pinned"
    [item] = ann.pins_list(channel=channel)["items"]
    assert (item["type"], item["channel"], item["created_by"], item["message"]["ts"]) == ("message", channel, BEA, ts)
    assert item["message"]["pinned_to"] == [channel]
    assert ann.conversations_history(channel=channel)["pin_count"] == 1
    assert ann.pins_remove(channel=channel, timestamp=ts)["ok"]
    assert ann.pins_list(channel=channel)["items"] == []
    assert ann.refused("pins_remove", channel=channel, timestamp=ts) in {"no_pin", "not_pinned"}


# Refusals.


@pytest.mark.parametrize(
    ("token", "name", "arguments", "code"),
    [
        (OWNER, "chat_postMessage", {"channel": "C0NOWHERE01", "text": "?"}, "channel_not_found"),
        (OWNER, "chat.postMessage", {"channel": PIER}, "no_text"),
        (OWNER, "chat_postMessage", {"channel": WRECK, "text": "?"}, "is_archived"),
        (MEMBER, "chat_postMessage", {"channel": YARD, "text": "?"}, "not_in_channel"),
        (OWNER, "chat_postMessage", {"channel": PIER, "text": "?", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (OWNER, "chat_postMessage", {"channel": PIER, "text": "?", "blocks": "{"}, "invalid_blocks_format"),
        (
            OWNER,
            "chat_postMessage",
            {"channel": PIER, "text": "?", "attachments": [{"text": "?"}] * 101},
            "too_many_attachments",
        ),
        (BOT, "chat_postMessage", {"channel": PIER, "text": "?", "markdown_text": "?"}, "markdown_text_conflict"),
        (OWNER, "chat_update", {"channel": PIER, "ts": "1500000000.000001", "text": "?"}, "message_not_found"),
        (OWNER, "chat_update", {"channel": LOG, "ts": "1600000000.000100", "text": "?" * 4001}, "msg_too_long"),
        (OWNER, "chat_delete", {"channel": PIER, "ts": "1500000000.000001"}, "message_not_found"),
        (OWNER, "chat_delete", {"channel": "C0NOWHERE01", "ts": "1500000000.000001"}, "channel_not_found"),
        (OWNER, "chat_postEphemeral", {"channel": WRECK, "user": ANN, "text": "?"}, "is_archived"),
        (OWNER, "chat.meMessage", {"channel": PIER}, "no_text"),
        (MEMBER, "chat_meMessage", {"channel": YARD, "text": "?"}, "not_in_channel"),
        (OWNER, "chat_getPermalink", {"channel": PIER, "message_ts": "1500000000.000001"}, "message_not_found"),
        (OWNER, "reactions_add", {"channel": LOG, "timestamp": "1600000000.000100", "name": "no such emoji"}, "invalid_name"),
        (OWNER, "reactions_add", {"channel": LOG, "timestamp": "soon", "name": "anchor"}, "bad_timestamp"),
        (OWNER, "reactions_add", {"channel": LOG, "timestamp": "1500000000.000001", "name": "anchor"}, "message_not_found"),
        (OWNER, "reactions_get", {}, "no_item_specified"),
        (OWNER, "reactions_list", {"user": "W0NOBODY001"}, "user_not_found"),
        (OWNER, "reactions_remove", {"name": "anchor"}, "no_item_specified"),
        (OWNER, "pins_add", {"channel": LOG, "timestamp": "1500000000.000001"}, "message_not_found"),
        (OWNER, "pins_add", {"channel": LOG}, "no_item_specified"),
        (OWNER, "pins_list", {"channel": "C0NOWHERE01"}, "channel_not_found"),
        (NARROW, "pins_list", {"channel": PIER}, "missing_scope"),
        (NARROW, "reactions_add", {"channel": LOG, "timestamp": "1600000000.000100", "name": "anchor"}, "missing_scope"),
    ],
)
def test_refusals(sdk: Clients, token: str, name: str, arguments: dict[str, Any], code: str) -> None:
    assert sdk(token).refused(name, **arguments) == code
