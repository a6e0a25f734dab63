"""What becomes of standard Markdown: its blocks and its text, for what people write and for anything else."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.work import calls
from gridhall.contract.errors import InvalidBlocks, MsgBlocksTooLong
from gridhall.domain import blocks, markdown
from gridhall.domain.markdown import LONGEST_MARKDOWN
from gridhall.domain.source import Source, SystemClock

SOURCE = Source(SystemClock())

Element = dict[str, Any]


def made(text: str) -> list[Element]:
    """The blocks without their ids."""
    shown = markdown.blocks_of(text, SOURCE)
    assert all(block.pop("block_id") for block in shown)
    return shown


def parts(text: str) -> list[Element]:
    """The elements of the one rich text that shows a text."""
    (block,) = made(text)
    assert block["type"] == "rich_text"
    elements: list[Element] = block["elements"]
    return elements


def leaves(text: str) -> list[Element]:
    (section,) = parts(text)
    assert section["type"] == "rich_text_section"
    found: list[Element] = section["elements"]
    return found


def stored(text: str) -> str:
    return markdown.compose(text, SOURCE)[0]


def words(text: str, *styles: str) -> Element:
    return {"type": "text", "text": text} | ({"style": dict.fromkeys(styles, True)} if styles else {})


def section(*found: Element | str) -> Element:
    return {
        "type": "rich_text_section",
        "elements": [words(leaf) if isinstance(leaf, str) else leaf for leaf in found],
    }


def items(style: str, *texts: str, indent: int = 0, border: int = 0, **more: int) -> Element:
    elements = [section(text) if text else section() for text in texts]
    return {"type": "rich_text_list", "style": style, "indent": indent, "border": border, "elements": elements} | more


def link(url: str, text: str | None = None, *styles: str) -> Element:
    leaf: Element = {"type": "link", "url": url}
    if text is not None:
        leaf["text"] = text
    return leaf | ({"style": dict.fromkeys(styles, True)} if styles else {})


@pytest.mark.parametrize(
    ("text", "shows", "says"),
    [
        ("plain", [words("plain")], "plain"),
        ("**b** *i* _i_ ~~s~~ `c*`", None, "*b* _i_ _i_ ~s~ `c*`"),
        ("***both***", [words("both", "bold", "italic")], "*_both_*"),
        ("**a *b***", [words("a ", "bold"), words("b", "bold", "italic")], "*a* *_b_*"),
        ("in**wor**d", [words("in"), words("wor", "bold"), words("d")], "in*wor*d"),
        ("**one\ntwo**", [words("one\ntwo", "bold")], "*one*\n*two*"),
        ("one\ntwo  \nthree\n\nfour", [words("one\ntwo\nthree\n\nfour")], "one\ntwo\nthree\n\nfour"),
        ("snake_case 2 * 3", [words("snake_case 2 * 3")], "snake_case 2 * 3"),
        ("a < b & c > d", [words("a < b & c > d")], "a &lt; b &amp; c &gt; d"),
        ("&lt;@U1&gt; &amp;lt; &eacute; \\<!here>", [words("<@U1> &lt; é <!here>")], "&lt;@U1&gt; &amp;lt; é &lt;!here&gt;"),
        ("<b>html</b>", [words("<b>html</b>")], "&lt;b&gt;html&lt;/b&gt;"),
        ("[a](https://a.b/?c=1&d=2)", [link("https://a.b/?c=1&d=2", "a")], "<https://a.b/?c=1&amp;d=2|a>"),
        (
            "**x [a *b* c](https://a.b)**",
            [
                words("x ", "bold"),
                link("https://a.b", "a ", "bold"),
                link("https://a.b", "b", "bold", "italic"),
                link("https://a.b", " c", "bold"),
            ],
            "*x <https://a.b|a >**_<https://a.b|b>_**<https://a.b| c>*",
        ),
        ("https://a.b, <https://a.b>", [link("https://a.b"), words(", "), link("https://a.b")], "<https://a.b>, <https://a.b>"),
        ("[a@b.cc](mailto:a@b.cc)", [link("mailto:a@b.cc", "a@b.cc")], "<mailto:a@b.cc|a@b.cc>"),
        ("<https://a.b|label>", [link("https://a.b", "label")], "<https://a.b|label>"),
        ("[](https://a.b)", [link("https://a.b")], "<https://a.b>"),
        ("[a](#there) [b](javascript:x) [c]", [words("a [b](javascript:x) [c]")], "a [b](javascript:x) [c]"),
        ("[a][1]\n\n[1]: https://a.b", [link("https://a.b", "a")], "<https://a.b|a>"),
        ("[a](!everyone) [b](@U1) ![c](<!here>)", [words("a b c")], "a b c"),
        (
            "[:tada: <@U1> *<!here>*](https://a.b)",
            [
                link("https://a.b", ":tada:"),
                link("https://a.b", " "),
                link("https://a.b", "@U1"),
                link("https://a.b", " "),
                link("https://a.b", "@here", "italic"),
            ],
            "<https://a.b|:tada:><https://a.b| ><https://a.b|@U1><https://a.b| >_<https://a.b|@here>_",
        ),
        ("![owl](https://a.b/o.png)", [link("https://a.b/o.png", "owl")], "<https://a.b/o.png|owl>"),
        ("[![owl](https://a.b/o.png)](https://a.b)", [link("https://a.b", "owl")], "<https://a.b|owl>"),
        (
            "**<@U1>** <#C1|c> <!here> <!subteam^S1> <!date^1^{date_num}|a_b_c>",
            [
                {"type": "user", "user_id": "U1", "style": {"bold": True}},
                words(" "),
                {"type": "channel", "channel_id": "C1"},
                words(" "),
                {"type": "broadcast", "range": "here"},
                words(" "),
                {"type": "usergroup", "usergroup_id": "S1"},
                words(" "),
                {"type": "date", "timestamp": 1, "format": "{date_num}", "fallback": "a_b_c"},
            ],
            "*<@U1>* <#C1> <!here> <!subteam^S1> <!date^1^{date_num}|a_b_c>",
        ),
        (
            ":tada: 👍🏿 `:tada:`",
            [
                {"type": "emoji", "name": "tada", "unicode": "1f389"},
                words(" "),
                {"type": "emoji", "name": "+1", "unicode": "1f44d-1f3ff", "skin_tone": 6},
                words(" "),
                words(":tada:", "code"),
            ],
            ":tada: :+1::skin-tone-6: `:tada:`",
        ),
    ],
)
def test_what_stands_in_a_paragraph(text: str, shows: list[Element] | None, says: str) -> None:
    if shows is not None:
        assert leaves(text) == shows
    assert stored(text) == says


def test_styles() -> None:
    assert [leaf["style"] for leaf in leaves("**b** *i* ~~s~~ `c`") if "style" in leaf] == [
        {"bold": True},
        {"italic": True},
        {"strike": True},
        {"code": True},
    ]


@pytest.mark.parametrize(
    ("text", "shows", "says"),
    [
        ("- a\n- b", [items("bullet", "a", "b")], "• a\n• b"),
        ("3. a\n4. b", [items("ordered", "a", "b", offset=2)], "3. a\n4. b"),
        ("0. a", [items("ordered", "a")], "1. a"),
        ("a\n- b\n\nc", [section("a"), items("bullet", "b"), section("c")], "a\n• b\nc"),
        (
            "1. a\n   - b\n     1. c\n2. d",
            [
                items("ordered", "a"),
                items("bullet", "b", indent=1),
                items("ordered", "c", indent=2),
                items("ordered", "d", offset=1),
            ],
            "1. a\n    • b\n        1. c\n2. d",
        ),
        ("- a\n\n  b\n-\n- c", [items("bullet", "a\nb", "", "c")], "• a\nb\n• \n• c"),
        ("- [ ] a\n- [x] b", [items("bullet", "[ ] a", "[x] b")], "• [ ] a\n• [x] b"),
        (
            "1. a\n   ```\n   b\n   ```\n   c\n2. d",
            [
                items("ordered", "a"),
                {"type": "rich_text_preformatted", "border": 0, "elements": [words("b")]},
                section("c"),
                items("ordered", "d", offset=1),
            ],
            "1. a\n```\nb\n```\nc\n2. d",
        ),
        ("> a\n> b\n>\n> c", [{"type": "rich_text_quote", "elements": [words("a\nb\nc")]}], "&gt; a\n&gt; b\n&gt; c"),
        (
            "> a\n> - b\n> ```\n> c\n> ```",
            [
                {"type": "rich_text_quote", "elements": [words("a")]},
                items("bullet", "b", border=1),
                {"type": "rich_text_preformatted", "border": 1, "elements": [words("c")]},
            ],
            "&gt; a\n• b\n```\nc\n```",
        ),
        (
            "```python\nx < 1\n\n*y*\n```",
            [{"type": "rich_text_preformatted", "border": 0, "language": "python", "elements": [words("x < 1\n\n*y*")]}],
            "```\nx &lt; 1\n\n*y*\n```",
        ),
        (
            "    indented",
            [{"type": "rich_text_preformatted", "border": 0, "elements": [words("indented")]}],
            "```\nindented\n```",
        ),
        ("a\n```\n```\nb", [section("a\n\nb")], "a\n\nb"),
        ("- # a", [items("bullet", "a") | {"elements": [section(words("a", "bold"))]}], "• *a*"),
        ("# " + "é" * 151, [section(words("é" * 151, "bold"))], f"*{'é' * 151}*"),
        ("# <@U1>", [section({"type": "user", "user_id": "U1", "style": {"bold": True}})], "*<@U1>*"),
    ],
)
def test_what_a_rich_text_consists_of(text: str, shows: list[Element], says: str) -> None:
    assert parts(text) == shows
    assert stored(text) == says


def test_lists_are_indented_no_further_than_they_can() -> None:
    deep = "\n".join(f"{'  ' * level}- {level}" for level in range(20))
    indents = [part["indent"] for part in parts(deep)]
    assert indents == [*range(8)]
    assert all(str(level) in stored(deep) for level in range(20))


HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Big :tada: & news", "emoji": True}}


def test_headings_rules_and_tables_are_blocks_of_their_own() -> None:
    text = "Big :tada: & news\n---\nintro\n\n***\n\n|a|*b*|c|\n|:-|-:|:-:|\n|1||<@U1>|\n"
    assert made(text) == [
        HEADER,
        {"type": "rich_text", "elements": [section("intro")]},
        {"type": "divider"},
        {
            "type": "table",
            "rows": [
                [
                    {"type": "raw_text", "text": "a"},
                    {"type": "rich_text", "elements": [section(words("b", "italic"))]},
                    {"type": "raw_text", "text": "c"},
                ],
                [
                    {"type": "raw_text", "text": "1"},
                    {"type": "raw_text", "text": " "},
                    {"type": "rich_text", "elements": [section({"type": "user", "user_id": "U1"})]},
                ],
            ],
            "column_settings": [{"align": "left"}, {"align": "right"}, {"align": "center"}],
        },
    ]
    assert stored("# Big :tada: & news\n***\n|a|b|\n|-|-|\n|1|**2**|") == "*Big :tada: &amp; news*\n---\na | b\n1 | *2*"


def test_a_table_needs_no_settings() -> None:
    (table,) = made("|a|\n|-|\n|1|")
    assert table.keys() == {"type", "rows"}


TABLE = "|a|b|\n|-|-|\n|1|2|\n"


@pytest.mark.parametrize("text", [f"{TABLE}\n{TABLE}", f"{TABLE}\n> {TABLE[:-1].replace(chr(10), chr(10) + '> ')}"])
def test_a_message_has_one_table(text: str) -> None:
    table, rest = made(text)
    assert table["type"] == "table"
    (shown,) = rest["elements"]
    assert shown["elements"] == [words("a | b\n1 | 2")]


@pytest.mark.parametrize(
    "text",
    [
        "|a|\n|-|\n" + "|1|\n" * 150,
        "|a" * 20 + "\n" + "|-" * 20 + "\n" + "|1\n" * 400,
        "|a" * 25 + "\n" + "|-" * 25 + "\n" + "|1\n",
        "|a|\n|-|\n" + f"|{'1' * 2000}|\n" * 5,
    ],
)
def test_a_table_that_is_too_large_is_cut_or_shown_as_text(text: str) -> None:
    blocks.read(made(text))


@pytest.mark.parametrize("text", ["[a]: https://a.b", "#", "```\n```", "-\u00a0"])
def test_where_nothing_is_left_the_text_is_shown(text: str) -> None:
    assert parts(text)


def test_no_more_than_fifty_blocks() -> None:
    assert len(msgspec.json.decode(markdown.compose("a\n\n---\n" * 25, SOURCE)[1])) == 50
    for code in (InvalidBlocks, MsgBlocksTooLong):
        with pytest.raises(code):
            markdown.compose("a\n\n---\n" * 26, SOURCE, too_long=code)


def test_blocks_have_a_length() -> None:
    assert markdown.compose(("*a*b" * 110 + "\n\n") * 9, SOURCE)
    with pytest.raises(MsgBlocksTooLong):
        markdown.compose("- - - - - - - a\n" * 400, SOURCE, too_long=MsgBlocksTooLong)


# Any text.

_BITS = (
    *"*_~`<>&|:@#[]()!\\-+1. \n\té",
    "\n\n",
    "\n- ",
    "\n    ",
    "\n1. ",
    "\n> ",
    "\n# ",
    "\n---\n",
    "\n```\n",
    "\n|a|b|\n|-|-|\n",
    "[a](https://a.b)",
    "![a](b)",
    "**",
    "~~",
    "word",
    "<@U1>",
    "<!here>",
    "<!date^1^{date}|x>",
    "<https://a.b|c>",
    "https://a.b",
    ":tada:",
    "&lt;",
    "👍🏿",
)
_TEXTS = st.one_of(st.text(min_size=1), st.lists(st.sampled_from(_BITS), min_size=1, max_size=60).map("".join)).filter(
    str.strip
)


@given(_TEXTS)
@settings(max_examples=200, deadline=None)
def test_whatever_is_sent_comes_to_blocks(text: str) -> None:
    shown = markdown.blocks_of(text, SOURCE)
    if len(shown) <= blocks.MOST:
        said, raw = markdown.compose(text, SOURCE)
        blocks.read(msgspec.json.decode(raw))
        assert said.strip()
        assert said.count("<") == said.count(">")


PAGE = """Some **words** about the [release](https://a.b/release) of today, with `code` in it and a *few* more words.

- one thing to do, which is *not* much
- another one, see <https://a.b/another>
  - and what is below it

> Somebody said so.

1. First
2. Then

"""


HOSTILE = (
    *"[*`<|",
    "![",
    "[a\n",
    "[a][",
    "[a](b",
    "[a]: b 'c\n",
    "*_~~",
    "> - ",
    "1. a\n",
    "a|b\n",
    "a|b\n-|-\n",
    "|a" * 18 + "\n" + "|-" * 18 + "\n" + "a\n" * 18 + "\n",
)
BEGUN = (">" * 50 + "a\n", "- " * 28 + "a\n", "|a" * 10 + "|\n" + "|-" * 10 + "|\n")


@pytest.mark.parametrize(
    "text",
    [*(piece * LONGEST_MARKDOWN for piece in HOSTILE), *(begun + "b\n" * LONGEST_MARKDOWN for begun in BEGUN)],
    ids=lambda text: ascii(text[:12]),
)
def test_work_is_bounded(text: str) -> None:
    """A hostile text takes no more than some four times what the longest page takes that people write."""
    page, hostile = (PAGE * 40)[:LONGEST_MARKDOWN], text[:LONGEST_MARKDOWN]
    markdown.blocks_of(page, SOURCE)
    most = calls(lambda: markdown.blocks_of(page, SOURCE))
    assert calls(lambda: markdown.blocks_of(hostile, SOURCE)) < 4 * most
