"""Attachments as callers send them, and as they are stored."""

import json
from contextlib import suppress
from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridhall.contract import attachments as contract
from gridhall.contract.errors import AttachmentPayloadLimitExceeded, InvalidAttachments, TooManyAttachments
from gridhall.domain import attachments
from gridhall.domain.source import Source, SystemClock

BUTTON = {"type": "button", "name": "n", "text": "Yes", "value": "1"}
MENU: dict[str, Any] = {"type": "select", "name": "n", "text": "Which?", "options": [{"text": "One", "value": "1"}]}


def stored(*sent: dict[str, Any]) -> Any:
    """What is stored of attachments."""
    return msgspec.json.decode(attachments.written(attachments.read(sent), Source(SystemClock())))


def told(*sent: dict[str, Any]) -> str:
    """What is said of wrong ones."""
    with pytest.raises(InvalidAttachments) as refusal:
        attachments.read(sent)
    [message] = refusal.value.messages
    return message


# What is added.


def test_what_was_sent_is_there_and_a_number_and_a_fallback() -> None:
    sent = {"pretext": "pre", "text": "<b> & _more_", "mrkdwn_in": ["text"], "our_own": {"deep": [None, 1.5, True]}}
    assert stored(sent, {"fallback": "f"}) == [
        sent | {"id": 1, "fallback": "<b> & _more_"},
        {"id": 2, "fallback": "f"},
    ]


@pytest.mark.parametrize(
    ("sent", "fallback"),
    [
        ({"text": "text", "pretext": "pre", "title": "title", "fallback": "f"}, "f"),
        ({"text": "text", "pretext": "pre", "title": "title", "fallback": ""}, "text"),
        ({"pretext": "pre", "title": "title"}, "pre"),
        ({"title": "title", "text": None}, "title"),
        ({"image_url": "https://x.test/y.png"}, "[no preview available]"),
        ({"blocks": [{"type": "divider"}]}, "[no preview available]"),
        ({"blocks": [{"type": "divider"}], "fallback": "f", "text": "text"}, "f"),
    ],
)
def test_something_stands_for_an_attachment(sent: dict[str, Any], fallback: str) -> None:
    assert stored(sent)[0]["fallback"] == fallback


@pytest.mark.parametrize(
    ("sent", "given_back"),
    [
        ("good", "2eb886"),
        ("warning", "daa038"),
        ("danger", "a30200"),
        ("#439FE0", "439FE0"),
        ("439fe0", "439fe0"),
        ("#abc", "abc"),
    ],
)
def test_colors(sent: str, given_back: str) -> None:
    assert stored({"text": "x", "color": sent})[0]["color"] == given_back


@pytest.mark.parametrize("color", ["", "blue", "#12345", "##123456", "#12345g", "#1234567", "good "])
def test_what_is_no_color_is_left_out(color: str) -> None:
    assert "color" not in stored({"text": "x", "color": color})[0]


@pytest.mark.parametrize("ts", [1500000000, 1500000000.5, "1500000000", "1500000000.000100"])
def test_a_time_is_a_number_or_a_string(ts: object) -> None:
    assert stored({"text": "x", "ts": ts})[0]["ts"] == ts


def test_lines_of_a_table() -> None:
    lines = [
        {"title": "a", "value": 5, "short": "true"},
        {"value": 1.5, "short": 0},
        {"title": "b", "short": True, "value": None},
    ]
    assert stored({"fields": lines})[0]["fields"] == [
        {"title": "a", "value": "5", "short": True},
        {"value": "1.5", "short": False},
        {"title": "b", "short": True},
    ]


@pytest.mark.parametrize(
    ("sent", "given_back"),
    [
        ({"text": 5, "title": 1.5}, {"text": "5", "title": "1.5"}),
        ({"text": "x", "title": False, "image_url": False}, {"text": "x"}),
        ({"text": "x", "footer": True, "callback_id": 5}, {"text": "x", "footer": "true", "callback_id": "5"}),
        ({"color": 3066993}, {"color": "2ecc71"}),
        ({"color": 255}, {"color": "0000ff"}),
        ({"color": 2**24}, {}),
        ({"color": True}, {}),
        ({"fields": [{"title": "Done", "value": True}]}, {"fields": [{"title": "Done", "value": "true"}]}),
        ({"fields": {}, "actions": {}, "mrkdwn_in": {}}, {"fields": [], "actions": [], "mrkdwn_in": []}),
        ({"mrkdwn_in": "text"}, {"mrkdwn_in": ["text"]}),
        ({"title_link": 5}, {"title_link": "5"}),
        (
            {"actions": [BUTTON | {"value": 1, "text": 2}, MENU | {"options": [{"text": 1, "value": 0}]}]},
            {
                "actions": [
                    BUTTON | {"value": "1", "text": "2", "id": "1"},
                    MENU | {"options": [{"text": "1", "value": "0"}], "id": "2"},
                ]
            },
        ),
        (
            {"actions": [MENU | {"option_groups": [{"text": 1, "options": {}}], "confirm": {"text": 1}}]},
            {"actions": [MENU | {"option_groups": [{"text": "1", "options": []}], "confirm": {"text": "1"}, "id": "1"}]},
        ),
    ],
)  # fmt: skip
def test_what_bots_send_in_another_type_is_put_right(sent: dict[str, Any], given_back: dict[str, Any]) -> None:
    assert stored({"fallback": "f"} | sent) == [{"fallback": "f", "id": 1} | given_back]


@pytest.mark.parametrize(
    "name",
    sorted(field.name for field in msgspec.structs.fields(contract.Attachment) if field.type == contract.Address | None),
)
@pytest.mark.parametrize("script", ["java\tscript:x", "\x01JavaScript:x", "java\nscript:x", " data:text/html,x", "vbscript :x"])
def test_no_address_is_a_script_s(name: str, script: str) -> None:
    assert (
        told({"text": "x", name: script})
        == f"[ERROR] must be an address that runs no script [json-pointer:/attachments/0/{name}]"
    )
    assert stored({"text": "x", name: "slack://user?id=U1"})[0][name] == "slack://user?id=U1"


def test_no_markup_is_kept() -> None:
    assert stored({"text": "x", "video_html": "<script>alert(1)</script>", "audio_html": "<b>"}) == [
        {"text": "x", "id": 1, "fallback": "x"}
    ]


def test_actions_are_numbered_over_the_message() -> None:
    shown = stored({"text": "x", "actions": [BUTTON, MENU]}, {"text": "y"}, {"text": "z", "actions": [BUTTON | {"id": "9"}]})
    assert shown[0]["actions"] == [BUTTON | {"id": "1"}, MENU | {"id": "2"}]
    assert shown[2]["actions"] == [BUTTON | {"id": "3"}]


def test_a_text_is_cut() -> None:
    assert stored({"text": "é" * 8_000})[0]["text"] == "é" * 8_000
    assert stored({"text": "é" * 8_001})[0]["text"] == "é" * 8_000


@pytest.mark.parametrize(
    "sent",
    [{}, {"text": ""}, {"text": None}, {"color": "good", "ts": 5, "callback_id": "c"}, {"fields": [], "actions": [BUTTON]}],
)
def test_what_shows_nothing_is_left_out(sent: dict[str, Any]) -> None:
    assert stored(sent, {"text": "x"}, sent) == [{"text": "x", "id": 1, "fallback": "x"}]
    assert attachments.are_empty([sent, sent])
    assert not attachments.are_empty([sent, {"text": "x"}])


def test_what_was_sent_is_not_touched() -> None:
    sent = {"text": "x", "color": "good", "fields": [{"value": 1}], "actions": [dict(BUTTON)], "title": None}
    copy = json.loads(json.dumps(sent))
    stored(sent)
    assert sent == copy


# What is refused.


@pytest.mark.parametrize(
    ("sent", "reason", "pointer"),
    [
        ({"text": [5]}, "must be a string", "/text"),
        ({"callback_id": {}}, "must be a string", "/callback_id"),
        ({"pretext": ["x"]}, "must be a string", "/pretext"),
        ({"ts": True}, "must be a string or a number", "/ts"),
        ({"fields": {"a": 1}}, "must be an array", "/fields"),
        ({"fields": "x"}, "must be an array", "/fields"),
        ({"fields": [{}, "x"]}, "must be an object", "/fields/1"),
        ({"fields": [{"title": "x"}, {"value": [1]}]}, "must be a string", "/fields/1/value"),
        ({"mrkdwn_in": True}, "must be an array", "/mrkdwn_in"),
        ({"mrkdwn_in": ["text", []]}, "must be a string", "/mrkdwn_in/1"),
        ({"title_link": "JavaScript:alert(1)"}, "must be an address that runs no script", "/title_link"),
        ({"image_url": " data:image/png;base64,"}, "must be an address that runs no script", "/image_url"),
        ({"blocks": "[]"}, "must be an array", "/blocks"),
        ({"blocks": [1]}, "must be an object", "/blocks/0"),
        ({"actions": {"type": "button"}}, "must be an array", "/actions"),
        ({"actions": [BUTTON | {"value": [1]}]}, "must be a string", "/actions/0/value"),
        ({"actions": [BUTTON] * 6}, "must have no more than 5 items", "/actions"),
        ({"actions": [BUTTON, {"name": "n", "text": "x"}]}, "needs the field `type`", "/actions/1"),
        ({"actions": [BUTTON | {"type": "lever"}]}, "must be of a type that can be here, not 'lever'", "/actions/0/type"),
        ({"actions": [{"type": "button", "name": "n"}]}, "needs the field `text`", "/actions/0"),
        ({"actions": [BUTTON | {"style": "loud"}]}, "must be one of '', 'danger', 'default', 'primary'", "/actions/0/style"),
        ({"actions": [BUTTON | {"value": "x" * 2_001}]}, "must have no more than 2,000 characters", "/actions/0/value"),
        ({"actions": [BUTTON | {"url": "vbscript:x"}]}, "must be an address that runs no script", "/actions/0/url"),
        ({"actions": [BUTTON | {"confirm": {"title": "?"}}]}, "needs the field `text`", "/actions/0/confirm"),
        ({"actions": [{"type": "select", "text": "x"}]}, "needs the field `name`", "/actions/0"),
        (
            {"actions": [MENU | {"data_source": "moon"}]},
            "must be one of 'channels', 'conversations', 'external', 'static', 'users'",
            "/actions/0/data_source",
        ),
        ({"actions": [MENU | {"min_query_length": "3"}]}, "must be an integer", "/actions/0/min_query_length"),
        ({"actions": [MENU | {"options": [{"text": "x"}]}]}, "needs the field `value`", "/actions/0/options/0"),
        ({"actions": [MENU | {"options": MENU["options"] * 101}]}, "must have no more than 100 items", "/actions/0/options"),
        (
            {"actions": [MENU | {"option_groups": [{"text": "x", "options": []}] * 101}]},
            "must have no more than 100 items",
            "/actions/0/option_groups",
        ),
        (
            {"actions": [MENU | {"option_groups": [{"text": "x", "options": [{"text": [1], "value": 1}]}]}]},
            "must be a string",
            "/actions/0/option_groups/0/options/0/text",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(sent: dict[str, Any], reason: str, pointer: str) -> None:
    assert told({"text": "x"}, {"text": "x"} | sent) == f"[ERROR] {reason} [json-pointer:/attachments/1{pointer}]"


def test_there_are_no_more_than_a_hundred() -> None:
    assert len(stored(*[{"text": "x"}] * 100)) == 100
    with pytest.raises(TooManyAttachments):
        attachments.read([{"text": "x"}] * 101)
    assert not attachments.are_empty([{}] * 101)


def test_all_together_have_a_length() -> None:
    """What surrounds the title takes fourteen characters."""
    attachments.read([{"title": "é" * 99_986}])
    with pytest.raises(AttachmentPayloadLimitExceeded):
        attachments.read([{"title": "é" * 99_987}], too_long=AttachmentPayloadLimitExceeded)
    with pytest.raises(InvalidAttachments):
        attachments.read([{"title": "é" * 99_987}])


@pytest.mark.parametrize(
    "hostile",
    [
        [{"text": "x" * 1_000_000}],
        [{}] * 300_000,
        [{"text": "x", "fields": [{}] * 30_000}],
        [{"text": "x", "actions": [BUTTON] * 1_500}],
        [{"text": "x", "title_link": " " * 90_000 + "x"}],
        [{"text": "x", "color": "#" * 90_000}],
        [{"text": "x", "mrkdwn_in": ["x"] * 20_000 + [1]}],
        [{"text": "x", " - at `$[0]" * 5_000: 1, "ts": []}],
        [{"text": "x", "actions": [{"type": "' - at `$[0]" * 5_000}]}],
        [{"text": "x", "ts": int("9" * 4_000), "fields": [{"value": int("9" * 4_000)}] * 20}],
    ],
)
def test_nothing_takes_long(hostile: list[dict[str, Any]]) -> None:
    start = perf_counter()
    attachments.are_empty(hostile)
    with suppress(InvalidAttachments, TooManyAttachments):
        attachments.written(attachments.read(hostile), Source(SystemClock()))
    assert perf_counter() - start < 0.2


# Properties.

_TEXTS = ("fallback", "pretext", "author_name", "author_subname", "title", "footer", "callback_id", "attachment_type")
_ADDRESSES = ("author_link", "author_icon", "title_link", "image_url", "thumb_url", "footer_icon")
_words = st.text(min_size=1, max_size=20).filter(str.strip)
_address = st.from_regex(r"https?://[a-z]{1,9}\.test/[a-z]{0,9}", fullmatch=True)
_option = st.fixed_dictionaries({"text": _words, "value": _words}, optional={"description": _words})
_confirm = st.fixed_dictionaries({"text": _words}, optional={"title": _words, "ok_text": _words, "dismiss_text": _words})
_button = st.fixed_dictionaries(
    {"type": st.just("button"), "text": _words},
    optional={
        "name": _words,
        "value": _words,
        "url": _address,
        "style": st.sampled_from(["default", "primary", "danger"]),
        "confirm": _confirm,
    },
)
_menu = st.fixed_dictionaries(
    {"type": st.just("select"), "name": _words},
    optional={
        "text": _words,
        "data_source": st.sampled_from(["static", "channels", "conversations", "users", "external"]),
        "options": st.lists(_option, max_size=3),
        "option_groups": st.lists(
            st.fixed_dictionaries({"text": _words, "options": st.lists(_option, max_size=2)}), max_size=2
        ),
        "selected_options": st.lists(_option, max_size=1),
        "min_query_length": st.integers(0, 9),
        "confirm": _confirm,
    },
)
_attachment = st.fixed_dictionaries(
    {"text": _words},
    optional={
        **dict.fromkeys(_TEXTS, _words),
        **dict.fromkeys(_ADDRESSES, _address),
        "color": st.from_regex(r"[0-9a-f]{6}", fullmatch=True),
        "fields": st.lists(
            st.fixed_dictionaries({}, optional={"title": _words, "value": _words, "short": st.booleans()}), max_size=3
        ),
        "ts": st.integers(0, 2**53) | st.from_regex(r"\d{10}", fullmatch=True),
        "mrkdwn_in": st.lists(st.sampled_from(["text", "pretext", "fields"])),
        "actions": st.lists(_button | _menu, max_size=5),
        "of_their_own": st.dictionaries(_words, st.none() | st.booleans() | st.integers() | _words, max_size=3),
    },
)
_sound = st.lists(_attachment, min_size=1, max_size=3)


@given(_sound)
def test_sound_ones_come_back_with_no_more_than_numbers_and_a_fallback(sent: list[dict[str, Any]]) -> None:
    shown = stored(*sent)
    assert [one.pop("id") for one in shown] == list(range(1, len(sent) + 1))
    numbers = [action.pop("id") for one in shown for action in one.get("actions", [])]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert shown == [{"fallback": one["text"]} | one for one in sent]


@given(_sound)
def test_what_was_stored_is_stored_as_it_is(sent: list[dict[str, Any]]) -> None:
    once = stored(*sent)
    assert stored(*once) == once


def _places(value: Any, pointer: str = "") -> list[tuple[Any, Any, str]]:
    """Each place in a value that has a type of its own: what holds it, its key, and the pointer to it."""
    if isinstance(value, dict):
        items: list[tuple[Any, Any]] = [(key, inner) for key, inner in value.items() if key != "of_their_own"]
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    found = [(value, key, f"{pointer}/{key}") for key, _ in items]
    return found + [place for key, inner in items for place in _places(inner, f"{pointer}/{key}")]


@given(_sound, st.data())
def test_one_that_is_broken_in_one_place_is_refused_with_the_place(sent: list[dict[str, Any]], data: st.DataObject) -> None:
    places = [place for at, attachment in enumerate(sent) for place in _places(attachment, f"/attachments/{at}")]
    holder, key, pointer = data.draw(st.sampled_from(places))
    # An array is no string and no number, an object with a field no array.
    holder[key] = {"x": 1} if isinstance(holder[key], list) else []
    assert told(*sent).endswith(f"[json-pointer:{pointer}]")
