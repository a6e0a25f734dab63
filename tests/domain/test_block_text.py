"""What blocks say as text: `<` begins a control sequence there and nothing else, and the sequence is what it says."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kit import Json, plain, raw, read
from domain.strict import mentions_in
from gridhall.contract.errors import InvalidBlocks
from gridhall.domain import blocks, markdown, threads
from gridhall.domain.source import Source, SystemClock

SOURCE = Source(SystemClock())


def rich(*leaves: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


def words(text: str) -> Json:
    return {"type": "text", "text": text}


def said(*sent: Json) -> str:
    return blocks.fallback(read(*sent))


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        ({"type": "link", "url": "https://a.b/?c&<d>", "text": "<e> & f"}, "<https://a.b/?c&amp;&lt;d&gt;|&lt;e&gt; &amp; f>"),
        ({"type": "link", "url": "https://a.b", "text": "two\nlines|bar"}, "<https://a.b|two lines|bar>"),
        ({"type": "link", "url": "mailto:a@b.test"}, "<mailto:a@b.test>"),
        ({"type": "link", "url": "!everyone"}, "!everyone"),
        ({"type": "link", "url": "@W0MAX000001", "text": "Max"}, "Max"),
        ({"type": "link", "url": "#C1|x"}, "#C1|x"),
        ({"type": "link", "url": "https://a.b|c"}, "<https://a.b%7Cc>"),
        ({"type": "link", "url": "https://a.b c"}, "<https://a.b%20c>"),
        ({"type": "link", "url": "docs/page?a=1&b=<2>"}, "docs/page?a=1&amp;b=&lt;2&gt;"),
        ({"type": "user", "user_id": "W0MAX000001"}, "<@W0MAX000001>"),
        ({"type": "user", "user_id": "X1"}, "@X1"),
        ({"type": "channel", "channel_id": "U1"}, "#U1"),
        ({"type": "usergroup", "usergroup_id": "S0DESK"}, "<!subteam^S0DESK>"),
        ({"type": "usergroup", "usergroup_id": "G123ABC456"}, "@G123ABC456"),
        ({"type": "emoji", "name": "wave::skin-tone-2"}, ":wave::skin-tone-2:"),
        ({"type": "emoji", "name": "名前"}, ":名前:"),
        ({"type": "date", "timestamp": 1, "format": "<!here>"}, "&lt;!here&gt;"),
        ({"type": "color", "value": "<@U1>"}, "&lt;@U1&gt;"),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_run(leaf: Json, text: str) -> None:
    assert said(rich(words("a"), leaf, words(">"))) == f"a{text}&gt;"


@pytest.mark.parametrize(
    ("leaf", "field"),
    [
        ({"type": "user", "user_id": "U1> <script>alert(1)</script"}, "user_id"),
        ({"type": "canvas_user_mention", "user_id": "U1|x"}, "user_id"),
        ({"type": "channel", "channel_id": "C1><!channel"}, "channel_id"),
        ({"type": "usergroup", "usergroup_id": "S1\n"}, "usergroup_id"),
        ({"type": "team", "team_id": "t"}, "team_id"),
        ({"type": "emoji", "name": "<b>"}, "name"),
        ({"type": "emoji", "name": "a b"}, "name"),
    ],
)
def test_ids_and_names_have_a_form(leaf: Json, field: str) -> None:
    with pytest.raises(InvalidBlocks) as refusal:
        read(rich(leaf))
    form = "a name without blanks and `<>&|`" if field == "name" else "an id of capital letters and digits"
    assert refusal.value.messages == (f"[ERROR] must be {form} [json-pointer:/blocks/0/elements/0/elements/0/{field}]",)


@pytest.mark.parametrize(
    ("leaves", "text"),
    [
        ([words("x" * 2995), {"type": "user", "user_id": "U1"}, words("y")], "x" * 2995 + "<@U1>"),
        ([words("x" * 2996), {"type": "user", "user_id": "U1"}, words("y")], "x" * 2996),
        ([words("x" * 2999), {"type": "user", "user_id": "U1"}, words("y")], "x" * 2999),
        ([words("x" * 2995 + "&y")], "x" * 2995 + "&amp;"),
        ([words("x" * 2996 + "&y")], "x" * 2996),
        ([words("&" + "x" * 3000)], "&amp;" + "x" * 2995),
        ([{"type": "user", "user_id": "U1"}, words("x" * 3000)], "<@U1>" + "x" * 2995),
        ([words("x"), {"type": "link", "url": "https://a.b", "text": "&" * 3000}], "x"),
        ([{"type": "link", "url": "https://a.b", "text": "y" * 3000}], "This content can't be displayed."),
    ],
)
def test_no_sequence_and_no_entity_is_cut_in_two(leaves: list[Json], text: str) -> None:
    assert said(rich(*leaves)) == text


# Whatever blocks hold.

_BITS = st.sampled_from(
    [
        *"<>&|@#!\n \\`*_[]()1a名",
        "<!here>",
        "<@U1>",
        "<@U1|",
        "&lt;",
        "!everyone",
        "@W0MAX000001",
        "https://a.b",
        "<https://a.b|",
    ]
)
_TEXTS = st.lists(_BITS, min_size=1, max_size=12).map("".join)
_IDS = st.sampled_from(["U1", "W2", "B3", "C4", "S5", "G6", "X7", "U", "8"])
_LEAVES = st.one_of(
    _TEXTS.map(words),
    st.builds(lambda url, text: {"type": "link", "url": url, "text": text}, _TEXTS, _TEXTS | st.just("")),
    st.builds(lambda path, text: {"type": "link", "url": f"https://a.b/{path}", "text": text}, _TEXTS, _TEXTS),
    _TEXTS.map(lambda text: {"type": "date", "timestamp": 1, "format": text, "fallback": text}),
    _TEXTS.map(lambda text: {"type": "tag", "text": text}),
    _TEXTS.map(lambda text: {"type": "color", "value": text}),
    _IDS.map(lambda id: {"type": "user", "user_id": id}),
    _IDS.map(lambda id: {"type": "channel", "channel_id": id}),
    _IDS.map(lambda id: {"type": "usergroup", "usergroup_id": id}),
    st.just({"type": "broadcast", "range": "channel"}),
    st.just({"type": "emoji", "name": "wave"}),
)
_BLOCKS = st.one_of(
    st.lists(_LEAVES, min_size=1, max_size=5).map(lambda leaves: rich(*leaves)),
    _TEXTS.map(lambda text: {"type": "section", "text": plain(text)}),
    _TEXTS.map(lambda text: {"type": "header", "text": plain(text)}),
    _TEXTS.map(lambda text: {"type": "markdown", "text": text}),
    _TEXTS.map(lambda text: {"type": "image", "image_url": "https://a.b", "alt_text": text}),
    st.lists(_LEAVES, min_size=1, max_size=3).map(lambda leaves: {"type": "table", "rows": [[rich(*leaves), raw("<@U9>")]]}),
)


def meant(sent: Any) -> set[str]:
    """Whom rich text mentions."""
    if isinstance(sent, list):
        return set().union(*map(meant, sent))
    match sent:
        case {"type": "user", "user_id": str(id)}:
            return {f"@{id}"}
        case {"type": "channel", "channel_id": str(id)}:
            return {f"#{id}"}
        case {"type": "usergroup", "usergroup_id": str(id)}:
            return {f"!subteam^{id}"}
        case {"type": "broadcast", "range": str(range)}:
            return {f"!{range}"}
        case dict():
            return meant(list(sent.values()))
    return set()


@given(st.lists(_BLOCKS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_blocks_mention_nobody_whom_they_do_not_mention(sent: list[Json]) -> None:
    if sum(block["type"] == "table" for block in sent) > 1:
        sent = [block for block in sent if block["type"] != "table"] or sent[:1]
    try:
        text = said(*sent)
    except InvalidBlocks:
        # An address that leads to what it must not.
        return
    mentions = mentions_in(text)
    assert mentions <= meant(sent)
    assert {f"@{id}" for id in threads.mentioned(text)} <= mentions


@given(_TEXTS, st.integers(2980, 3000))
@settings(max_examples=200, deadline=None)
def test_what_is_cut_can_be_read(text: str, before: int) -> None:
    leaves = [words("x" * before), {"type": "user", "user_id": "U1"}, words(text)]
    assert mentions_in(said(rich(*leaves))) <= {"@U1"}


@given(_TEXTS.filter(str.strip))
@settings(max_examples=300, deadline=None)
def test_markdown_mentions_nobody_whom_its_blocks_do_not_mention(text: str) -> None:
    said, made = markdown.compose(text, SOURCE)
    sent = msgspec.json.decode(made)
    blocks.read(sent)
    mentions = mentions_in(said)
    assert mentions <= meant(sent)
    assert {f"@{id}" for id in threads.mentioned(said)} <= mentions
