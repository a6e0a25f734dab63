"""A reader of stored texts that takes nothing for granted."""

import re

from gridhall.domain import mrkdwn

_MENTION = re.compile(r"<([@#!][^>|]*)")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


def mentions_in(text: str) -> set[str]:
    """What a stored text mentions: people, channels, groups and everybody. It fails on what no reader could be sure of."""
    found = set()
    at = 0
    while at < len(text):
        if text[at] == "<":
            sequence = mrkdwn.sequence_at(text, at)
            assert sequence is not None, text[at:]
            if (mention := _MENTION.match(sequence)) and not mention[1].startswith("!date"):
                found.add(mention[1])
            assert _is_plain(sequence[1:-1]), sequence
            at += len(sequence)
        else:
            end = text.find("<", at) if "<" in text[at:] else len(text)
            assert _is_plain(text[at:end]), text[at:end]
            at = end
    return found


def _is_plain(text: str) -> bool:
    return not re.search("[<>]", text) and "&" not in _ENTITY.sub("", text)
