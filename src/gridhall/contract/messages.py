"""A message as answers show it. UNSET fields are left out."""

from typing import Any, Literal, cast

import msgspec
from msgspec import UNSET, UnsetType


class BotProfile(msgspec.Struct, kw_only=True):
    """An app's bot, as the messages that the app posted tell of it."""

    id: str
    app_id: str
    user_id: str | UnsetType = UNSET
    name: str
    icons: dict[str, str]
    deleted: bool
    updated: int
    team_id: str


class Edited(msgspec.Struct, kw_only=True):
    """Who last changed a message, and when."""

    user: str
    ts: str


class Reaction(msgspec.Struct, kw_only=True):
    """One emoji under a message, and who gave it, first come first."""

    name: str
    users: list[str]
    count: int


StreamingState = Literal["in_progress", "completed", "errored"]
"""How far an app has come with a message that it streams. Source: @slack/types."""


class _Written(msgspec.Struct, kw_only=True):
    """What a message says of itself, but for blocks and attachments.

    `user` is missing where no person or bot of the organization wrote it; `username` and `icons` are there where an app posted
    under a name or a picture of its own choice; `topic`, `purpose`, `name`, `old_name` and `inviter` belong to the subtypes
    that tell of such a change; `thread_ts` and `parent_user_id` to replies; `streaming_state` to what an app streamed;
    `unfurl_links` and `unfurl_media` are false where the author wants no previews of links to texts, and to media.
    """

    type: str = "message"
    subtype: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    text: str
    ts: str = ""
    team: str | UnsetType = UNSET
    client_msg_id: str | UnsetType = UNSET
    app_id: str | UnsetType = UNSET
    bot_id: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    icons: dict[str, str] | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    purpose: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    old_name: str | UnsetType = UNSET
    inviter: str | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    edited: Edited | UnsetType = UNSET
    thread_ts: str | UnsetType = UNSET
    parent_user_id: str | UnsetType = UNSET
    streaming_state: StreamingState | UnsetType = UNSET
    unfurl_links: bool | UnsetType = UNSET
    unfurl_media: bool | UnsetType = UNSET


class Content(_Written, kw_only=True):
    """The part of a message that is the same for whoever reads it, and that nobody but its author changes.

    Blocks and attachments are JSON that was checked when it was sent, and that nobody looks into here.
    """

    blocks: msgspec.Raw | UnsetType = UNSET
    attachments: msgspec.Raw | UnsetType = UNSET


class Metadata(msgspec.Struct, kw_only=True):
    """What an app attached to its message for other apps to read. `event_payload` is left out where nobody asked for it."""

    event_type: str | UnsetType = UNSET
    event_payload: dict[str, Any] | UnsetType = UNSET
    entities: list[dict[str, Any]] | UnsetType = UNSET


class Thread(msgspec.Struct, kw_only=True):
    """What a parent tells of its thread. `reply_users` are the first five who replied; without a reply there is no latest."""

    reply_count: int
    reply_users_count: int
    latest_reply: str | UnsetType = UNSET
    reply_users: list[str]
    is_locked: bool = False


class Message(_Written, kw_only=True):
    """A message as one caller sees it.

    `root` is the parent of a reply that was sent to the channel as well; `subscribed` tells whether the caller follows the
    thread, and `last_read` and `unread_count` how far they read it; `permalink` is there only in lists of single messages.
    """

    blocks: list[dict[str, Any]] | UnsetType = UNSET
    attachments: list[dict[str, Any]] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    bot_profile: BotProfile | UnsetType = UNSET
    reply_count: int | UnsetType = UNSET
    reply_users_count: int | UnsetType = UNSET
    latest_reply: str | UnsetType = UNSET
    reply_users: list[str] | UnsetType = UNSET
    is_locked: bool | UnsetType = UNSET
    subscribed: bool | UnsetType = UNSET
    last_read: str | UnsetType = UNSET
    unread_count: int | UnsetType = UNSET
    root: "Message | UnsetType" = UNSET
    reactions: list[Reaction] | UnsetType = UNSET
    pinned_to: list[str] | UnsetType = UNSET
    permalink: str | UnsetType = UNSET


class Told(msgspec.Struct, kw_only=True):
    """What methods tell of a message that they changed or put down: what its author sees of it, without where it stands."""

    type: str
    subtype: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    text: str
    team: str | UnsetType = UNSET
    app_id: str | UnsetType = UNSET
    bot_id: str | UnsetType = UNSET
    bot_profile: BotProfile | UnsetType = UNSET
    blocks: list[dict[str, Any]] | UnsetType = UNSET
    attachments: list[dict[str, Any]] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET


def ready(json: str) -> Message:
    """A message whose JSON is written already: it is encoded as it stands, which is several times faster than field by field.

    Arguments:
        json: what `Message` would encode to; tests hold every answer against the declared type.
    """
    return cast(Message, msgspec.Raw(json.encode()))


def all_ready(messages: list[str]) -> list[Message]:
    """The same for a whole list, whose encoding then costs no more than copying it."""
    return cast(list[Message], msgspec.Raw(f"[{','.join(messages)}]".encode()))
