"""What a message shows that is sent as text or as Markdown: `text`, `mrkdwn`, `parse`, `markdown_text`."""

import json
from typing import Any

import pytest
from slack_sdk import WebClient

from harness.live import Live
from methods.press import DESK, GENERAL, MAX, post, posted, refused, shown, thread

MARKDOWN = "# News\n\n**Bold** for <@W0MAX000001>\n\n- one\n- two\n\n---\n"
SAYS = f"*News*\n*Bold* for <@{MAX}>\n• one\n• two\n---"

DIVIDER = json.dumps([{"type": "divider", "block_id": "d"}])
ATTACHED = json.dumps([{"text": "stays"}])

WORDS = {"type": "rich_text_section", "elements": [{"type": "text", "text": "Words"}]}


def markdown(press: Live, text: str, token: str = "xoxp-mia", **arguments: object) -> dict[str, Any]:
    """The answer of chat.postMessage to a text in Markdown."""
    return press.call("chat.postMessage", token, channel=DESK, markdown_text=text, **arguments)


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    """What the one rich text of a message consists of."""
    (block,) = message["blocks"]
    assert (block["type"], len(block["block_id"])) == ("rich_text", 6)
    found: list[dict[str, Any]] = block["elements"]
    return found


def leaves(message: dict[str, Any]) -> list[dict[str, Any]]:
    (section,) = elements(message)
    found: list[dict[str, Any]] = section["elements"]
    return found


# A text.


@pytest.mark.parametrize("token", ["xoxp-mia", "xoxb-wire"])
def test_a_text_is_shown_as_rich_text_wherever_it_is_read(press: Live, token: str) -> None:
    message = post(press, "*Bold* <https://a.b|l> :tada:", token)["message"]
    assert leaves(message) == [
        {"type": "text", "text": "Bold", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://a.b", "text": "l"},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "tada", "unicode": "1f389"},
    ]
    read = shown(press, message["ts"])
    assert read is not None
    assert read["blocks"] == message["blocks"]
    assert thread(press, message["ts"])[0]["blocks"] == message["blocks"]


def test_an_edit_shows_the_new_text(press: Live) -> None:
    before = post(press, "*a*")
    answer = press.call("chat.update", "xoxp-mia", channel=DESK, ts=before["ts"], text="_b_")
    assert leaves(answer["message"]) == [{"type": "text", "text": "b", "style": {"italic": True}}]
    assert answer["message"]["blocks"] != before["message"]["blocks"]
    again = press.call("chat.update", "xoxp-mia", channel=DESK, ts=before["ts"], text="_b_")
    assert again["message"]["blocks"] == answer["message"]["blocks"]


def test_a_reply_and_a_text_beside_attachments_are_shown_so_too(press: Live) -> None:
    parent = posted(press)
    assert elements(post(press, thread_ts=parent)["message"]) == [WORDS]
    assert elements(post(press, attachments=ATTACHED)["message"]) == [WORDS]


def test_what_is_no_text_alone_is_not(press: Live) -> None:
    assert post(press, blocks=DIVIDER)["message"]["blocks"] == json.loads(DIVIDER)
    attached = press.call("chat.postMessage", "xoxp-mia", channel=DESK, attachments=ATTACHED)
    assert "blocks" not in attached["message"]
    me = press.call("chat.meMessage", "xoxp-mia", channel=DESK, text="*waves*")
    told = shown(press, me["ts"])
    assert told is not None
    assert "blocks" not in told


@pytest.mark.parametrize("arguments", [{"mrkdwn": "false"}, {"parse": "full"}])
def test_marks_count_only_where_they_should(press: Live, arguments: dict[str, str]) -> None:
    message = post(press, "*a* https://a.b `c` :tada:", **arguments)["message"]
    assert leaves(message) == [
        {"type": "text", "text": "*a* "},
        {"type": "link", "url": "https://a.b"},
        {"type": "text", "text": " `c` "},
        {"type": "emoji", "name": "tada", "unicode": "1f389"},
    ]


def test_parse_full_takes_a_mention_for_what_it_looks_like(press: Live) -> None:
    text = f"<@{MAX}> <#{GENERAL}>"
    assert leaves(post(press, text, parse="full")["message"]) == [{"type": "text", "text": text}]
    assert leaves(post(press, text, mrkdwn="false")["message"]) == [
        {"type": "user", "user_id": MAX},
        {"type": "text", "text": " "},
        {"type": "channel", "channel_id": GENERAL},
    ]


# Markdown.


def test_markdown_becomes_a_text_and_blocks(press: Live) -> None:
    answer = markdown(press, MARKDOWN)
    message = answer["message"]
    assert message["text"] == SAYS
    header, rich, divider = message["blocks"]
    assert header == {
        "type": "header",
        "block_id": header["block_id"],
        "text": {"type": "plain_text", "text": "News", "emoji": True},
    }
    assert [part["type"] for part in rich["elements"]] == ["rich_text_section", "rich_text_list"]
    assert divider["type"] == "divider"
    assert len({block["block_id"] for block in message["blocks"]}) == 3
    assert shown(press, answer["ts"]) == message


def test_the_sdk_sends_markdown(press: Live) -> None:
    client = WebClient("xoxb-wire", base_url=f"{press.url}/api/")
    answer = client.chat_postMessage(channel=DESK, markdown_text=MARKDOWN)
    assert answer["message"]["text"] == SAYS
    changed = client.chat_update(channel=DESK, ts=answer["ts"], markdown_text="~~gone~~")
    assert changed["text"] == "~gone~"
    assert leaves(changed["message"]) == [{"type": "text", "text": "gone", "style": {"strike": True}}]
    assert client.chat_postEphemeral(channel=DESK, user=MAX, markdown_text=MARKDOWN)["ok"]


def test_an_edit_in_markdown_takes_the_place_of_text_and_blocks(press: Live) -> None:
    ts = posted(press, "a", blocks=DIVIDER, attachments=ATTACHED)
    answer = press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, markdown_text="**b**")
    message = answer["message"]
    assert (message["text"], leaves(message)) == ("*b*", [{"type": "text", "text": "b", "style": {"bold": True}}])
    assert message["attachments"][0]["text"] == "stays"
    assert message["edited"]["user"]


def test_a_mention_in_markdown_makes_a_follower(press: Live) -> None:
    parent = posted(press)
    assert markdown(press, f"for <@{MAX}>", thread_ts=parent)["ok"]
    assert press.call("conversations.replies", "xoxp-max", channel=DESK, ts=parent)["messages"][0]["subscribed"]


METHODS: list[tuple[str, dict[str, object]]] = [
    ("chat.postMessage", {}),
    ("chat.postEphemeral", {"user": MAX}),
    ("chat.update", {}),
]


@pytest.mark.parametrize(("method", "arguments"), METHODS)
def test_refusals(press: Live, method: str, arguments: dict[str, object]) -> None:
    if method == "chat.update":
        arguments = {"ts": posted(press)}

    def call(**sent: object) -> dict[str, Any]:
        return press.call(method, "xoxp-mia", channel=DESK, **arguments, **sent)

    assert call(markdown_text=" \n") == refused("no_text")
    conflict = refused("markdown_text_conflict")
    assert call(markdown_text="a", text="b") == conflict
    assert call(markdown_text="a", blocks=DIVIDER) == conflict
    assert call(markdown_text="a" * 12_001) == refused("msg_too_long")
    assert call(markdown_text="a" * 12_000)["ok"]
    assert call(markdown_text="a", attachments=ATTACHED)["ok"]
    for rules, code in ((50, None), (51, "msg_blocks_too_long" if method == "chat.postMessage" else "invalid_blocks")):
        assert call(markdown_text="---\n" * rules).get("error") == code
