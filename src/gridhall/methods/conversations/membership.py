"""conversations.join, conversations.leave, conversations.invite, conversations.kick, conversations.mark"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs_by_kind
from gridhall.contract.errors import (
    AlreadyInChannel,
    CantInvite,
    CantInviteSelf,
    CantKickFromGeneral,
    CantKickSelf,
    CantLeaveGeneral,
    ChannelNotFound,
    InvalidArguments,
    InvalidTimestamp,
    InviteeCantSeeChannel,
    IsArchived,
    LastMember,
    MethodNotSupportedForChannelType,
    NoExternalInvitePermission,
    NotInChannel,
    NotSupported,
    NoUser,
    OrgUserNotInTeam,
    RestrictedAction,
    UraMaxChannels,
    UserIsRestricted,
    UserNotFound,
)
from gridhall.contract.objects import Conversation, NotInvited
from gridhall.contract.rates import Tier
from gridhall.contract.scopes import INVITE, JOIN, MANAGE
from gridhall.contract.timestamps import find_ts
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, ResponseMetadata
from gridhall.domain import channels, conversations, membership
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold

MOST_INVITED = 1000
"""People in one invitation. Source: the reference page of conversations.invite."""


class JoinArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.join."""

    channel: Annotated[str, Arg("The public channel.", missing=ChannelNotFound, example="C1234567890")]


class JoinResult(Ok, kw_only=True):
    """The channel. Who was in it already is warned of that."""

    channel: Conversation


@method(
    "conversations.join",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(JOIN),
    rate=Tier.THREE,
    errors=(ChannelNotFound, IsArchived, MethodNotSupportedForChannelType),
    writes=True,
)
async def join(call: Call, args: JoinArgs) -> JoinResult:
    """Come into a public channel."""
    joined = await membership.join(call, await channels.see(call, args.channel))
    result = JoinResult(channel=await _shown(call, args.channel))
    if not joined:
        result.warning = "already_in_channel"
        result.response_metadata = ResponseMetadata(warnings=["already_in_channel"])
    return result


async def _shown(call: Call, id: str) -> Conversation:
    return conversations.appearance(call, await conversations.see_listed(call, id))


class LeaveArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.leave."""

    channel: Annotated[str, Arg("The channel.", missing=ChannelNotFound, example="C1234567890")]


class LeaveResult(Ok, kw_only=True):
    """Who was not in the channel is told so; `ok` is false then, and there is no error."""

    not_in_channel: bool | UnsetType = UNSET


@method(
    "conversations.leave",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.THREE,
    errors=(
        CantLeaveGeneral,
        ChannelNotFound,
        IsArchived,
        LastMember,
        MethodNotSupportedForChannelType,
        UserIsRestricted,
    ),
    writes=True,
)
async def leave(call: Call, args: LeaveArgs) -> LeaveResult:
    """Go out of a channel."""
    if await membership.leave(call, await channels.see(call, args.channel)):
        return LeaveResult()
    return LeaveResult(ok=False, not_in_channel=True)


class InviteArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.invite."""

    channel: Annotated[str, Arg("The channel.", missing=ChannelNotFound, example="C1234567890")]
    users: Annotated[
        tuple[str, ...], Arg("Ids of people and bots, 1,000 at the most.", missing=NoUser, example="W1234567890,U2345678901")
    ]
    force: Annotated[bool, Arg("Whether those come in who can, whatever hinders others.", example="true")] = False


class InviteResult(Ok, kw_only=True):
    """The channel, and who of several could not be invited; where `ok` is false, the first one's code."""

    error: str | UnsetType = UNSET
    channel: Conversation | UnsetType = UNSET
    errors: list[NotInvited] | UnsetType = UNSET


@method(
    "conversations.invite",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(INVITE),
    rate=Tier.THREE,
    errors=(
        AlreadyInChannel,
        CantInvite,
        CantInviteSelf,
        ChannelNotFound,
        InviteeCantSeeChannel,
        IsArchived,
        MethodNotSupportedForChannelType,
        NoExternalInvitePermission,
        NoUser,
        NotInChannel,
        OrgUserNotInTeam,
        UraMaxChannels,
        UserIsRestricted,
        UserNotFound,
    ),
    writes=True,
)
async def invite(call: Call, args: InviteArgs) -> InviteResult:
    """Bring people into a channel."""
    users = list(dict.fromkeys(args.users))
    if not users:
        raise NoUser
    if len(users) > MOST_INVITED:
        raise InvalidArguments(f"[ERROR] must be {MOST_INVITED} at the most: users")
    done = await membership.invite(call, await channels.see(call, args.channel), users, force=args.force)
    errors = [NotInvited(user=user, ok=False, error=why.code) for user, why in done.refused.items()]
    if errors and not (args.force and done.entered):
        return InviteResult(ok=False, error=errors[0].error, errors=errors)
    return InviteResult(channel=await _shown(call, args.channel), errors=errors or UNSET)


class KickArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.kick."""

    channel: Annotated[str, Arg("The channel.", missing=ChannelNotFound, example="C1234567890")]
    user: Annotated[str, Arg("The person or bot.", missing=UserNotFound, example="W1234567890")]


class KickResult(Ok, kw_only=True):
    """Nothing went wrong."""

    errors: dict[str, str]


@method(
    "conversations.kick",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.THREE,
    errors=(
        CantKickFromGeneral,
        CantKickSelf,
        ChannelNotFound,
        MethodNotSupportedForChannelType,
        NotInChannel,
        NotSupported,
        RestrictedAction,
        UserNotFound,
    ),
    writes=True,
)
async def kick(call: Call, args: KickArgs) -> KickResult:
    """Take somebody else out of a channel."""
    await membership.kick(call, await channels.see(call, args.channel), args.user)
    return KickResult(errors={})


class MarkArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.mark."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C012345678")]
    ts: Annotated[
        str, Arg("The `ts` of the newest message that was read.", missing=InvalidTimestamp, example="1593473566.000200")
    ]


@method(
    "conversations.mark",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.THREE,
    errors=(ChannelNotFound, InvalidTimestamp, NotInChannel),
    writes=True,
)
async def mark(call: Call, args: MarkArgs) -> Ok:
    """Note how far one has read."""
    conversation = await conversations.see(call, args.channel, Hold.NOT)
    ts = find_ts(args.ts)
    if ts is None:
        raise InvalidTimestamp
    await membership.mark(call, conversation, ts)
    return Ok()
