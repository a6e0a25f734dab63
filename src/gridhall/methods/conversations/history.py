"""conversations.history, conversations.replies"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, by_tier, per_workspace_and_app
from gridhall.catalogue.scopes import needs_by_kind
from gridhall.contract.errors import (
    ChannelNotFound,
    InvalidCursor,
    InvalidTsLatest,
    InvalidTsOldest,
    NotInChannel,
    Refusal,
)
from gridhall.contract.messages import Message
from gridhall.contract.rates import Limit, Tier
from gridhall.contract.scopes import HISTORY, PUBLIC
from gridhall.contract.timestamps import find_time
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import conversations, reading
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call

MOST = 999
"""The largest page. Source: the reference pages; larger limits count as it."""

REDUCED_MOST = 15
"""The largest page, and the usual one, of an app under the reduced limits. Source: the platform's page on rate limits."""

END = 2**62
"""Later than every message."""


def _per_reduced_app(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str | None:
    return per_workspace_and_app(actor, team, raw) if actor.reduced_history else None


RATE = (*by_tier(Tier.THREE), Counted("reduced", Limit(1, 60, 1), _per_reduced_app))


class HistoryArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.history."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    inclusive: Annotated[bool, Arg("Whether messages of exactly `latest` and `oldest` belong to the answer.")] = False
    latest: Annotated[str | None, Arg("Only messages before this time.", example="1234567890.123456")] = None
    oldest: Annotated[str | None, Arg("Only messages after this time.", example="1234567890.123456")] = None
    limit: Annotated[int, Arg("How many messages at the most, up to 999.", example="20")] = 100


class HistoryResult(Ok, kw_only=True):
    """Messages, newest first; whether there are older ones; how many messages are pinned."""

    messages: list[Message]
    has_more: bool
    pin_count: int
    latest: str | UnsetType = UNSET
    oldest: str | UnsetType = UNSET


@method(
    "conversations.history",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(HISTORY),
    rate=RATE,
    errors=(ChannelNotFound, InvalidCursor, InvalidTsLatest, InvalidTsOldest, NotInChannel),
)
async def history(call: Call, args: HistoryArgs) -> HistoryResult:
    """Read the messages of a conversation."""
    conversation = await conversations.see(call, args.channel)
    if not conversation.member and not (conversation.kind == PUBLIC and call.actor.acts_as in Token.PERSON):
        raise NotInChannel
    oldest, latest = _bounds(args.oldest, args.latest, args.inclusive)
    listing = call.listing("conversations.history", conversation.id)
    if args.cursor:
        latest = min(latest, int(call.context.cursors.open(listing, args.cursor)) - 1)
    limit = limit_of(call, args.limit)
    messages, pins = call.work.messages, call.work.pins
    found = await messages.list_channel(
        conversation.organization, conversation.id, oldest=oldest, latest=latest, limit=limit + 1
    )
    more = len(found) > limit
    shown = await reading.show_page(call, found, limit)
    return HistoryResult(
        messages=shown,
        has_more=more,
        pin_count=await pins.count(conversation.organization, conversation.id),
        latest=args.latest or UNSET,
        oldest=args.oldest or UNSET,
        response_metadata=page(call.context.cursors.seal(listing, str(found[limit - 1].ts))) if more else UNSET,
    )


def limit_of(call: Call, asked: int) -> int:
    """How many messages a page holds."""
    most = REDUCED_MOST if call.actor.reduced_history else MOST
    return min(asked, most) if asked > 0 else most


def _bounds(oldest: str | None, latest: str | None, inclusive: bool) -> tuple[int, int]:
    """The first and the last microsecond that count."""
    aside = 0 if inclusive else 1
    first = 0 if oldest is None else _moment(oldest, InvalidTsOldest) + aside
    last = END if latest is None or latest == "now" else _moment(latest, InvalidTsLatest) - aside
    return first, last


def _moment(text: str, refusal: type[Refusal]) -> int:
    moment = find_time(text)
    if moment is None:
        raise refusal
    return moment
