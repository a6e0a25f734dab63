"""conversations.* through the platform's SDK for Python: a channel's life, direct messages, lists, refusals."""

from itertools import count
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sdk.conftest import Clients
from sdk.harbour import (
    ANN,
    BEA,
    BOT,
    CAI,
    DOT,
    ELI,
    FAY,
    GENERAL,
    GUEST,
    LOG,
    MEMBER,
    NARROW,
    OWNER,
    PIER,
    STORM,
    TUG,
    VAULT,
    WRECK,
    YARD,
    Client,
)

_numbers = count(1)


def fresh(client: Client, **options: Any) -> str:
    """The id of a channel that the client's person makes."""
    channel: str = client.conversations_create(name=f"berth-{next(_numbers)}", **options)["channel"]["id"]
    return channel


# A channel's life.


def test_a_public_channel(sdk: Clients) -> None:
    ann, bea, name = sdk(OWNER), sdk(MEMBER), f"dock-{next(_numbers)}"
    made = ann.conversations_create(name=name)["channel"]
    assert (made["name"], made["creator"], made["is_private"], made["is_member"]) == (name, ANN, False, True)
    channel = made["id"]
    assert channel.startswith("C")

    seen = bea.conversations_info(channel=channel, include_num_members=True, include_locale=True)["channel"]
    assert (seen["id"], seen["is_member"], seen["num_members"], seen["locale"]) == (channel, False, 1, "en-US")

    joined = bea.conversations_join(channel=channel)
    assert joined["channel"]["id"] == channel
    assert "warning" not in joined
    again = bea.conversations_join(channel=channel)
    assert (again["warning"], again["response_metadata"]["warnings"]) == ("already_in_channel", ["already_in_channel"])

    assert ann.conversations_invite(channel=channel, users=[CAI, DOT])["channel"]["id"] == channel
    assert set(ann.conversations_members(channel=channel)["members"]) == {ANN, BEA, CAI, DOT}
    assert ann.conversations_kick(channel=channel, user=DOT)["ok"]
    assert set(ann.conversations_members(channel=channel)["members"]) == {ANN, BEA, CAI}

    assert ann.conversations_setTopic(channel=channel, topic="Tides & times")["channel"]["topic"]["creator"] == ANN
    assert ann.conversations_setPurpose(channel=channel, purpose="To moor")["ok"]
    renamed = ann.conversations_rename(channel=channel, name=f"{name}-north")["channel"]
    assert (renamed["name"], renamed["previous_names"]) == (f"{name}-north", [name])
    seen = bea.conversations_info(channel=channel)["channel"]
    assert (seen["purpose"]["value"], seen["purpose"]["creator"], seen["is_member"]) == ("To moor", ANN, True)
    assert seen["name"] == f"{name}-north"

    assert bea.conversations_leave(channel=channel)["ok"]
    assert BEA not in ann.conversations_members(channel=channel)["members"]

    told = [message["subtype"] for message in ann.conversations_history(channel=channel)["messages"]]
    for subtype in ("channel_join", "channel_topic", "channel_purpose", "channel_name", "channel_leave"):
        assert subtype in told

    assert ann.conversations_archive(channel=channel)["ok"]
    assert ann.conversations_info(channel=channel)["channel"]["is_archived"] is True
    assert ann.refused("chat_postMessage", channel=channel, text="Too late") == "is_archived"
    assert ann.conversations_unarchive(channel=channel)["ok"]
    assert ann.conversations_info(channel=channel)["channel"]["is_archived"] is False
    assert ann.chat_postMessage(channel=channel, text="Back again")["ok"]


def test_a_private_channel(sdk: Clients) -> None:
    ann, bea = sdk(OWNER), sdk(MEMBER)
    channel = fresh(ann, is_private=True)
    assert ann.conversations_info(channel=channel)["channel"]["is_private"] is True
    assert bea.refused("conversations_info", channel=channel) == "channel_not_found"
    assert bea.refused("conversations_join", channel=channel) in {"channel_not_found", "method_not_supported_for_channel_type"}
    ann.conversations_invite(channel=channel, users=BEA)
    assert bea.conversations_info(channel=channel)["channel"]["is_member"] is True
    ann.conversations_kick(channel=channel, user=BEA)
    assert bea.refused("conversations_history", channel=channel) == "channel_not_found"


def test_who_leaves_without_being_there_is_told_so(sdk: Clients) -> None:
    """The answer is `ok: false` without a code, which the SDK takes for a refusal."""
    with pytest.raises(SlackApiError) as told:
        sdk(MEMBER).conversations_leave(channel=YARD)
    assert told.value.response.data == {"ok": False, "not_in_channel": True}


def test_a_bot_s_channel(sdk: Clients) -> None:
    bot = sdk(BOT)
    channel = fresh(bot)
    assert bot.conversations_members(channel=channel)["members"] == [TUG]
    assert bot.conversations_invite(channel=channel, users=f"{ANN},{BEA}")["ok"]
    assert bot.conversations_setTopic(channel=channel, topic="Towing")["ok"]
    assert bot.conversations_kick(channel=channel, user=BEA)["ok"]
    assert bot.conversations_join(channel=YARD)["channel"]["is_member"] is True
    assert bot.conversations_leave(channel=YARD)["ok"]
    assert bot.conversations_archive(channel=channel)["ok"]


def test_who_reads_and_how_far(sdk: Clients) -> None:
    ann, bea = sdk(OWNER), sdk(MEMBER)
    channel = fresh(ann)
    ann.conversations_invite(channel=channel, users=[BEA])
    ts = ann.chat_postMessage(channel=channel, text="Read me")["ts"]
    assert bea.conversations_mark(channel=channel, ts=ts)["ok"]
    assert bea.conversations_info(channel=channel)["channel"]["last_read"] == ts


# Direct messages.


def test_a_direct_message(sdk: Clients) -> None:
    ann, bea = sdk(OWNER), sdk(MEMBER)
    channel = ann.conversations_open(users=[BEA])["channel"]["id"]
    assert channel.startswith("D")
    assert bea.conversations_open(users=[ANN])["channel"]["id"] == channel
    whole = ann.conversations_open(users=BEA, return_im=True)
    assert whole["already_open"] is True
    assert (whole["channel"]["is_im"], whole["channel"]["user"]) == (True, BEA)

    ts = ann.chat_postMessage(channel=channel, text="Ahoy")["ts"]
    seen = bea.conversations_info(channel=channel)["channel"]
    assert (seen["user"], seen["latest"]["ts"], seen["unread_count"]) == (ANN, ts, 1)
    assert bea.conversations_mark(channel=channel, ts=ts)["ok"]
    assert bea.conversations_info(channel=channel)["channel"]["unread_count"] == 0
    assert set(ann.conversations_members(channel=channel)["members"]) == {ANN, BEA}

    closed = ann.conversations_close(channel=channel)
    assert "already_closed" not in closed
    assert ann.conversations_close(channel=channel)["already_closed"] is True
    assert ann.conversations_open(channel=channel)["channel"]["id"] == channel


def test_a_group_message(sdk: Clients) -> None:
    ann = sdk(OWNER)
    group = ann.conversations_open(users=[BEA, CAI], return_im=True)["channel"]
    assert (group["is_mpim"], group["is_private"]) == (True, True)
    assert ann.conversations_open(users=[CAI, BEA])["channel"]["id"] == group["id"]
    assert ann.conversations_open(users=[CAI, DOT])["channel"]["id"] != group["id"]
    assert set(ann.conversations_members(channel=group["id"])["members"]) == {ANN, BEA, CAI}
    assert group["id"] in [listed["id"] for listed in ann.conversations_list(types="mpim")["channels"]]
    assert ann.conversations_close(channel=group["id"])["ok"]


def test_a_bot_writes_to_somebody(sdk: Clients) -> None:
    posted = sdk(BOT).chat_postMessage(channel=ANN, text="Your ship is in")
    assert posted["channel"].startswith("D")
    assert sdk(OWNER).conversations_history(channel=posted["channel"])["messages"][0]["ts"] == posted["ts"]


# Lists, page by page.


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_a_list_through_several_pages(sdk: Clients, limit: int) -> None:
    ann = sdk(OWNER)
    pages = ann.pages("conversations_list", limit=limit, types="public_channel,private_channel")
    ids = [channel["id"] for page in pages for channel in page["channels"]]
    assert len(ids) == len(set(ids))
    assert set(ids) >= {GENERAL, PIER, LOG, STORM, WRECK, VAULT, YARD}
    assert all(len(page["channels"]) <= limit for page in pages)
    assert len(pages) >= len(ids) / limit
    assert VAULT not in {
        channel["id"] for page in sdk(MEMBER).pages("conversations_list", limit=limit) for channel in page["channels"]
    }


def test_a_list_without_archived_channels(sdk: Clients) -> None:
    pages = sdk(OWNER).pages("conversations_list", limit=2, exclude_archived=True)
    ids = [channel["id"] for page in pages for channel in page["channels"]]
    assert WRECK not in ids
    assert {GENERAL, PIER, LOG, STORM, YARD} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_members_through_several_pages(sdk: Clients, limit: int) -> None:
    pages = sdk(OWNER).pages("conversations_members", channel=GENERAL, limit=limit)
    members = [member for page in pages for member in page["members"]]
    assert len(members) == len(set(members))
    assert set(members) == {ANN, BEA, CAI, DOT, ELI, TUG}
    assert len(pages) == -(-len(members) // limit)


# Refusals.


@pytest.mark.parametrize(
    ("token", "name", "arguments", "code"),
    [
        (OWNER, "conversations_create", {"name": "pier"}, "name_taken"),
        (OWNER, "conversations_create", {"name": ""}, "invalid_name_required"),
        (OWNER, "conversations_create", {"name": "Pier"}, "invalid_name_specials"),
        (OWNER, "conversations_create", {"name": "---"}, "invalid_name_punctuation"),
        (OWNER, "conversations_create", {"name": "p" * 81}, "invalid_name_maxlength"),
        (OWNER, "conversations_info", {"channel": "C0NOWHERE01"}, "channel_not_found"),
        (MEMBER, "conversations_info", {"channel": VAULT}, "channel_not_found"),
        (OWNER, "conversations_list", {"types": "submarine"}, "invalid_types"),
        (OWNER, "conversations_list", {"cursor": "nonsense"}, "invalid_cursor"),
        (OWNER, "conversations_list", {"limit": 1001}, "invalid_limit"),
        (OWNER, "conversations_members", {"channel": PIER, "cursor": "nonsense"}, "invalid_cursor"),
        (OWNER, "conversations_members", {"channel": "C0NOWHERE01"}, "channel_not_found"),
        (OWNER, "conversations_join", {"channel": WRECK}, "is_archived"),
        (OWNER, "conversations_leave", {"channel": GENERAL}, "cant_leave_general"),
        (OWNER, "conversations_invite", {"channel": PIER, "users": ANN}, "cant_invite_self"),
        (OWNER, "conversations_invite", {"channel": PIER, "users": BEA}, "already_in_channel"),
        (OWNER, "conversations_invite", {"channel": PIER, "users": "W0NOBODY001"}, "user_not_found"),
        (OWNER, "conversations_invite", {"channel": WRECK, "users": BEA}, "is_archived"),
        (MEMBER, "conversations_invite", {"channel": YARD, "users": CAI}, "not_in_channel"),
        (OWNER, "conversations.invite", {"channel": PIER}, "no_user"),
        (OWNER, "conversations_kick", {"channel": PIER, "user": ANN}, "cant_kick_self"),
        (OWNER, "conversations_kick", {"channel": GENERAL, "user": BEA}, "cant_kick_from_general"),
        (OWNER, "conversations_kick", {"channel": YARD, "user": BEA}, "not_in_channel"),
        (OWNER, "conversations_archive", {"channel": WRECK}, "already_archived"),
        (OWNER, "conversations_archive", {"channel": GENERAL}, "cant_archive_general"),
        (OWNER, "conversations_unarchive", {"channel": PIER}, "not_archived"),
        (MEMBER, "conversations_rename", {"channel": PIER, "name": "quay"}, "not_authorized"),
        (OWNER, "conversations_rename", {"channel": PIER, "name": "log"}, "name_taken"),
        (OWNER, "conversations_rename", {"channel": WRECK, "name": "hulk"}, "is_archived"),
        (OWNER, "conversations_setTopic", {"channel": PIER, "topic": "t" * 251}, "too_long"),
        (OWNER, "conversations_setTopic", {"channel": WRECK, "topic": "t"}, "is_archived"),
        (MEMBER, "conversations_setTopic", {"channel": YARD, "topic": "t"}, "not_in_channel"),
        (OWNER, "conversations_setPurpose", {"channel": PIER, "purpose": "p" * 251}, "too_long"),
        (OWNER, "conversations_open", {"users": "W0NOBODY001"}, "user_not_found"),
        (OWNER, "conversations_open", {"users": FAY}, "user_disabled"),
        (OWNER, "conversations_open", {"users": [f"W0MANY0000{number}" for number in range(1, 10)]}, "too_many_users"),
        (OWNER, "conversations.open", {}, "users_list_not_supplied"),
        (OWNER, "conversations_close", {"channel": PIER}, "method_not_supported_for_channel_type"),
        (BOT, "conversations_history", {"channel": YARD}, "not_in_channel"),
        (OWNER, "conversations_history", {"channel": PIER, "cursor": "nonsense"}, "invalid_cursor"),
        (OWNER, "conversations_history", {"channel": PIER, "latest": "soon"}, "invalid_ts_latest"),
        (OWNER, "conversations_history", {"channel": PIER, "oldest": "once"}, "invalid_ts_oldest"),
        (OWNER, "conversations_replies", {"channel": PIER, "ts": "1500000000.000001"}, "thread_not_found"),
        (OWNER, "conversations_mark", {"channel": PIER, "ts": "soon"}, "invalid_timestamp"),
        (MEMBER, "conversations_mark", {"channel": YARD, "ts": "1500000000.000001"}, "not_in_channel"),
        (GUEST, "conversations_info", {"channel": YARD}, "channel_not_found"),
        (NARROW, "conversations_history", {"channel": PIER}, "missing_scope"),
        (NARROW, "conversations_create", {"name": "jetty"}, "missing_scope"),
    ],
)
def test_refusals(sdk: Clients, token: str, name: str, arguments: dict[str, Any], code: str) -> None:
    assert sdk(token).refused(name, **arguments) == code
