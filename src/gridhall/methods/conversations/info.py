"""conversations.info, conversations.list, conversations.members"""

from typing import Annotated

import msgspec
from msgspec import UNSET

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs_by, needs_by_kind
from gridhall.contract.errors import (
    ChannelNotFound,
    InvalidCursor,
    InvalidLimit,
    InvalidTypes,
    MissingArgument,
)
from gridhall.contract.objects import Conversation
from gridhall.contract.rates import Tier
from gridhall.contract.scopes import MPIM, PUBLIC, READ
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import conversations, posting, reading
from gridhall.domain.call import Call
from gridhall.domain.conversations import Listed
from gridhall.domain.directory import Insider, first_of
from gridhall.methods.conversations.types import kinds_of, scopes_of

MOST = 999
"""The largest page. Source: the reference pages."""


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.info."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    include_locale: Annotated[bool, Arg("Tell the language and region to write in as well.")] = False
    include_num_members: Annotated[bool, Arg("Tell how many people are in it as well.", example="true")] = False


class InfoResult(Ok, kw_only=True):
    """The conversation."""

    channel: Conversation


@method(
    "conversations.info",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(READ),
    rate=Tier.THREE,
    errors=(ChannelNotFound,),
)
async def info(call: Call, args: InfoArgs) -> InfoResult:
    """Tell of a conversation."""
    conversation = await conversations.see_listed(call, args.channel)
    if conversation.is_direct:
        shown = await reading.state_of(call, conversation)
    else:
        shown = await _whole_channel(call, conversation)
    if args.include_locale:
        shown.locale = await conversations.locale_of(call, conversation)
    if args.include_num_members:
        shown.num_members = conversation.num_members
    return InfoResult(channel=shown)


async def _whole_channel(call: Call, conversation: Listed) -> Conversation:
    """A channel with what it lets the caller do."""
    shown = conversations.appearance(call, conversation)
    posts, replies = await posting.rights(call, conversation)
    shown.is_frozen = False
    shown.is_read_only = not posts and not replies
    shown.is_thread_only = not posts and replies
    shown.is_non_threadable = posts and not replies
    return shown


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.list."""

    types: Annotated[
        tuple[str, ...],
        Arg(
            "Kinds of conversations: public_channel, private_channel, mpim, im.",
            invalid=InvalidTypes,
            example="public_channel,private_channel",
        ),
    ] = ("public_channel",)
    exclude_archived: Annotated[bool, Arg("Leave archived channels out.", example="true")] = False
    limit: Annotated[int, Arg("How many at the most, 1 to 999.", invalid=InvalidLimit, least=1, most=MOST, example="20")] = 100
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    team_id: Annotated[str | None, Arg("The workspace, where the token is org-level.")] = None


class ListResult(Ok, kw_only=True):
    """The conversations, and where the next page begins."""

    channels: list[Conversation]


@method(
    "conversations.list",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by(lambda args: scopes_of(args.types), *READ.every),
    rate=Tier.TWO,
    errors=(InvalidCursor, InvalidLimit, InvalidTypes, MissingArgument),
    org_token=OrgToken.NAMES_TEAM,
    team_missing=MissingArgument,
)
async def list_conversations(call: Call, args: ListArgs) -> ListResult:
    """List the conversations of a workspace."""
    kinds = kinds_of(args.types)
    listing = call.listing("conversations.list")
    after = call.context.cursors.open(listing, args.cursor) if args.cursor else ""
    found, next_after = await _first_visible(call, kinds, after, args.limit)
    # The page is cut first: what is archived leaves it shorter, and the next one begins where it would have begun.
    channels = [_limited(call, one) for one in found if not (args.exclude_archived and one.archived)]
    return ListResult(
        channels=channels, response_metadata=page(call.context.cursors.seal(listing, next_after) if next_after else "")
    )


async def _first_visible(call: Call, kinds: frozenset[str], after: str, limit: int) -> tuple[list[Listed], str]:
    """The next conversations of these kinds that the caller may see, and the id that the next page begins after."""
    assert call.standing is not None
    assert call.actor.user is not None
    organization, team, user, directory = call.actor.organization, call.standing.team, call.actor.user, call.work.directory
    stretches = []
    if PUBLIC in kinds and conversations.all_public_visible_to(call.actor):
        stretches.append(await directory.list_public(organization, team, seen_by=user, after=after, limit=limit + 1))
        kinds -= {PUBLIC}
    if kinds:
        own = await directory.list_of(
            Insider(organization, user),
            organization,
            team,
            kinds=kinds,
            seen_by=user,
            all_public=False,
            exclude_archived=False,
            after=after,
            limit=limit + 1,
        )
        stretches.append(own)
    return first_of(stretches, limit)


def _limited(call: Call, conversation: Listed) -> Conversation:
    """A conversation in the list of all, which tells nothing of what the caller has read in it."""
    shown = conversations.appearance(call, conversation)
    shown.last_read = shown.parent_conversation = UNSET
    if not conversation.is_direct:
        shown.num_members = conversation.num_members
    if conversation.kind != MPIM:
        shown.is_open = UNSET
    return shown


class MembersArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.members."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    limit: Annotated[int, Arg("How many at the most, 1 to 999.", invalid=InvalidLimit, least=1, most=MOST, example="20")] = 100
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None


class MembersResult(Ok, kw_only=True):
    """The ids of the people and bots, and where the next page begins."""

    members: list[str]


@method(
    "conversations.members",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(READ),
    rate=Tier.FOUR,
    errors=(ChannelNotFound, InvalidCursor, InvalidLimit),
)
async def members(call: Call, args: MembersArgs) -> MembersResult:
    """List who is in a conversation."""
    conversation = await conversations.see(call, args.channel)
    listing = call.listing("conversations.members", conversation.id)
    organization, _, person = call.context.cursors.open(listing, args.cursor).partition("/") if args.cursor else ("", "", "")
    found = await call.work.directory.list_insiders(
        conversation.organization, conversation.id, after=Insider(organization, person), limit=args.limit + 1
    )
    shown = found[: args.limit]
    more = len(found) > args.limit
    return MembersResult(
        members=[insider.person for insider in shown],
        response_metadata=page(call.context.cursors.seal(listing, "/".join(shown[-1])) if more else ""),
    )
