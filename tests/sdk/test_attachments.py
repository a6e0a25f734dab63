"""Attachments and personas through the platform's SDK for Python: each class of it, and interactive messages of old."""

from typing import Any

import pytest
from slack_sdk.models.attachments import (
    ActionButton,
    ActionChannelSelector,
    ActionConversationSelector,
    ActionExternalSelector,
    ActionLinkButton,
    ActionUserSelector,
    Attachment,
    AttachmentField,
    BlockAttachment,
    InteractiveAttachment,
)
from slack_sdk.models.blocks import ButtonElement, ConfirmObject, ContextBlock, MarkdownTextObject, Option, SectionBlock

from sdk.conftest import Clients
from sdk.harbour import BOT, BOT_ID, PIER, Client

FULL = Attachment(
    text="The *last* one is at ten & a half",
    fallback="at ten",
    fields=[AttachmentField(title="Pier", value="3"), AttachmentField(title="Wind", value="_north_", short=False)],
    color="#439FE0",
    markdown_in=["text", "fields"],
    title="Departures",
    title_link="https://ferries.test/departures",
    pretext="As of _noon_",
    author_name="Harbour office",
    author_subname="Tower",
    author_link="https://ferries.test/office",
    author_icon="https://ferries.test/office.png",
    image_url="https://ferries.test/map.png",
    footer="ferries.test",
    footer_icon="https://ferries.test/icon.png",
    ts=1500000000,
)
BLOCKS = BlockAttachment(
    blocks=[
        SectionBlock(text="*Tide*", block_id="tide", accessory=ButtonElement(text="More", action_id="more", value="1")),
        ContextBlock(elements=[MarkdownTextObject(text="as of noon")], block_id="when"),
    ],
    color="#a30200",
    fallback="the tide",
)
ACTIONS = [
    ActionButton(
        name="berth",
        text="Take it",
        value="3",
        style="danger",
        confirm=ConfirmObject(title="Sure?", text="It is windy there.", confirm="Yes", deny="No"),
    ),
    ActionLinkButton(text="Map", url="https://ferries.test/map"),
    ActionUserSelector(name="pilot", text="Who?", selected_user=Option(label="Ann", value="W0ANN000001")),
    ActionChannelSelector(name="where", text="Where?"),
    ActionExternalSelector(name="ship", text="Which?", min_query_length=3),
]
INTERACTIVE = InteractiveAttachment(text="A berth is free", fallback="a berth", callback_id="berths", actions=ACTIONS)
CONVERSATION = InteractiveAttachment(
    text="Tell whom?", fallback="whom?", callback_id="tell", actions=[ActionConversationSelector(name="whom", text="Whom?")]
)

# Messages as they were sent before there were blocks: buttons with a question, a menu in groups, a report of a machine.
OF_OLD: list[dict[str, Any]] = [
    {
        "text": "Which cargo first?",
        "fallback": "You cannot choose here",
        "callback_id": "cargo",
        "color": "#3AA3E3",
        "attachment_type": "default",
        "actions": [
            {"name": "cargo", "text": "Coal", "type": "button", "value": "coal"},
            {
                "name": "cargo",
                "text": "Powder",
                "style": "danger",
                "type": "button",
                "value": "powder",
                "confirm": {"title": "Sure?", "text": "It is dry", "ok_text": "Yes", "dismiss_text": "No"},
            },
        ],
    },
    {
        "text": "Choose a ship",
        "fallback": "No ships here",
        "color": "#3AA3E3",
        "attachment_type": "default",
        "callback_id": "ships",
        "actions": [
            {
                "name": "ships",
                "text": "Pick a ship...",
                "type": "select",
                "data_source": "static",
                "option_groups": [
                    {"text": "Small", "options": [{"text": "Tug", "value": "tug", "description": "pulls"}]},
                    {"text": "Large", "options": [{"text": "Tanker", "value": "tanker"}]},
                ],
                "selected_options": [{"text": "Tug", "value": "tug"}],
            },
            {"name": "crew", "text": "Crew", "type": "select", "options": [{"text": "Five", "value": "5"}]},
        ],
    },
    {
        "mrkdwn_in": ["text", "pretext"],
        "color": "#36a64f",
        "pretext": "A report",
        "author_name": "gauge",
        "title": "Level",
        "title_link": "https://gauge.test/",
        "text": "Up by *10*",
        "fields": [{"title": "Now", "value": "2.1 m", "short": True}],
        "thumb_url": "https://gauge.test/thumb.png",
        "footer": "gauge",
        "ts": "1500000000",
        "fallback": "level",
        "service_name": "gauges",
    },
]


def read(client: Client, ts: str) -> dict[str, Any]:
    [message] = client.conversations_history(channel=PIER, latest=ts, oldest=ts, inclusive=True)["messages"]
    shown: dict[str, Any] = message
    return shown


def given_back(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What attachments come to that tell their fallback: they and their actions are numbered, colors have no `#`."""
    number, shown = 0, []
    for at, attachment in enumerate(sent, 1):
        one = attachment | {"id": at}
        if "color" in one:
            one["color"] = one["color"].removeprefix("#")
        if "actions" in one:
            one["actions"] = [action | {"id": str(number + place)} for place, action in enumerate(one["actions"], 1)]
            number += len(one["actions"])
        shown.append(one)
    return shown


@pytest.mark.parametrize("made", [FULL, BLOCKS, INTERACTIVE], ids=["full", "blocks", "interactive"])
def test_what_the_sdk_makes_comes_back(sdk: Clients, made: Attachment) -> None:
    bot = sdk(BOT)
    answer = bot.chat_postMessage(channel=PIER, text="Departures", attachments=[made])
    assert answer["message"]["attachments"] == given_back([made.to_dict()])
    assert read(bot, answer["ts"])["attachments"] == answer["message"]["attachments"]


def test_numbers_run_over_a_message(sdk: Clients) -> None:
    answer = sdk(BOT).chat_postMessage(channel=PIER, attachments=[INTERACTIVE, CONVERSATION])
    first, second = answer["message"]["attachments"]
    assert (first["id"], second["id"]) == (1, 2)
    assert [action["id"] for action in first["actions"] + second["actions"]] == ["1", "2", "3", "4", "5", "6"]
    assert second["fallback"] == "whom?"
    assert answer["message"]["text"] == ""


def test_messages_of_old_come_back(sdk: Clients) -> None:
    bot = sdk(BOT)
    answer = bot.chat_postMessage(channel=PIER, attachments=OF_OLD)
    assert answer["message"]["attachments"] == given_back(OF_OLD)
    assert read(bot, answer["ts"])["attachments"] == given_back(OF_OLD)


def test_what_came_back_can_be_sent_again(sdk: Clients) -> None:
    """As bots do who change a message that somebody acted on: they send its attachments, changed in one place."""
    bot = sdk(BOT)
    answer = bot.chat_postMessage(channel=PIER, attachments=OF_OLD)
    shown = answer["message"]["attachments"]
    shown[0]["actions"].pop()
    changed = bot.chat_update(channel=PIER, ts=answer["ts"], attachments=shown)["message"]["attachments"]
    assert changed == given_back([OF_OLD[0] | {"actions": OF_OLD[0]["actions"][:1]}, *OF_OLD[1:]])


def test_a_bot_chooses_its_name_and_picture(sdk: Clients) -> None:
    bot = sdk(BOT)
    answer = bot.chat_postMessage(channel=PIER, text="All aboard", username="Harbour master", icon_emoji=":anchor:")
    message = read(bot, answer["ts"])
    assert (message["subtype"], message["bot_id"], message["username"]) == ("bot_message", BOT_ID, "Harbour master")
    assert message["icons"] == {"emoji": ":anchor:"}
    told = bot.chat_postEphemeral(
        channel=PIER, user="W0ANN000001", text="All aboard", username="M", icon_url="https://x.test/y"
    )
    assert told["ok"]
