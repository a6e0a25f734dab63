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
    InvalidMetadataFilterKeys,
    InvalidTsLatest,
    InvalidTsOldest,
    NotInChannel,
    Refusal,
    ThreadNotFound,
)
from gridhall.contract.messages import Message
from gridhall.contract.rates import Limit, Tier
from gridhall.contract.scopes import HISTORY
from gridhall.contract.timestamps import find_time
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import conversations, items, reading
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call
from gridhall.domain.messages import LARGEST_PAGE, OUT_OF_SIGHT, fitting
from gridhall.domain.messages import Message as StoredMessage
from gridhall.domain.metadata import Asked

USUAL, MOST = 100, 999
"""The usual page of history, and the largest: larger limits count as it. Source: the reference page."""

MOST_REPLIES = 1000
"""The usual page of a thread, and the largest. Source: the reference page, and the platform's guide to pages."""

REDUCED_MOST = 15
"""The largest page, and the usual one, of an app under the reduced limits. Source: the platform's page on rate limits."""

END = 2**62
"""Later than every message."""


def _per_reduced_app(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str | None:
    return per_workspace_and_app(actor, team, raw) if actor.reduced_history else None


RATE = (*by_tier(Tier.THREE), Counted("reduced", Limit(1, 60, 1), _per_reduced_app))


IncludeAllMetadata = Annotated[
    bool, Arg("Whether messages tell all that apps attached to them, not only the kind of event.", example="true")
]
MetadataKeysToInclude = Annotated[
    tuple[str, ...],
    Arg("Which keys of the event's payload to tell, be all asked for or not.", invalid=InvalidMetadataFilterKeys),
]


class HistoryArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.history."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    inclusive: Annotated[bool, Arg("Whether messages of exactly `latest` and `oldest` belong to the answer.")] = False
    latest: Annotated[str | None, Arg("Only messages before this time.", example="1234567890.123456")] = None
    oldest: Annotated[str | None, Arg("Only messages after this time.", example="1234567890.123456")] = None
    limit: Annotated[int, Arg("How many messages at the most, up to 999.", example="20")] = USUAL
    include_all_metadata: IncludeAllMetadata = False
    metadata_keys_to_include: MetadataKeysToInclude = ()


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
    errors=(ChannelNotFound, InvalidCursor, InvalidMetadataFilterKeys, InvalidTsLatest, InvalidTsOldest, NotInChannel),
)
async def history(call: Call, args: HistoryArgs) -> HistoryResult:
    """Read the messages of a conversation."""
    conversation = await conversations.see(call, args.channel)
    if not conversations.readable_to(call, conversation):
        raise NotInChannel
    oldest, latest = _bounds(args.oldest, args.latest, args.inclusive)
    listing = call.listing("conversations.history", conversation.id)
    if args.cursor:
        latest = min(latest, int(call.context.cursors.open(listing, args.cursor)) - 1)
    limit = _limit(call, args.limit, usual=USUAL, most=MOST)
    found = await call.work.messages.list_channel(
        conversation.organization, conversation.id, oldest=oldest, latest=latest, limit=limit + 1
    )
    if found.size > LARGEST_PAGE:
        limit = fitting(found, limit)
    more = len(found) > limit
    shown = await reading.show_page(call, found, limit, metadata=_asked(args))
    return HistoryResult(
        messages=shown,
        has_more=more,
        pin_count=await call.work.pins.count(conversation.organization, conversation.id),
        latest=args.latest or UNSET,
        oldest=args.oldest or UNSET,
        response_metadata=page(call.context.cursors.seal(listing, str(found[limit - 1].ts))) if more else UNSET,
    )


class RepliesArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.replies."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    ts: Annotated[
        str, Arg("A thread's first message, or any reply in it.", missing=ThreadNotFound, example="1234567890.123456")
    ]
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    inclusive: Annotated[bool, Arg("Whether replies of exactly `latest` and `oldest` belong to the answer.")] = False
    latest: Annotated[str | None, Arg("Only replies before this time.", example="1234567890.123456")] = None
    oldest: Annotated[str | None, Arg("Only replies after this time.", example="1234567890.123456")] = None
    limit: Annotated[int, Arg("How many messages at the most, up to 1,000.", example="20")] = MOST_REPLIES
    include_all_metadata: IncludeAllMetadata = False
    metadata_keys_to_include: MetadataKeysToInclude = ()


class RepliesResult(Ok, kw_only=True):
    """A thread's first message, on every page, and replies, oldest first; whether there are newer ones."""

    messages: list[Message]
    has_more: bool


@method(
    "conversations.replies",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(HISTORY),
    rate=RATE,
    errors=(ChannelNotFound, InvalidCursor, InvalidMetadataFilterKeys, InvalidTsLatest, InvalidTsOldest, ThreadNotFound),
)
async def replies(call: Call, args: RepliesArgs) -> RepliesResult:
    """Read a thread."""
    conversation = await conversations.see(call, args.channel)
    if not conversations.readable_to(call, conversation):
        raise ChannelNotFound
    parent = await items.find_parent(call, conversation, args.ts)
    oldest, latest = _bounds(args.oldest, args.latest, args.inclusive)
    listing = call.listing("conversations.replies", conversation.id, str(parent.ts))
    limit = _limit(call, args.limit, usual=MOST_REPLIES, most=MOST_REPLIES)
    # The parent heads every page, and is one of its messages; a later page goes on by one reply at the least.
    limit -= 1
    if args.cursor:
        limit = max(limit, 1)
        oldest = max(oldest, int(call.context.cursors.open(listing, args.cursor)) + 1)
    found: list[StoredMessage] = []
    if parent.subtype != OUT_OF_SIGHT:
        found = await call.work.messages.list_replies(
            conversation.organization, conversation.id, parent.ts, oldest=oldest, latest=latest, limit=limit + 1
        )
    limit = fitting(found, limit)
    shown, more = found[:limit], len(found) > limit
    end = shown[-1].ts if shown else 0
    return RepliesResult(
        messages=await reading.show_thread(call, parent, shown, metadata=_asked(args)),
        has_more=more,
        response_metadata=page(call.context.cursors.seal(listing, str(end))) if more else UNSET,
    )


def _asked(args: HistoryArgs | RepliesArgs) -> Asked:
    return Asked(args.include_all_metadata, frozenset(args.metadata_keys_to_include))


def _limit(call: Call, asked: int, *, usual: int, most: int) -> int:
    """How many messages a page holds."""
    if call.actor.reduced_history:
        usual = most = REDUCED_MOST
    return min(asked, most) if asked > 0 else usual


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
