"""Who may post where."""

import json
from typing import TYPE_CHECKING

from gridhall.contract.errors import (
    CannotReplyToMessage,
    IsArchived,
    NotInChannel,
    RestrictedAction,
    RestrictedActionNonThreadableChannel,
    RestrictedActionReadOnlyChannel,
    RestrictedActionThreadOnlyChannel,
)
from gridhall.contract.roles import Role
from gridhall.contract.scopes import PUBLIC
from gridhall.contract.timestamps import find_ts
from gridhall.contract.tokens import Token
from gridhall.domain.conversations import Seen
from gridhall.domain.messages import Message
from gridhall.domain.threads import TOMBSTONE

if TYPE_CHECKING:
    from gridhall.domain.call import Call

WRITE_PUBLIC = "chat:write.public"

UNTHREADABLE = frozenset({"channel_join", "channel_leave", "group_join", "group_leave"})
"""Kinds of messages that nobody can reply to. Source: the reference page of conversations.replies."""


async def require(call: "Call", conversation: Seen, *, reply: bool, public: bool = False) -> None:
    """Ask whether the caller may post in a conversation that they see.

    Arguments:
        reply: whether it is a reply in a thread.
        public: whether `chat:write.public` serves a bot that is no member of a public channel.

    Raises:
        IsArchived: the channel is archived.
        NotInChannel: the caller is no member.
        RestrictedActionReadOnlyChannel: neither posts nor replies are for this caller.
        RestrictedActionThreadOnlyChannel: replies are, posts are not.
        RestrictedActionNonThreadableChannel: posts are, replies are not.
        RestrictedAction: the workspace restricts who posts in its general channel.
    """
    if conversation.archived:
        raise IsArchived
    if not conversation.member and not (public and _writes_public(call, conversation)):
        raise NotInChannel
    posts, replies = _is_among(call, conversation, conversation.posting), _is_among(call, conversation, conversation.threads)
    if reply and not replies:
        raise RestrictedActionNonThreadableChannel if posts else RestrictedActionReadOnlyChannel
    if not reply and not posts:
        raise RestrictedActionThreadOnlyChannel if replies else RestrictedActionReadOnlyChannel
    if conversation.general and not reply and not await _may_post_general(call, conversation):
        raise RestrictedAction


def _writes_public(call: "Call", conversation: Seen) -> bool:
    actor = call.actor
    return actor.acts_as is Token.BOT and conversation.kind == PUBLIC and WRITE_PUBLIC in actor.scopes


def role_in(call: "Call", conversation: Seen) -> Role:
    """How high the caller stands where a conversation is at home. Who is of another organization is a mere member there."""
    actor = call.actor
    if actor.organization != conversation.organization:
        return min(actor.role, Role.MEMBER)
    if call.standing is None and conversation.workspace in actor.standings:
        return actor.standings[conversation.workspace].role
    return call.standing.role if call.standing is not None else actor.role


def _is_among(call: "Call", conversation: Seen, who: str) -> bool:
    """Whether the caller is among those whom the JSON text `"everyone"`, `"admins"` or `{"users": [ids]}` names."""
    if who == '"everyone"':
        return True
    if who == '"admins"':
        return role_in(call, conversation) >= Role.ADMIN
    return call.actor.user in json.loads(who)["users"]


async def _may_post_general(call: "Call", conversation: Seen) -> bool:
    assert conversation.workspace is not None
    workspace = await call.work.workspaces.find(conversation.organization, conversation.workspace)
    assert workspace is not None
    least = {"everyone": Role.GUEST, "regular": Role.MEMBER, "admins": Role.ADMIN, "owners": Role.OWNER}
    return role_in(call, conversation) >= least.get(workspace.who_can_post_general, Role.ADMIN)


async def parent_of(call: "Call", conversation: Seen, thread_ts: str) -> Message:
    """The message that a reply names, held until the unit ends. The `ts` of a reply means the thread that it is in.

    Raises:
        CannotReplyToMessage: there is no such message, or nobody can reply to it.
    """
    messages, ts = call.work.messages, find_ts(thread_ts)
    parent = await messages.lock(conversation.organization, conversation.id, ts) if ts is not None else None
    if parent is not None and parent.thread_ts is not None:
        parent = await messages.lock(conversation.organization, conversation.id, parent.thread_ts)
    if parent is None or parent.subtype in UNTHREADABLE or (parent.subtype == TOMBSTONE and parent.thread is None):
        raise CannotReplyToMessage
    return parent
