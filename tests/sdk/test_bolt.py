"""Bolt for Python as it comes from the package index. Events are handed to it here, signed as the platform signs them; what its
listeners do with them are calls of a real server."""

import asyncio
import json
import time
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import Ack, App, BoltContext, BoltRequest, BoltResponse, Say
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest, AsyncSay
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from harness.live import Live
from sdk.harbour import ANN, APP, BOT, BOT_ID, MEMBER, OWNER, PIER, SIGNING_SECRET, TEAM, TUG, texts

_numbers = count(1)


def web(server: Live, token: str | None = BOT) -> WebClient:
    return WebClient(token=token, base_url=f"{server.url}/api/")


def signed(body: str, kind: str) -> dict[str, Any]:
    """A request from the platform: what Bolt's requests are made of."""
    now = str(int(time.time()))
    signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=now, body=body)
    assert signature is not None
    headers = {"content-type": kind, "x-slack-request-timestamp": now, "x-slack-signature": signature}
    return {"body": body, "headers": headers}


def event(inner: dict[str, Any]) -> dict[str, Any]:
    """The request that brings an event."""
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {**inner, "event_ts": inner["ts"]},
            "event_id": f"Ev0{next(_numbers):08}",
            "event_time": int(float(inner["ts"])),
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": TUG, "is_bot": True}],
        }
    )
    return signed(body, "application/json")


def mention(server: Live) -> dict[str, Any]:
    """Ann calls the bot in a channel of her own: the event that tells of it."""
    ann = web(server, OWNER)
    channel = ann.conversations_create(name=f"slip-{next(_numbers)}")["channel"]["id"]
    ann.conversations_invite(channel=channel, users=[TUG])
    posted = ann.chat_postMessage(channel=channel, text=f"<@{TUG}> tow me")
    return {"type": "app_mention", "user": ANN, "text": posted["message"]["text"], "ts": posted["ts"], "channel": channel}


def check(server: Live, called: dict[str, Any]) -> None:
    """What the listeners below leave behind."""
    ann, channel = web(server, OWNER), called["channel"]
    parent, kept = ann.conversations_replies(channel=channel, ts=called["ts"])["messages"]
    assert parent["reactions"] == [{"name": "anchor", "users": [TUG], "count": 1}]
    assert (kept["text"], kept["bot_id"], kept["thread_ts"]) == ("Towed", BOT_ID, called["ts"])
    assert kept["edited"]["user"] == TUG
    assert texts(ann.conversations_history(channel=channel)["messages"])[0] == "Anybody else?"


# An app starts.


def test_an_app_asks_who_it_is(harbour: Live) -> None:
    before = harbour.seen.count(("auth.test", "ok"))
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET)
    assert harbour.seen.count(("auth.test", "ok")) == before + 1
    assert app.client.auth_test()["bot_id"] == BOT_ID
    assert app.client.chat_postMessage(channel=PIER, text="Under steam")["ok"]


def test_an_app_does_not_start_with_a_wrong_token(harbour: Live) -> None:
    with pytest.raises(BoltError, match="invalid_auth"):
        App(client=web(harbour, "xoxb-nobody"), signing_secret=SIGNING_SECRET)


def test_the_client_s_token_is_the_one_that_counts(harbour: Live) -> None:
    app = App(client=web(harbour), token="xoxb-nobody", signing_secret=SIGNING_SECRET)
    assert app.client.auth_test()["bot_id"] == BOT_ID


# Listeners.


def test_a_listener_answers_in_a_thread(harbour: Live) -> None:
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)

    @app.event("app_mention")
    def tow(event: dict[str, Any], say: Say, client: WebClient, context: BoltContext) -> None:
        assert (context.bot_id, context.bot_user_id, context.bot_token) == (BOT_ID, TUG, BOT)
        answer = say("On my way", thread_ts=event["ts"])
        client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="anchor")
        client.chat_update(channel=answer["channel"], ts=answer["ts"], text="Towed")
        slip = say(text="Oops", blocks=[SectionBlock(text="Oops")])
        client.chat_delete(channel=slip["channel"], ts=slip["ts"])
        context.say({"text": "Anybody else?"})

    called = mention(harbour)
    assert app.dispatch(BoltRequest(**event(called))).status == 200
    check(harbour, called)


def test_an_asynchronous_listener_answers_in_a_thread(harbour: Live) -> None:
    called = mention(harbour)

    async def main() -> BoltResponse:
        client = AsyncWebClient(token=BOT, base_url=f"{harbour.url}/api/")
        app = AsyncApp(client=client, signing_secret=SIGNING_SECRET, process_before_response=True)

        @app.event("app_mention")
        async def tow(event: dict[str, Any], say: AsyncSay, client: AsyncWebClient) -> None:
            answer = await say("On my way", thread_ts=event["ts"])
            await client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="anchor")
            await client.chat_update(channel=answer["channel"], ts=answer["ts"], text="Towed")
            slip = await say(text="Oops")
            await client.chat_delete(channel=slip["channel"], ts=slip["ts"])
            await say({"text": "Anybody else?"})

        return await app.async_dispatch(AsyncBoltRequest(**event(called)))

    assert asyncio.run(main()).status == 200
    check(harbour, called)


def test_a_listener_hears_a_message_but_not_its_own(harbour: Live) -> None:
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)
    heard: list[str] = []

    @app.message("tow")
    def listen(message: dict[str, Any], say: Say) -> None:
        heard.append(message["ts"])
        say("Who wants me to tow?")

    called = {**mention(harbour), "type": "message", "channel_type": "channel"}
    assert app.dispatch(BoltRequest(**event(called))).status == 200
    own = web(harbour).conversations_history(channel=called["channel"], limit=1)["messages"][0]
    assert own["text"] == "Who wants me to tow?"
    app.dispatch(BoltRequest(**event({**own, "channel": called["channel"], "channel_type": "channel"})))
    assert heard == [called["ts"]]


def test_a_command_is_answered_where_it_was_given(harbour: Live) -> None:
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)

    @app.command("/tow")
    def tow(ack: Ack, say: Say, command: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postEphemeral(channel=command["channel_id"], user=command["user_id"], text="At once")
        say(f"<@{command['user_id']}> is towed")

    called = mention(harbour)
    body = urlencode(
        {"command": "/tow", "text": "", "user_id": ANN, "channel_id": called["channel"], "team_id": TEAM, "api_app_id": APP}
    )
    request = signed(body, "application/x-www-form-urlencoded")
    assert app.dispatch(BoltRequest(**request)).status == 200
    said = web(harbour, OWNER).conversations_history(channel=called["channel"], limit=1)["messages"]
    assert texts(said) == [f"<@{ANN}> is towed"]


def test_an_unsigned_event_reaches_no_listener(harbour: Live) -> None:
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)
    request = event({"type": "app_mention", "user": ANN, "text": "tow me", "ts": "1600000000.000100", "channel": PIER})
    request["headers"]["x-slack-signature"] = "v0=00"
    assert app.dispatch(BoltRequest(**request)).status == 401


def test_a_listener_s_refusal_is_the_server_s(harbour: Live) -> None:
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)
    codes: list[str] = []

    @app.event("app_mention")
    def tow(event: dict[str, Any], client: WebClient) -> None:
        client.chat_update(channel=event["channel"], ts=event["ts"], text="Not mine")

    @app.error
    def fail(error: Exception) -> None:
        assert isinstance(error, SlackApiError)
        codes.append(error.response["error"])

    app.dispatch(BoltRequest(**event(mention(harbour))))
    assert codes == ["cant_update_message"]


# Authorization and utilities.


def test_an_app_authorizes_for_each_workspace(harbour: Live) -> None:
    """As an app that is installed in many workspaces: it finds the token for each event, and asks the server about it."""
    asked: list[str | None] = []

    def authorize(team_id: str | None, client: WebClient) -> AuthorizeResult:
        asked.append(team_id)
        answer = client.auth_test(token=BOT)
        return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=BOT)

    app = App(client=web(harbour, None), signing_secret=SIGNING_SECRET, authorize=authorize, process_before_response=True)

    @app.event("app_mention")
    def tow(event: dict[str, Any], say: Say, context: BoltContext) -> None:
        assert context.authorize_result is not None
        assert (context.bot_token, context.authorize_result.bot_user_id) == (BOT, TUG)
        say("Found the token", thread_ts=event["ts"])

    called = mention(harbour)
    assert app.dispatch(BoltRequest(**event(called))).status == 200
    assert asked == [TEAM]
    thread = web(harbour).conversations_replies(channel=called["channel"], ts=called["ts"])["messages"]
    assert texts(thread)[1:] == ["Found the token"]


@pytest.mark.parametrize("token", [BOT, MEMBER])
def test_say_on_its_own(harbour: Live, token: str) -> None:
    say = Say(web(harbour, token), PIER)
    said = say("All aboard")
    reply = say("Mind the gap", thread_ts=said["ts"])
    assert reply["message"]["thread_ts"] == said["ts"]
    assert (
        say({"text": "Cast off", "thread_ts": said["ts"], "reply_broadcast": True})["message"]["subtype"] == "thread_broadcast"
    )
