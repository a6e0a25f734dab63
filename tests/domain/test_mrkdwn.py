"""What becomes of a message's text: what is known of the platform, and what holds for any text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridhall.domain.mrkdwn import MOST_NAMES, Parse, names_in, written

CHANNELS = {"general": "C0GENERAL01", "a": "C0A"}


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("plain words", "plain words"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("&amp; &lt; &gt;", "&amp; &lt; &gt;"),
        ("&copy; &amp;lt; &", "&amp;copy; &amp;lt; &amp;"),
        ("many\nlines\t*bold* _it_ `x`", "many\nlines\t*bold* _it_ `x`"),
    ],
)
def test_control_characters_become_entities(text: str, stored: str) -> None:
    assert written(text) == stored


@pytest.mark.parametrize(
    "sequence",
    [
        "<@U012AB3CD>",
        "<@W012AB3CD|ada>",
        "<#C123ABC456>",
        "<#C123ABC456|general>",
        "<!here>",
        "<!channel>",
        "<!everyone>",
        "<!here|@here>",
        "<!subteam^SAZ94GDB8>",
        "<!subteam^SAZ94GDB8|@crew>",
        "<!date^1392734382^Posted {date_num} {time_secs}|Posted 2014-02-18 6:39:42 AM PST>",
        "<!date^1392734382^{date_short}^https://example.com/|Feb 18, 2014 PST>",
        "<mailto:bob@example.com|Email Bob>",
        "<https://example.com/a?b=c#d>",
        "<http://www.example.com|This message *is* a link>",
        "<slack://user?team=T1|open>",
    ],
)
@pytest.mark.parametrize("parse", [Parse.NONE, Parse.LINKS, Parse.NAMES])
def test_control_sequences_stay(sequence: str, parse: Parse) -> None:
    assert written(f"{sequence}, {sequence}", parse, CHANNELS) == f"{sequence}, {sequence}"


@pytest.mark.parametrize(
    "sequence",
    [
        "<>",
        "<b>",
        "<@u123>",
        "<@>",
        "<#general>",
        "<!anybody>",
        "<!subteam^x>",
        "<!date^soon^{date}|x>",
        "<!date^1^{date}>",
        "<!date^1^{date}^javascript://x|x>",
        "<!date^1^{date}^data:x|x>",
        "<not a link>",
        "<http://with space|x>",
        "<javascript://x|click>",
        "<JavaScript:alert(1)>",
        "<data:text/html,x>",
    ],
)
def test_what_only_looks_like_a_control_sequence_is_escaped(sequence: str) -> None:
    assert written(sequence, Parse.NONE) == sequence.replace("<", "&lt;").replace(">", "&gt;")


def test_a_sequence_ends_with_its_line_and_its_ampersands_are_escaped() -> None:
    assert written("<http://a.b\n>", Parse.NONE) == "&lt;http://a.b\n&gt;"
    assert written("<http://a.b/?x=1&y=2|A&B>") == "<http://a.b/?x=1&amp;y=2|A&amp;B>"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("https://docs.slack.dev/", "<https://docs.slack.dev/>"),
        ("See http://a.b/c, or http://d.e!", "See <http://a.b/c>, or <http://d.e>!"),
        ("http://a.b/?x=1&y=2", "<http://a.b/?x=1&amp;y=2>"),
        ("http://a.b/?x=1&amp;y=2", "<http://a.b/?x=1&amp;y=2>"),
        ("(http://a.b/c)", "(<http://a.b/c>)"),
        ("(http://a.b/c_(d))", "(<http://a.b/c_(d)>)"),
        ("*http://a.b* `http://c.d`", "*<http://a.b>* `<http://c.d>`"),
        ("http://a.b>c", "<http://a.b>&gt;c"),
        ("HTTPS://A.B", "<HTTPS://A.B>"),
        ("www.foo.com", "<http://www.foo.com|www.foo.com>"),
        ("me@foo.com.", "<mailto:me@foo.com|me@foo.com>."),
        ("xhttp://a.b ://c", "xhttp://a.b ://c"),
        ("http:// www. me@ @foo.com", "http:// www. me@ @foo.com"),
    ],
)
def test_bare_addresses_become_links(text: str, stored: str) -> None:
    assert written(text) == stored
    assert written(stored) == stored


def test_without_parsing_bare_addresses_stay() -> None:
    text = "http://a.b www.foo.com me@foo.com #general @here"
    assert written(text, Parse.NONE, CHANNELS) == text


# Source: the examples of the platform's page on formatting, `🤩` and all.
def test_names_become_links_where_asked_for() -> None:
    text = "<http://example.com|example link> http://example.com #general @here 🤩 :smile:"
    plain = "<http://example.com|example link> <http://example.com> #general @here :star-struck: :smile:"
    linked = "<http://example.com|example link> <http://example.com> <#C0GENERAL01|general> <!here> :star-struck: :smile:"
    assert written(text) == plain
    assert written(text, Parse.NAMES, CHANNELS) == linked


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("@channel @everyone @group @ada", "<!channel> <!everyone> @group @ada"),
        ("@here, @hereabouts, x@here", "<!here>, @hereabouts, x@here"),
        ("#nobody #general-x a#general ##general #General", "#nobody #general-x a#general ##general #General"),
        ("#general.", "<#C0GENERAL01|general>."),
        ("http://a.b/#general", "<http://a.b/#general>"),
    ],
)
def test_only_whole_names_become_links(text: str, stored: str) -> None:
    assert written(text, Parse.NAMES, CHANNELS) == stored


def test_unformatted_text_has_no_control_sequences() -> None:
    assert written("Foo <!everyone> bar http://test.com", Parse.FULL) == "Foo &lt;!everyone&gt; bar <http://test.com>"
    assert written("#general @here", Parse.FULL, CHANNELS) == "<#C0GENERAL01|general> <!here>"


@pytest.mark.parametrize(
    ("parse", "link_names", "kind"),
    [
        (None, False, Parse.LINKS),
        ("client", False, Parse.LINKS),
        ("none", False, Parse.NONE),
        ("full", False, Parse.FULL),
        ("full", True, Parse.FULL),
        (None, True, Parse.NAMES),
        ("none", True, Parse.NAMES),
    ],
)
def test_two_arguments_choose_how_much_is_parsed(parse: str | None, link_names: bool, kind: Parse) -> None:
    assert Parse.of(parse, link_names=link_names) is kind


def test_emoji_become_names_but_not_in_addresses() -> None:
    assert written("🎉 café") == ":tada: café"
    assert written("<http://a.b/🎉|🎉>") == "<http://a.b/🎉|:tada:>"
    assert written("http://a.b/🎉 👍🏿", Parse.LINKS) == "<http://a.b/🎉> :+1::skin-tone-6:"


def test_names_are_found_once_and_not_without_end() -> None:
    assert names_in("#b #a #b, no#c") == ["b", "a"]
    assert names_in("none") == []
    assert len(names_in(" ".join(f"#n{number}" for number in range(1000)))) == MOST_NAMES


# Any text.

_BITS = (
    *"<>&|@#!^();.,:/ \n`*a1é🎉",
    "&amp;",
    "&lt;",
    "&gt;",
    "http://",
    "https://a.b",
    "www.",
    "www.a.b",
    "a@b.cc",
    "<@U1>",
    "<#C1|a>",
    "<!here>",
    "<!date^1^{date}|x>",
    "<http://a|b>",
    "#general",
    "@here",
    "\ufe0f",
)
_TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(_BITS)).map("".join))
_PARSES = st.sampled_from(Parse)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(_TEXTS, st.sampled_from([Parse.NONE, Parse.LINKS, Parse.NAMES]))
@settings(max_examples=2000, deadline=None)
def test_stored_text_is_stored_as_it_is(text: str, parse: Parse) -> None:
    stored = written(text, parse, CHANNELS)
    assert written(stored, parse, CHANNELS) == stored


@given(_TEXTS)
@settings(max_examples=500, deadline=None)
def test_what_a_client_escaped_comes_back(text: str) -> None:
    text = text.encode("ascii", "ignore").decode()
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert _unescaped(written(escaped, Parse.NONE)) == text


@given(_TEXTS, _PARSES)
@settings(max_examples=500, deadline=None)
def test_no_control_character_stands_alone(text: str, parse: Parse) -> None:
    stored = written(text, parse, CHANNELS)
    assert stored.count("<") == stored.count(">")
    for piece in stored.split("&")[1:]:
        assert piece.startswith(("amp;", "lt;", "gt;"))


HOSTILE = (
    "<",
    "<a",
    "<!date^1^",
    "http://",
    "http://.",
    "http://(",
    "www.",
    "www.-",
    "www.a",
    "a@",
    "a.",
    "a@b.",
    "a@b.b.9",
    "#a",
    "@here",
    "&",
    "&am",
    "(",
    "🎉",
    "é#",
    "<http://a|",
)


@pytest.mark.parametrize("parse", Parse)
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear(piece: str, parse: Parse) -> None:
    """Twenty times as much takes far less than the four hundred times that squares would give."""

    def took(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            began = time.perf_counter()
            written(text, parse, CHANNELS)
            names_in(text)
            best = min(best, time.perf_counter() - began)
        return best

    written(piece, parse, CHANNELS)
    assert took(40_000) < 100 * took(2_000) + 0.01


@pytest.mark.parametrize("parse", [Parse.LINKS, Parse.FULL])
@pytest.mark.parametrize(
    "piece", ["👩🏿‍❤️‍💋‍👩🏿", "www.a.👨‍👩‍👧‍👦 ", "<https://a|👩🏿‍❤️‍💋‍👩🏿>", "&", "www.a.b&&&&&&&c ", "a@b.cc ", "#a ", "@here "]
)
def test_what_is_stored_is_no_more_than_ten_times_as_long(piece: str, parse: Parse) -> None:
    text = piece * (40_000 // len(piece))
    assert len(written(text, parse, {"a": "C0123456789"})) < 10 * 40_000
