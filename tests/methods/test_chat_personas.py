"""The name and the picture that bots post under: `username`, `icon_emoji` and `icon_url`."""

from typing import Any

import pytest

from gridhall.storage import tables
from harness.live import Live
from methods.press import DESK, MAX, MIA, WIRE, post, posted, refused, reply, rows, shown, thread

BOT, PLAIN = "xoxb-wire", "xoxb-loud"
"""One with `chat:write.customize`, one without."""

URL = "https://pictures.test/owl.png"
PICTURE = {"image_36": URL, "image_48": URL, "image_64": URL}


def owl(press: Live, **arguments: Any) -> dict[str, Any]:
    """A message of the owl's."""
    message: dict[str, Any] = post(press, token=BOT, **{"username": "Owl", "icon_emoji": ":owl:"} | arguments)["message"]
    return message


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"username": "Owl"}, {"username": "Owl"}),
        ({"username": " Owl "}, {"username": "Owl"}),
        ({"username": "é" * 80}, {"username": "é" * 80}),
        ({"icon_emoji": ":owl:"}, {"icons": {"emoji": ":owl:"}}),
        ({"icon_emoji": "owl"}, {"icons": {"emoji": ":owl:"}}),
        ({"icon_emoji": ":wave::skin-tone-3:"}, {"icons": {"emoji": ":wave::skin-tone-3:"}}),
        ({"icon_emoji": ":our-own_one:"}, {"icons": {"emoji": ":our-own_one:"}}),
        ({"icon_url": URL}, {"icons": PICTURE}),
        ({"icon_url": URL, "icon_emoji": ":owl:"}, {"icons": {"emoji": ":owl:"}}),
        ({"username": "Owl", "icon_url": URL, "icon_emoji": ""}, {"username": "Owl", "icons": PICTURE}),
    ],
)
def test_a_bot_posts_as_somebody_else(press: Live, asked: dict[str, str], told: dict[str, Any]) -> None:
    message = post(press, token=BOT, **asked)["message"]
    assert {key: message[key] for key in ("username", "icons") if key in message} == told
    assert (message["subtype"], "user" in message) == ("bot_message", False)
    assert (message["bot_id"], message["app_id"]) == ("B0WIRE00001", "A0WIRE00001")
    assert message["bot_profile"]["user_id"] == WIRE
    assert shown(press, message["ts"]) == message


@pytest.mark.parametrize("asked", [{"username": ""}, {"username": "  "}, {"icon_emoji": "", "icon_url": ""}])
def test_nothing_asked_for_is_nothing_chosen(press: Live, asked: dict[str, str]) -> None:
    message = post(press, token=BOT, **asked)["message"]
    assert message["user"] == WIRE
    assert message.keys().isdisjoint({"subtype", "username", "icons"})


@pytest.mark.parametrize("asked", [{"username": "Owl", "icon_emoji": ":owl:"}, {"username": "x" * 81}, {"icon_url": "nowhere"}])
@pytest.mark.parametrize("token", [PLAIN, "xoxp-mia"])
def test_who_may_not_posts_under_their_own_name(press: Live, token: str, asked: dict[str, str]) -> None:
    message = post(press, token=token, **asked)["message"]
    assert message["user"] in ("W0LOUD00001", MIA)
    assert message.keys().isdisjoint({"subtype", "username", "icons"})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"username": "x" * 81}, "must be no longer than 80 characters: username"),
        ({"icon_emoji": ":two words:"}, "must be the name of an emoji: icon_emoji"),
        ({"icon_emoji": "::"}, "must be the name of an emoji: icon_emoji"),
        ({"icon_emoji": "x" * 101}, "must be the name of an emoji: icon_emoji"),
        ({"icon_url": "pictures.test/owl.png"}, "must be an http or https address of up to 3,000 characters: icon_url"),
        ({"icon_url": "javascript:alert(1)"}, "must be an http or https address of up to 3,000 characters: icon_url"),
        ({"icon_url": "https://pictures.test/a b"}, "must be an http or https address of up to 3,000 characters: icon_url"),
        ({"icon_url": URL + "x" * 3000}, "must be an http or https address of up to 3,000 characters: icon_url"),
    ],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral"])
def test_what_is_no_name_and_no_picture_is_refused(press: Live, method: str, wrong: dict[str, str], told: str) -> None:
    answer = press.call(method, BOT, channel=DESK, user=MIA, text="Hoo", **wrong)
    assert answer == refused("invalid_arguments") | {"response_metadata": {"messages": [f"[ERROR] {told}"]}}


def test_what_only_one_person_sees_takes_it_too(press: Live) -> None:
    answer = press.call("chat.postEphemeral", BOT, channel=DESK, user=MIA, text="Hoo", username="Owl", icon_url=URL)
    assert answer["ok"]


def test_a_change_leaves_it(press: Live) -> None:
    before = owl(press)
    answer = press.call("chat.update", BOT, channel=DESK, ts=before["ts"], text="Hoo hoo")
    assert (answer["message"]["username"], answer["message"]["icons"]) == ("Owl", {"emoji": ":owl:"})
    assert (answer["message"]["subtype"], "user" in answer["message"]) == ("bot_message", False)
    after = shown(press, before["ts"])
    assert after is not None
    assert after["edited"]["user"] == WIRE
    changed = {"text", "edited", "blocks"}
    assert {k: v for k, v in after.items() if k not in changed} == {k: v for k, v in before.items() if k not in changed}


def test_it_is_nobody_elses_to_change(press: Live) -> None:
    ts = owl(press)["ts"]
    assert press.call("chat.update", "xoxp-mia", channel=DESK, ts=ts, text="Mine") == refused("cant_update_message")
    assert press.call("chat.delete", "xoxp-mia", channel=DESK, ts=ts) == refused("cant_delete_message")
    assert press.call("chat.delete", BOT, channel=DESK, ts=ts)["ok"]
    assert shown(press, ts) is None


def test_it_has_a_thread(press: Live) -> None:
    parent = owl(press)["ts"]
    answer = reply(press, parent)
    first, second = thread(press, parent)
    assert (first["reply_users"], first["subtype"]) == ([MAX], "bot_message")
    assert (second["ts"], second["parent_user_id"]) == (answer, WIRE)
    press.call("chat.delete", BOT, channel=DESK, ts=parent)
    assert thread(press, parent)[0]["subtype"] == "tombstone"
    assert thread(press, parent)[0].keys().isdisjoint({"username", "icons"})


def test_it_replies(press: Live) -> None:
    parent = posted(press)
    message = owl(press, thread_ts=parent)
    assert (message["subtype"], message["username"], message["parent_user_id"]) == ("bot_message", "Owl", MIA)
    assert thread(press, parent)[0]["reply_users"] == [WIRE]


def test_the_channel_shows_its_reply(press: Live) -> None:
    """At once, or when it is told to later."""
    parent = posted(press)
    at_once = owl(press, thread_ts=parent, reply_broadcast="true")
    later = owl(press, thread_ts=parent)["ts"]
    assert press.call("chat.update", BOT, channel=DESK, ts=later, reply_broadcast="true")["ok"]
    for ts in (at_once["ts"], later):
        message = shown(press, ts)
        assert message is not None
        assert (message["subtype"], message["username"], "user" in message) == ("thread_broadcast", "Owl", False)
        assert message["root"]["ts"] == parent


def test_people_react_to_it_and_pin_it(press: Live) -> None:
    ts = owl(press)["ts"]
    assert press.call("reactions.add", "xoxp-mia", channel=DESK, timestamp=ts, name="owl")["ok"]
    assert press.call("pins.add", "xoxp-mia", channel=DESK, timestamp=ts)["ok"]
    message = shown(press, ts)
    assert message is not None
    assert (message["reactions"][0]["users"], message["pinned_to"]) == ([MIA], [DESK])
    assert press.call("pins.remove", "xoxp-mia", channel=DESK, timestamp=ts)["ok"]


def test_the_bot_is_on_record(press: Live) -> None:
    ts = owl(press)["ts"]
    [row] = rows(press, tables.messages, ts)
    assert (row["person"], row["app"], row["subtype"]) == (WIRE, "A0WIRE00001", "bot_message")
