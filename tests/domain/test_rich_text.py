"""What clients show of a text: what is known of the platform, and what holds for any text."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.work import calls, seconds
from gridhall.domain import blocks, mrkdwn, rich_text
from gridhall.domain.mrkdwn import Parse
from gridhall.domain.rich_text import MOST_PARTS, shown
from gridhall.domain.source import Source, SystemClock

SOURCE = Source(SystemClock())

Element = dict[str, Any]


def parts(text: str, *, formatted: bool = True) -> list[Element]:
    """The elements of the one block that shows a stored text."""
    made: list[Element] = msgspec.json.decode(rich_text.of(text, SOURCE, formatted=formatted))
    (block,) = made
    assert block.keys() == {"type", "block_id", "elements"}
    assert block["type"] == "rich_text"
    elements: list[Element] = block["elements"]
    return elements


def leaves(text: str, *, formatted: bool = True) -> list[Element]:
    """The leaves of the one section that shows a stored text."""
    (section,) = parts(text, formatted=formatted)
    assert section["type"] == "rich_text_section"
    found: list[Element] = section["elements"]
    return found


def brief(found: list[Element]) -> str:
    """Leaves as words in brackets, with the first letters of their styles behind: `a [b]bi`."""
    return "".join(
        f"[{shown(leaf)}]{''.join(name[0] for name in leaf['style'])}" if "style" in leaf else shown(leaf) for leaf in found
    )


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("plain words", "plain words"),
        ("*bold* _italic_ ~struck~ `code`", "[bold]b [italic]i [struck]s [code]c"),
        ("*several words*, (_in brackets_) ~end~.", "[several words]b, ([in brackets]i) [end]s."),
        ("*bold _both_*", "[bold ]b[both]bi"),
        ("*_~all~_*", "[all]bis"),
        ("*`code`* `*code*`", "[code]bc [*code*]c"),
        ("a &lt;b&gt; *&amp;*", "a <b> [&]b"),
        # Inside of words, beside blanks, doubled, alone or across lines a mark is none.
        ("snake_case_name 2*3*4 a~b~c a`b`c", "snake_case_name 2*3*4 a~b~c a`b`c"),
        ("_snake_case_", "[snake_case]i"),
        ("a * b * c _ d _", "a * b * c _ d _"),
        ("**bold** __it__ ~~s~~ ``c``", "**bold** __it__ ~~s~~ ``c``"),
        ("*", "*"),
        ("*open _open", "*open _open"),
        ("*one\ntwo* *three*", "*one\ntwo* [three]b"),
        ("`one\ntwo`", "`one\ntwo`"),
        ("*a _b* c_", "[a _b]b c_"),
        ("*a *b*", "[a *b]b"),
        ("*é* été*x*", "[é]b été*x*"),
        ("• one\n• two\n1. three", "• one\n• two\n1. three"),
    ],
)
def test_marks_count_at_the_edge_of_words(text: str, looks: str) -> None:
    assert brief(leaves(text)) == looks
    assert leaves(text, formatted=False) == [{"type": "text", "text": rich_text.decoded(text)}]


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("<@U012AB3CD>", {"type": "user", "user_id": "U012AB3CD"}),
        ("<@W012AB3CD|ada>", {"type": "user", "user_id": "W012AB3CD"}),
        ("<#C123ABC456|general>", {"type": "channel", "channel_id": "C123ABC456"}),
        ("<!here>", {"type": "broadcast", "range": "here"}),
        ("<!channel|@channel>", {"type": "broadcast", "range": "channel"}),
        ("<!everyone>", {"type": "broadcast", "range": "everyone"}),
        ("<!group>", {"type": "broadcast", "range": "channel"}),
        ("<!subteam^SAZ94GDB8|@crew>", {"type": "usergroup", "usergroup_id": "SAZ94GDB8"}),
        (
            "<!date^1392734382^{date_num} at {time}|Feb 18 &amp; more>",
            {"type": "date", "timestamp": 1392734382, "format": "{date_num} at {time}", "fallback": "Feb 18 & more"},
        ),
        (
            "<!date^-1^{date}^https://example.com/|then>",
            {"type": "date", "timestamp": -1, "format": "{date}", "url": "https://example.com/", "fallback": "then"},
        ),
        ("<https://example.com/?a=b&amp;c=d>", {"type": "link", "url": "https://example.com/?a=b&c=d"}),
        ("<http://www.a.b|www.a.b>", {"type": "link", "url": "http://www.a.b", "text": "www.a.b"}),
        ("<https://a.b|*as* &lt;it&gt; _is_>", {"type": "link", "url": "https://a.b", "text": "*as* <it> _is_"}),
        ("<mailto:bob@a.b|Bob>", {"type": "link", "url": "mailto:bob@a.b", "text": "Bob"}),
        ("<tel:+123|call>", {"type": "link", "url": "tel:+123", "text": "call"}),
        (":tada:", {"type": "emoji", "name": "tada", "unicode": "1f389"}),
        (":thumbsup:", {"type": "emoji", "name": "thumbsup", "unicode": "1f44d"}),
        (":heart:", {"type": "emoji", "name": "heart", "unicode": "2764-fe0f"}),
        (":wave::skin-tone-4:", {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fd", "skin_tone": 4}),
    ],
)
def test_what_stands_for_something_is_an_element(text: str, leaf: Element) -> None:
    for formatted in (True, False):
        assert leaves(text, formatted=formatted) == [leaf]
        assert leaves(f"a {text}b", formatted=formatted) == [
            {"type": "text", "text": "a "},
            leaf,
            {"type": "text", "text": "b"},
        ]
    bold = leaf if leaf["type"] == "emoji" else leaf | {"style": {"bold": True}}
    assert leaves(f"*{text}*") == [bold]


@pytest.mark.parametrize("text", ["10:30:45", ":no such:", ":nosuchemoji:", ":tada::skin-tone-2:", ":", "::", "a: b:"])
def test_what_is_no_emoji_stays(text: str) -> None:
    assert leaves(text) == [{"type": "text", "text": text}]


def test_a_time_that_no_number_holds_stays_as_it_was_written() -> None:
    text = f"<!date^{'9' * 5000}^{{date}}|long ago>"
    assert leaves(text) == [{"type": "text", "text": text}]


def test_names_are_no_emoji_in_code() -> None:
    assert brief(leaves("`:tada: <@U1>`")) == "[:tada: ]c[@U1]c"


def section(*found: Element) -> Element:
    return {"type": "rich_text_section", "elements": list(found)}


def quote(*found: Element) -> Element:
    return {"type": "rich_text_quote", "elements": list(found)}


def preformatted(*found: Element) -> Element:
    return {"type": "rich_text_preformatted", "elements": list(found), "border": 0}


def words(text: str, **style: bool) -> Element:
    return {"type": "text", "text": text, "style": style} if style else {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("```code```", [preformatted(words("code"))]),
        ("```\n*a*\n\n  &lt;b&gt; :tada:\n```", [preformatted(words("*a*\n\n  <b> :tada:"))]),
        ("see ```code``` there", [section(words("see ")), preformatted(words("code")), section(words(" there"))]),
        ("```a```\n```b```", [preformatted(words("a")), preformatted(words("b"))]),
        (
            "```<@U1> at <https://a.b|b> in <#C1|c>, <!here> <!subteam^S1> <!date^1^{date}|then>```",
            [
                preformatted(
                    words("@U1 at "), {"type": "link", "url": "https://a.b", "text": "b"}, words(" in #C1, @here @S1 then")
                )
            ],
        ),
        ("```open", [section(words("```open"))]),
        ("``````", [section(words("``````"))]),
        ("&gt; said", [quote(words("said"))]),
        ("&gt;*one*\n&gt; two\nthree", [quote(words("one", bold=True), words("\ntwo")), section(words("three"))]),
        ("one\n&gt; two", [section(words("one\n")), quote(words("two"))]),
        ("one &gt; two", [section(words("one > two"))]),
        ("&gt; ```code``` `code`", [quote(words("code", code=True), words(" "), words("code", code=True))]),
        ("&gt;\n&gt; ", [section(words(">\n> "))]),
        ("a\n&gt;&gt;&gt; one\n\ntwo", [section(words("a\n")), quote(words("one\n\ntwo"))]),
        ("&gt;&gt; one", [quote(words("> one"))]),
    ],
)
def test_quotes_and_preformatted_texts_are_blocks_of_their_own(text: str, shows: list[Element]) -> None:
    assert parts(text) == shows
    (plain,) = parts(text, formatted=False)
    assert plain["type"] == "rich_text_section"


def test_ids_differ() -> None:
    made = {msgspec.json.decode(rich_text.of("a", SOURCE))[0]["block_id"] for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch("[A-Za-z0-9+/]{6}", id) for id in made)


# Any text.

_BITS = (
    *"*_~`<>&|:@# \n(é1",
    "```",
    "a",
    "word",
    "&gt;",
    "&lt;",
    "&amp;",
    "\n&gt; ",
    "&gt;&gt;&gt;",
    ":tada:",
    ":wave::skin-tone-3:",
    "<@U1>",
    "<#C1|a>",
    "<!here>",
    "<!subteam^S1|x>",
    "<!date^1^{date}|x>",
    "<!date^99999999999999999999^{date}|x>",
    "<https://a.b|*l*>",
    "<https://a.b>",
    "https://a.b",
)
_TEXTS = st.one_of(st.text(min_size=1), st.lists(st.sampled_from(_BITS), min_size=1).map("".join))


@given(_TEXTS, st.sampled_from([Parse.NONE, Parse.LINKS, Parse.FULL]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_whatever_is_stored_can_be_shown(text: str, parse: Parse, formatted: bool) -> None:
    stored = mrkdwn.written(text, parse)
    blocks.read(msgspec.json.decode(rich_text.of(stored, SOURCE, formatted=formatted)))


@given(st.text(min_size=1))
@settings(max_examples=200, deadline=None)
def test_what_no_one_wrote_for_it_does_not_break_it(text: str) -> None:
    assert parts(text)
    assert parts(text, formatted=False)


_MARKS = str.maketrans("", "", "*_~`>\n ")


@given(st.lists(st.sampled_from([*"*_~`>& \n(é1ab", "```", "\n> ", "&amp;"]), min_size=1).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_and_none_is_added(text: str) -> None:
    stored = mrkdwn.written(text, Parse.NONE)
    told = "".join(shown(leaf) for part in parts(stored) for leaf in part["elements"])
    assert told.translate(_MARKS) == rich_text.decoded(stored).translate(_MARKS)
    (plain,) = leaves(stored, formatted=False)
    assert plain == {"type": "text", "text": rich_text.decoded(stored)}


HOSTILE = (
    *"*_~`<>&:a\n",
    "*_~",
    "*a* ",
    "_a ",
    "`a",
    "`<",
    "`<`>",
    "`a<`>",
    "``` ",
    "```a```",
    "```a```\n&gt; b\n",
    "&gt;\n",
    "&gt;&gt;&gt;\n",
    ":a",
    ":tada:",
    "<a",
    "<@U1>",
    "<https://a.b|c>",
    "<!date^1^",
    "&lt;",
    "*\n",
)


@pytest.mark.parametrize("formatted", [True, False])
@pytest.mark.parametrize("piece", HOSTILE)
def test_work_is_linear_and_bounded(piece: str, formatted: bool) -> None:
    """Twenty times as long a text takes not much more than twenty times the work, and of Python's no more than the bound."""

    def work(length: int) -> Any:
        text = (piece * length)[:length]
        return lambda: rich_text.of(text, SOURCE, formatted=formatted)

    work(100)()
    assert seconds(work(40_000)) < 60 * seconds(work(2_000)) + 0.002
    assert calls(work(40_000)) < 40 * MOST_PARTS
    assert len(bytes(work(40_000)())) < 6 * 40_000


def test_what_comes_after_the_parts_that_count_is_plain() -> None:
    found = leaves("*a* " * MOST_PARTS)
    assert len([leaf for leaf in found if "style" in leaf]) == MOST_PARTS // 2
    assert found[-1]["text"].count("*a*") == MOST_PARTS // 2
