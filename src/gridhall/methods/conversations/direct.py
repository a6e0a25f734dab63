"""conversations.open, conversations.close"""

from typing import Annotated, cast

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs_by_kind
from gridhall.contract.errors import (
    ChannelNotFound,
    InvalidUserCombination,
    MethodNotSupportedForChannelType,
    NotEnoughUsers,
    TooManyUsers,
    UserDisabled,
    UserNotFound,
    UserNotVisible,
    UsersListNotSupplied,
)
from gridhall.contract.objects import Opened
from gridhall.contract.rates import Tier
from gridhall.contract.scopes import MANAGE
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import conversations, direct, reading
from gridhall.domain.call import Call


class OpenArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.open."""

    channel: Annotated[str | None, Arg("A direct or group conversation; it counts before `users`.", example="D1234567890")] = (
        None
    )
    users: Annotated[
        tuple[str, ...] | None, Arg("Ids of one to eight people beside the caller.", example="W1234567890,U2345678901")
    ] = None
    return_im: Annotated[bool, Arg("Tell the whole conversation, not its id alone.", example="true")] = False
    prevent_creation: Annotated[bool, Arg("Make no conversation where there is none.", example="true")] = False


class OpenResult(Ok, kw_only=True):
    """The conversation; and whether nothing had to be done, since the caller had it open."""

    no_op: bool | UnsetType = UNSET
    already_open: bool | UnsetType = UNSET
    channel: Opened


@method(
    "conversations.open",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.THREE,
    errors=(
        ChannelNotFound,
        InvalidUserCombination,
        MethodNotSupportedForChannelType,
        NotEnoughUsers,
        TooManyUsers,
        UserDisabled,
        UserNotFound,
        UserNotVisible,
        UsersListNotSupplied,
    ),
    writes=True,
)
async def open(call: Call, args: OpenArgs) -> OpenResult:
    """Open the conversation with certain people, which is made where there is none."""
    if args.channel is not None:
        id, was_open = args.channel, not await direct.open(call, await direct.see(call, args.channel))
    elif args.users is not None:
        id, was_open = await direct.open_with(call, args.users, create=not args.prevent_creation)
    else:
        raise UsersListNotSupplied
    told = True if was_open else UNSET
    return OpenResult(channel=await _opened(call, id, whole=args.return_im), no_op=told, already_open=told)


async def _opened(call: Call, id: str, *, whole: bool) -> Opened:
    if not whole:
        return Opened(id=id)
    return cast(Opened, await reading.state_of(call, await conversations.see_listed(call, id)))


class CloseArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.close."""

    channel: Annotated[str, Arg("A direct or group conversation.", missing=ChannelNotFound, example="D1234567890")]


class CloseResult(Ok, kw_only=True):
    """Whether nothing had to be done, since the caller had it closed."""

    no_op: bool | UnsetType = UNSET
    already_closed: bool | UnsetType = UNSET


@method(
    "conversations.close",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.TWO,
    errors=(ChannelNotFound, MethodNotSupportedForChannelType),
    writes=True,
)
async def close(call: Call, args: CloseArgs) -> CloseResult:
    """Close a direct or group conversation until somebody posts there."""
    told = UNSET if await direct.close(call, await direct.see(call, args.channel)) else True
    return CloseResult(no_op=told, already_closed=told)
