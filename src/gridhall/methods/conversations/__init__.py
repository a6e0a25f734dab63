"""conversations.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs_by_kind
from gridhall.contract.errors import (
    AlreadyArchived,
    CantArchiveGeneral,
    ChannelNotFound,
    InvalidNameMaxlength,
    InvalidNamePunctuation,
    InvalidNameRequired,
    InvalidNameSpecials,
    IsArchived,
    MethodNotSupportedForChannelType,
    MissingArgument,
    NameTaken,
    NotArchived,
    NotAuthorized,
    NotInChannel,
    RestrictedAction,
    TooLong,
    UserIsRestricted,
)
from gridhall.contract.objects import Conversation
from gridhall.contract.rates import Tier
from gridhall.contract.scopes import MANAGE, TOPIC, ByKind
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import channels, conversations, reading
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold

CREATE = ByKind(MANAGE.public, MANAGE.private)


class CreateArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.create."""

    name: Annotated[
        str,
        Arg(
            "Small letters, digits, hyphens and underscores, 80 at the most.", missing=InvalidNameRequired, example="mychannel"
        ),
    ]
    is_private: Annotated[bool, Arg("Whether only those see it who are in it.", example="true")] = False
    team_id: Annotated[str | None, Arg("The workspace, where the token is org-level.")] = None


class ChannelArgs(msgspec.Struct, frozen=True):
    """Arguments of a method that needs nothing but a conversation."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]


class RenameArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.rename."""

    channel: Annotated[str, Arg("The channel.", missing=ChannelNotFound, example="C1234567890")]
    name: Annotated[
        str, Arg("The new name; capitals and blanks are replaced.", missing=InvalidNameRequired, example="watercooler")
    ]


class SetTopicArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.setTopic."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    topic: Annotated[
        str, Arg("What is being talked about, in 250 characters; nothing takes the topic away.", blank=True, example="Apples")
    ]


class SetPurposeArgs(msgspec.Struct, frozen=True):
    """Arguments of conversations.setPurpose."""

    channel: Annotated[str, Arg("The conversation.", missing=ChannelNotFound, example="C1234567890")]
    purpose: Annotated[
        str,
        Arg("What the conversation is for, in 250 characters; nothing takes it away.", blank=True, example="To talk of fruit"),
    ]


class ChannelResult(Ok, kw_only=True):
    """The conversation as it is now."""

    channel: Conversation


class SetPurposeResult(ChannelResult, kw_only=True):
    """The conversation as it is now, and its purpose once more."""

    purpose: str


async def _now(call: Call, id: str) -> Conversation:
    """A conversation as the caller has just changed it."""
    return await reading.state_of(call, await conversations.see_listed(call, id))


@method(
    "conversations.create",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(CREATE),
    rate=Tier.TWO,
    errors=(
        InvalidNameMaxlength,
        InvalidNamePunctuation,
        InvalidNameRequired,
        InvalidNameSpecials,
        MissingArgument,
        NameTaken,
        RestrictedAction,
    ),
    org_token=OrgToken.NAMES_TEAM,
    team_missing=MissingArgument,
    writes=True,
)
async def create(call: Call, args: CreateArgs) -> ChannelResult:
    """Make a public or a private channel."""
    id = await channels.create(call, args.name, private=args.is_private)
    return ChannelResult(channel=await _now(call, id))


@method(
    "conversations.archive",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.TWO,
    errors=(
        AlreadyArchived,
        CantArchiveGeneral,
        ChannelNotFound,
        MethodNotSupportedForChannelType,
        NotInChannel,
        RestrictedAction,
    ),
    writes=True,
)
async def archive(call: Call, args: ChannelArgs) -> Ok:
    """Archive a channel: it can be read, and nothing more."""
    await channels.archive(call, await channels.see(call, args.channel))
    return Ok()


@method(
    "conversations.unarchive",
    tokens=Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.TWO,
    errors=(ChannelNotFound, MethodNotSupportedForChannelType, NotArchived),
    writes=True,
)
async def unarchive(call: Call, args: ChannelArgs) -> Ok:
    """Take a channel out of the archive, and be in it."""
    await channels.unarchive(call, await channels.see(call, args.channel))
    return Ok()


@method(
    "conversations.rename",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(MANAGE),
    rate=Tier.TWO,
    errors=(
        ChannelNotFound,
        InvalidNameMaxlength,
        InvalidNamePunctuation,
        InvalidNameRequired,
        InvalidNameSpecials,
        IsArchived,
        MethodNotSupportedForChannelType,
        NameTaken,
        NotAuthorized,
        NotInChannel,
    ),
    writes=True,
)
async def rename(call: Call, args: RenameArgs) -> ChannelResult:
    """Give a channel another name."""
    await channels.rename(call, await channels.see(call, args.channel), args.name)
    listed = await conversations.see_listed(call, args.channel)
    renamed = conversations.appearance(call, listed)
    renamed.num_members = listed.num_members
    renamed.locale = await conversations.locale_of(call, listed)
    return ChannelResult(channel=renamed)


_NOTING = (ChannelNotFound, IsArchived, MethodNotSupportedForChannelType, NotInChannel, TooLong, UserIsRestricted)


@method(
    "conversations.setTopic",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(TOPIC),
    rate=Tier.TWO,
    errors=_NOTING,
    writes=True,
)
async def set_topic(call: Call, args: SetTopicArgs) -> ChannelResult:
    """Say what is being talked about in a conversation."""
    await channels.set_topic(call, await conversations.see(call, args.channel, Hold.CHANGING), args.topic)
    return ChannelResult(channel=await _now(call, args.channel))


@method(
    "conversations.setPurpose",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs_by_kind(TOPIC),
    rate=Tier.TWO,
    errors=_NOTING,
    writes=True,
)
async def set_purpose(call: Call, args: SetPurposeArgs) -> SetPurposeResult:
    """Say what a conversation is for."""
    await channels.set_purpose(call, await conversations.see(call, args.channel, Hold.CHANGING), args.purpose)
    return SetPurposeResult(channel=await _now(call, args.channel), purpose=args.purpose)
