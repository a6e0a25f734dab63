"""What a channel tells of what was done to it: messages with a subtype, which stand in its history like all others.

What people wrote is escaped in their texts, so that a topic mentions nobody; the fields beside tell it as it was given.

Sources: the platform's page on the message event, and the one on conversations.setTopic for the wording without a mention.
"""

from typing import TYPE_CHECKING

from msgspec import UNSET

from gridhall.contract.messages import Content
from gridhall.domain.mrkdwn import escaped

if TYPE_CHECKING:
    from gridhall.domain.conversations import Conversation


def joined(channel: "Conversation", person: str, *, inviter: str | None = None) -> Content:
    """Somebody came in; `inviter` is who brought them."""
    kind = _kind(channel)
    return Content(subtype=f"{kind}_join", text=f"<@{person}> has joined the {kind}", inviter=inviter or UNSET)


def left(channel: "Conversation", person: str) -> Content:
    kind = _kind(channel)
    return Content(subtype=f"{kind}_leave", text=f"<@{person}> has left the {kind}")


def topic_set(channel: "Conversation", topic: str) -> Content:
    kind = _kind(channel)
    return Content(subtype=f"{kind}_topic", text=_set(kind, "topic", topic), topic=topic)


def purpose_set(channel: "Conversation", purpose: str) -> Content:
    kind = _kind(channel)
    return Content(subtype=f"{kind}_purpose", text=_set(kind, "purpose", purpose), purpose=purpose)


def renamed(channel: "Conversation", person: str, *, old_name: str, name: str) -> Content:
    kind = _kind(channel)
    text = f'<@{person}> has renamed the {kind} from "{escaped(old_name)}" to "{escaped(name)}"'
    return Content(subtype=f"{kind}_name", text=text, old_name=old_name, name=name)


def archived(channel: "Conversation", person: str) -> Content:
    kind = _kind(channel)
    return Content(subtype=f"{kind}_archive", text=f"<@{person}> archived the {kind}")


def unarchived(channel: "Conversation", person: str) -> Content:
    kind = _kind(channel)
    return Content(subtype=f"{kind}_unarchive", text=f"<@{person}> un-archived the {kind}")


def _kind(channel: "Conversation") -> str:
    """A private channel from before March 2021, which its id tells, is a group in what it says as well."""
    return "group" if channel.is_group else "channel"


def _set(kind: str, what: str, text: str) -> str:
    return f"set the {kind} {what}: {escaped(text)}" if text else f"cleared the {kind} {what}"
