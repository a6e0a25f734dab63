"""users.conversations"""

from typing import Annotated

import msgspec
from msgspec import UNSET

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
from gridhall.contract.scopes import IM, READ
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import conversations
from gridhall.domain.call import Call
from gridhall.domain.conversations import Listed
from gridhall.domain.directory import Insider, first_of
from gridhall.domain.people import find_visible
from gridhall.methods.conversations.types import kinds_of, scopes_of


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


@method(
    "users.conversations",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by(lambda args: scopes_of(args.types), *READ.every),
    rate=Tier.THREE,
    errors=(InvalidCursor, InvalidLimit, InvalidTypes, MissingArgument),
    org_token=OrgToken.NAMES_TEAM,
    team_missing=MissingArgument,
)
async def list_conversations(call: Call, args: ListArgs) -> ListResult:
    """List the conversations that a person is in."""
    assert call.standing is not None
    assert call.actor.user is not None
    kinds = kinds_of(args.types)
    user = args.user or call.actor.user
    found = await find_visible(call.work, call.actor, call.team, user)
    if found is None:
        raise InvalidArguments("[ERROR] no such user: user")
    if not found.visible:
        raise AccessDenied
    listing = call.listing("users.conversations", user)
    after = call.context.cursors.open(listing, args.cursor) if args.cursor else ""
    theirs = await call.work.directory.list_of(
        Insider(found.person.organization, found.person.id),
        call.actor.organization,
        call.standing.team,
        kinds=kinds,
        seen_by=call.actor.user,
        all_public=conversations.all_public_visible_to(call.actor),
        exclude_archived=args.exclude_archived,
        after=after,
        limit=args.limit + 1,
    )
    shown, next_after = first_of([theirs], args.limit)
    return ListResult(
        channels=[_listed(call, conversation) for conversation in shown],
        response_metadata=page(call.context.cursors.seal(listing, next_after) if next_after else ""),
    )


def _listed(call: Call, conversation: Listed) -> Conversation:
    """A conversation in the list of a person's, which tells of the organization and of no membership."""
    shown = conversations.appearance(call, conversation)
    shown.is_member = UNSET
    if conversation.kind != IM:
        shown.enterprise_id = call.actor.enterprise or UNSET
    return shown
