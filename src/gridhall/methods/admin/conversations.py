"""admin.conversations.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    ChannelNotFound,
    ChannelTypeNotSupported,
    DefaultOrgWideChannel,
    InvalidDuration,
    NoPermission,
    NotAnAdmin,
    Refusal,
    RestrictedAction,
    RetentionOverrideNotAllowed,
)
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import conversation_administration
from gridhall.domain.call import Call

READ, WRITE = needs("admin.conversations:read"), needs("admin.conversations:write")

_DELETING: tuple[type[Refusal], ...] = (
    ChannelNotFound,
    ChannelTypeNotSupported,
    DefaultOrgWideChannel,
    NoPermission,
    NotAnAdmin,
    RestrictedAction,
)
_KEEPING = (*_DELETING, RetentionOverrideNotAllowed)


class DeleteArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.conversations.delete."""

    channel_id: Annotated[str, Arg("The channel.", example="C12345")]


@method(
    "admin.conversations.delete",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.TWO,
    errors=_DELETING,
    enterprise_only=True,
    writes=True,
)
async def delete(call: Call, args: DeleteArgs) -> Ok:
    """Delete a channel, with everything that was said there."""
    await conversation_administration.delete(call, args.channel_id)
    return Ok()


class CustomRetentionArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.conversations.getCustomRetention and admin.conversations.removeCustomRetention."""

    channel_id: Annotated[str, Arg("The conversation.", example="C12345678")]


class CustomRetentionResult(Ok, kw_only=True):
    """Whether the conversation keeps its messages for days of its own, and for how many: 0 where it does not."""

    is_policy_enabled: bool
    duration_days: int


@method(
    "admin.conversations.getCustomRetention",
    tokens=Token.USER,
    scopes=READ,
    rate=Tier.TWO,
    errors=_KEEPING,
    enterprise_only=True,
)
async def get_custom_retention(call: Call, args: CustomRetentionArgs) -> CustomRetentionResult:
    """Tell for how many days of its own a conversation keeps its messages."""
    days = await conversation_administration.get_retention(call, args.channel_id)
    return CustomRetentionResult(is_policy_enabled=days > 0, duration_days=days)


class SetCustomRetentionArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.conversations.setCustomRetention."""

    channel_id: Annotated[str, Arg("The conversation.", example="C12345678")]
    duration_days: Annotated[
        int,
        Arg("Days that messages are kept, 1 to 36,499.", invalid=InvalidDuration, least=1, most=36_499, example="500"),
    ]


@method(
    "admin.conversations.setCustomRetention",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.TWO,
    errors=(*_KEEPING, InvalidDuration),
    enterprise_only=True,
    writes=True,
)
async def set_custom_retention(call: Call, args: SetCustomRetentionArgs) -> Ok:
    """Have a conversation keep its messages for days of its own."""
    await conversation_administration.set_retention(call, args.channel_id, args.duration_days)
    return Ok()


@method(
    "admin.conversations.removeCustomRetention",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.TWO,
    errors=_KEEPING,
    enterprise_only=True,
    writes=True,
)
async def remove_custom_retention(call: Call, args: CustomRetentionArgs) -> Ok:
    """Have a conversation keep its messages as the organization does again."""
    await conversation_administration.set_retention(call, args.channel_id, 0)
    return Ok()
