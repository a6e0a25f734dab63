"""users.conversations"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs_by
from gridhall.contract.errors import (
    AccessDenied,
    InvalidArguments,
    InvalidCursor,
    InvalidLimit,
    InvalidTypes,
    MissingArgument,
)
from gridhall.contract.objects import Conversation
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import conversations
from gridhall.domain.call import Call
from gridhall.domain.people import find_visible

# What clients call each kind, what we call it, and the scope that reading it needs.
TYPES = {
    "public_channel": (conversations.PUBLIC, "channels:read"),
    "private_channel": (conversations.PRIVATE, "groups:read"),
    "im": (conversations.IM, "im:read"),
    "mpim": (conversations.MPIM, "mpim:read"),
}


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of users.conversations."""

    user: Annotated[str | None, Arg("Whose conversations; by default the caller's own.", example="W0B2345D")] = None
    types: Annotated[
        tuple[str, ...],
        Arg("Kinds of conversations: public_channel, private_channel, mpim, im.", invalid=InvalidTypes, example="im,mpim"),
    ] = ("public_channel",)
    exclude_archived: Annotated[bool, Arg("Leave archived channels out.", example="true")] = False
    limit: Annotated[int, Arg("How many at the most, 1 to 999.", invalid=InvalidLimit, least=1, most=999, example="20")] = 100
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    team_id: Annotated[str | None, Arg("The workspace, where the token is org-level.")] = None


class ListResult(Ok, kw_only=True):
    """The conversations, and where the next page begins."""

    channels: list[Conversation]


def _scopes(args: ListArgs) -> tuple[str, ...]:
    """The scope of each kind asked for; of an unknown kind none, since it is refused as such."""
    return tuple(TYPES[name][1] for name in args.types if name in TYPES)


@method(
    "users.conversations",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by(_scopes, *(scope for _, scope in TYPES.values())),
    rate=Tier.THREE,
    errors=(InvalidCursor, InvalidLimit, InvalidTypes, MissingArgument),
    org_token=OrgToken.NAMES_TEAM,
    team_missing=MissingArgument,
)
async def list_conversations(call: Call, args: ListArgs) -> ListResult:
    """List the conversations that a person is in."""
    assert call.standing is not None
    assert call.actor.user is not None
    if not args.types or any(name not in TYPES for name in args.types):
        raise InvalidTypes
    user = args.user or call.actor.user
    found = await find_visible(call.work, call.actor, call.team, user)
    if found is None:
        raise InvalidArguments("[ERROR] no such user: user")
    if not found.visible:
        raise AccessDenied
    listing = call.listing("users.conversations", user)
    after = call.context.cursors.open(listing, args.cursor) if args.cursor else ""
    listed = await call.work.conversations.list_of(
        found.person,
        call.actor.organization,
        call.standing.team,
        kinds=frozenset(TYPES[name][0] for name in args.types),
        seen_by=call.actor.user,
        all_public=conversations.all_public_visible_to(call.actor),
        exclude_archived=args.exclude_archived,
        after=after,
        limit=args.limit + 1,
    )
    shown = listed[: args.limit]
    more = len(listed) > args.limit
    return ListResult(
        channels=[conversations.appearance(call, conversation) for conversation in shown],
        response_metadata=page(call.context.cursors.seal(listing, shown[-1].id) if more else ""),
    )
