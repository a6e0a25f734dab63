"""Who may post where."""

import json
from typing import TYPE_CHECKING

from gridhall.contract.errors import (
    CannotReplyToMessage,
    IsArchived,
    NotInChannel,
    Refusal,
    RestrictedAction,
    RestrictedActionNonThreadableChannel,
    RestrictedActionReadOnlyChannel,
    RestrictedActionThreadOnlyChannel,
)
from gridhall.contract.roles import Role
from gridhall.contract.scopes import PUBLIC
from gridhall.contract.tokens import Token
from gridhall.domain import items, roles
from gridhall.domain.conversations import EVERYONE, Seen
from gridhall.domain.messages import OUT_OF_SIGHT, Message
from gridhall.domain.threads import TOMBSTONE, UNTHREADABLE

if TYPE_CHECKING:
    from gridhall.domain.call import Call

GONE = (TOMBSTONE, OUT_OF_SIGHT)
"""Kinds of what stands in a message's place: there is nothing to answer but a thread that goes on."""

WRITE_PUBLIC = "chat:write.public"

RESTRICTED: tuple[type[Refusal], ...] = (
    RestrictedAction,
    RestrictedActionNonThreadableChannel,
    RestrictedActionReadOnlyChannel,
    RestrictedActionThreadOnlyChannel,
)
"""What a preference keeps somebody from posting with, for methods that tell less of the reason."""


async def require(call: "Call", conversation: Seen, *, reply: bool, broadcast: bool = False, public: bool = False) -> None:
    """Ask whether the caller may post in a conversation that they see.

    Arguments:
        reply: whether it is a reply in a thread.
        broadcast: whether the channel is to show a reply, which is to post there as well.
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
    if conversation.posting == conversation.threads == EVERYONE and not conversation.general:
        return
    posts, replies = await rights(call, conversation)
    if reply and not replies:
        raise RestrictedActionNonThreadableChannel if posts else RestrictedActionReadOnlyChannel
    if (not reply or broadcast) and not posts:
        if not await _may_post_general(call, conversation):
            raise RestrictedAction
        raise RestrictedActionThreadOnlyChannel if replies else RestrictedActionReadOnlyChannel


async def rights(call: "Call", conversation: Seen) -> tuple[bool, bool]:
    """Whether the channel and its workspace let the caller post, and reply in threads."""
    among = await _is_among(call, conversation, conversation.posting)
    posts = among and await _may_post_general(call, conversation)
    if conversation.threads == conversation.posting:
        return posts, among
    return posts, await _is_among(call, conversation, conversation.threads)


def _writes_public(call: "Call", conversation: Seen) -> bool:
    actor = call.actor
    return actor.acts_as is Token.BOT and conversation.kind == PUBLIC and WRITE_PUBLIC in actor.scopes


async def _is_among(call: "Call", conversation: Seen, who: str) -> bool:
    """Whether the caller is among those whom the JSON text `"everyone"`, `"admins"` or `{"users": [ids]}` names."""
    if who == EVERYONE:
        return True
    if who == '"admins"':
        return await roles.at_home(call, conversation) >= Role.ADMIN
    return call.actor.user in json.loads(who)["users"]


async def _may_post_general(call: "Call", conversation: Seen) -> bool:
    """Whether the workspace lets the caller post, which has a say in its general channel alone. Replies are everybody's."""
    if not conversation.general:
        return True
    assert conversation.workspace is not None
    workspace = await call.work.workspaces.find(conversation.organization, conversation.workspace)
    assert workspace is not None
    least = {"everyone": Role.GUEST, "regular": Role.MEMBER, "admins": Role.ADMIN, "owners": Role.OWNER}
    return await roles.at_home(call, conversation) >= least.get(workspace.who_can_post_general, Role.ADMIN)


async def parent_of(call: "Call", conversation: Seen, thread_ts: str) -> Message:
    """The message that a reply names, held until the unit ends. The `ts` of a reply means the thread that it is in.

    Raises:
        CannotReplyToMessage: there is no such message, or nobody can reply to it.
    """
    parent = await items.look_up_parent(call, conversation, thread_ts, held=True)
    if parent is None or parent.subtype in UNTHREADABLE or (parent.subtype in GONE and parent.visible_thread is None):
        raise CannotReplyToMessage
    return parent
