"""What the methods that post or change messages have in common: the arguments that carry content."""

from typing import Annotated, Any

from gridhall.catalogue.arguments import Arg
from gridhall.contract.errors import (
    ChannelNotFound,
    InvalidArguments,
    InvalidAttachments,
    InvalidBlocks,
    InvalidBlocksFormat,
    InvalidMetadataFormat,
    InvalidMetadataSchema,
    MarkdownTextConflict,
    MetadataMustBeSentFromApp,
    MetadataTooLarge,
    MsgTooLong,
    NoText,
    Refusal,
    TooManyAttachments,
)
from gridhall.contract.tokens import Token
from gridhall.domain import attachments, blocks, personas
from gridhall.domain.call import Call
from gridhall.domain.markdown import LONGEST_MARKDOWN

Objects = list[dict[str, Any]]

_BLOCKS = '[{"type": "section", "text": {"type": "plain_text", "text": "Hello world"}}]'
_METADATA = '{"event_type": "task_created", "event_payload": {"id": "11223", "title": "Redesign the home page"}}'
_ATTACHMENTS = '[{"pretext": "pre-hello", "text": "text-world"}]'

CONTENT_ERRORS: tuple[type[Refusal], ...] = (
    InvalidAttachments,
    InvalidBlocks,
    InvalidBlocksFormat,
    MarkdownTextConflict,
    MsgTooLong,
    NoText,
    TooManyAttachments,
)
"""What content may be refused with, wherever it is sent."""

METADATA_ERRORS: tuple[type[Refusal], ...] = (
    InvalidMetadataFormat,
    InvalidMetadataSchema,
    MetadataMustBeSentFromApp,
    MetadataTooLarge,
)
"""What metadata may be refused with beside a whole message."""

Text = Annotated[str | None, Arg("The message; beside blocks what a notification says.", example="Hello world")]
ThreadTs = Annotated[str | None, Arg("The message that this one replies to.", example="1405894322.002768")]
ReplyBroadcast = Annotated[bool, Arg("Whether the channel shows a reply as well.", example="true")]
ParseMode = Annotated[str | None, Arg("`none` links no bare address, `full` takes the text for unformatted.", example="full")]
LinkNames = Annotated[bool, Arg("Whether names of channels, and @here and its like, become links.", example="true")]
UnfurlLinks = Annotated[bool, Arg("Whether links to text are shown with a preview.", example="true")]
UnfurlMedia = Annotated[bool, Arg("Whether links to media are shown with a preview.", example="false")]
Addressee = Annotated[
    str,
    Arg("The conversation, the name of a channel, or the person to write to.", missing=ChannelNotFound, example="C123456"),
]
Blocks = Annotated[
    Objects | None, Arg(f"The message's blocks, up to {blocks.MOST}.", invalid=InvalidBlocksFormat, example=_BLOCKS)
]
Attachments = Annotated[
    Objects | None,
    Arg(f"The message's attachments, up to {attachments.MOST}.", invalid=InvalidAttachments, example=_ATTACHMENTS),
]
Metadata = Annotated[
    dict[str, Any] | None,
    Arg("What the app attaches for other apps to read.", invalid=InvalidMetadataFormat, example=_METADATA),
]
MarkdownText = Annotated[
    str | None,
    Arg(
        f"The message in standard Markdown, up to {LONGEST_MARKDOWN:,} characters, in place of `text` and `blocks`.",
        example="**This is bold text**",
    ),
]

Username = Annotated[
    str | None,
    Arg(f"A name to post under, up to {personas.LONGEST_NAME} characters, with `{personas.SCOPE}`.", example="My Bot"),
]
IconEmoji = Annotated[
    str | None,
    Arg(
        f"An emoji as picture to post under, with `{personas.SCOPE}`; wins over `icon_url`.",
        example=":chart_with_upwards_trend:",
    ),
]
IconUrl = Annotated[
    str | None,
    Arg(f"The address of a picture to post under, with `{personas.SCOPE}`.", example="https://example.com/icon.png"),
]

AsUser = Annotated[
    bool | None, Arg("Says nothing with a person's token, whose messages are their own; a bot cannot say it.", example="true")
]

UNSERVED = frozenset({"current_draft_last_updated_ts", "file_ids"})
"""Arguments that would change the message and are not served yet: a message without what was asked for would be a wrong one."""


def refuse_as_user(call: Call, as_user: bool | None) -> None:
    """Refuse `as_user`, be it true or false, where a bot posts. That the platform does is seen in reports of apps.

    Raises:
        InvalidArguments: it was sent with a bot's token.
    """
    if as_user is not None and call.actor.acts_as is Token.BOT:
        raise InvalidArguments(deprecated_argument="as_user")


def refuse_unserved(call: Call) -> None:
    """Refuse a call whose message cannot be made yet.

    Raises:
        InvalidArguments: an argument is not served yet.
    """
    raw = call.raw or {}
    if UNSERVED.isdisjoint(raw):
        return
    if unserved := sorted(name for name in UNSERVED if raw.get(name) not in (None, "")):
        raise InvalidArguments(*(f"[ERROR] not supported yet: {name}" for name in unserved))
