"""Calls of chat.unfurl"""

import json
from dataclasses import replace

from surface.authorization.callers import Caller
from surface.authorization.case import Case, Rule
from surface.authorization.hand import Arguments, Hand, Make
from surface.authorization.places import EVERYWHERE, LINKED, Place, cases

LINK = "https://kit.test/1"
PREVIEW = {"unfurls": json.dumps({LINK: {"text": "The first thing"}})}


def linking(place: Place) -> Make:
    """A message with a link that somebody who is there has just posted."""

    async def make(hand: Hand, caller: Caller) -> Arguments:
        return {"ts": await hand.post(place.somebody, place.id_of(caller), text=LINK)}

    return make


def by_apps(seeing: Rule) -> Rule:
    """Apps preview links wherever they see the message, members or not."""

    def rule(caller: Caller) -> str:
        if not caller.is_of_an_app:
            return "cannot_find_service"
        return "ok" if seeing(caller) == "ok" else "cannot_find_channel"

    return rule


CASES: tuple[Case, ...] = tuple(
    replace(case, rule=by_apps(case.rule))
    for place in (*EVERYWHERE, LINKED)
    for case in cases("chat.unfurl", (place,), PREVIEW, what="a link", make=linking(place))
)
