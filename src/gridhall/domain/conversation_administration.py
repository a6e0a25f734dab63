"""What administrators of an organization do to its conversations: delete them, and say how long their messages are kept.

They need not be in a conversation, nor able to see it otherwise. Source of what they may: the reference pages of
admin.conversations.*.
"""

from typing import TYPE_CHECKING

from gridhall.contract.errors import (
    ChannelNotFound,
    ChannelTypeNotSupported,
    DefaultOrgWideChannel,
    RestrictedAction,
    RetentionOverrideNotAllowed,
)
from gridhall.domain import audit, deletion, retention
from gridhall.domain.conversations import Conversation, Hold
from gridhall.domain.roles import require_admin

if TYPE_CHECKING:
    from gridhall.domain.call import Call
    from gridhall.domain.organizations import Organization


async def delete(call: "Call", id: str) -> None:
    """Delete a channel, be it archived.

    Raises:
        ChannelTypeNotSupported: it is a direct or group conversation, or see `_reach`.
        Refusal: see `_reach`.
    """
    channel = await _reach(call, id, Hold.CHANGING)
    if channel.is_direct:
        raise ChannelTypeNotSupported
    await deletion.delete(call, channel)


async def get_retention(call: "Call", id: str) -> int:
    """For how many days of its own a conversation keeps its messages, 0 where it has none.

    Raises:
        Refusal: see `_reach_kept`.
    """
    conversation, _ = await _reach_kept(call, id, Hold.NOT)
    return conversation.retention_days


async def set_retention(call: "Call", id: str, days: int) -> None:
    """Have a conversation keep its messages for days of its own, 0 for as long as the organization does.

    What is past its days then goes with the next round of retention, which begins now.

    Raises:
        Refusal: see `_reach_kept`.
    """
    work = call.work
    conversation, organization = await _reach_kept(call, id, Hold.CHANGING)
    if conversation.retention_days == days:
        return
    await work.conversations.save_retention(conversation.organization, conversation.id, days)
    await retention.begin(work, conversation.organization)
    details: dict[str, object] = {
        "old_retention_policy": retention.policy(organization, conversation.retention_days),
        "new_retention_policy": retention.policy(organization, days),
    }
    entity = await audit.channel(work, conversation)
    await audit.write(work, organization.id, "channel_retention_changed", entity=entity, actor=call.actor, details=details)


async def _reach_kept(call: "Call", id: str, hold: Hold) -> "tuple[Conversation, Organization]":
    """The conversation whose retention an administrator means, and the organization whose it is.

    Raises:
        RetentionOverrideNotAllowed: the organization lets no conversation have days of its own.
        Refusal: see `_reach`.
    """
    conversation = await _reach(call, id, hold)
    organization = await call.work.organizations.find(conversation.organization)
    assert organization is not None
    if not organization.retention_override_allowed:
        raise RetentionOverrideNotAllowed
    return conversation, organization


async def _reach(call: "Call", id: str, hold: Hold) -> Conversation:
    """The conversation that an administrator means.

    Raises:
        NoPermission, NotAnAdmin: the caller is no administrator.
        ChannelNotFound: the organization has no such conversation and none is shared with it, or it is deleted.
        RestrictedAction: it is another organization's.
        DefaultOrgWideChannel: it is in every workspace, and the general channel of some.
        ChannelTypeNotSupported: it is the general channel of a workspace.
    """
    require_admin(call.actor)
    organization = call.actor.organization
    found = await call.work.oversight.find(
        id, organization=organization, workspace=None, deleted_since=call.work.source.seconds(), hold=hold
    )
    if found is None or found.is_deleted:
        raise ChannelNotFound
    if found.organization != organization:
        raise RestrictedAction
    if found.general:
        raise DefaultOrgWideChannel if found.org_wide else ChannelTypeNotSupported
    return found
