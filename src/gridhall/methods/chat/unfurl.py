"""chat.unfurl"""

from typing import Annotated, Any

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    AccessDenied,
    CannotAuthUser,
    CannotFindChannel,
    CannotFindMessage,
    CannotFindService,
    CannotParseAttachment,
    CannotUnfurlMessage,
    CannotUnfurlUrl,
    ChannelNotFound,
    ErrorProcessingMetadata,
    InvalidBlocks,
    InvalidMetadataFormat,
    InvalidMetadataSchema,
    InvalidSource,
    InvalidUnfurlId,
    InvalidUnfurlsFormat,
    MessageNotFound,
    MetadataTooLarge,
    MissingChannel,
    MissingSource,
    MissingTs,
    MissingUnfurlId,
    MissingUnfurls,
)
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import blocks, conversations, items, metadata, unfurling
from gridhall.domain.attachments import Attachment
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold
from gridhall.domain.messages import OUT_OF_SIGHT

SOURCES = ("composer", "conversations_history")

COMPOSER = "COMPOSER"
"""What apps are told as the channel of a message that is being written. Source: the platform's page on unfurling links."""


class UnfurlArgs(msgspec.Struct, frozen=True):
    """Arguments of chat.unfurl."""

    channel: Annotated[str | None, Arg("Where the message is; goes with `ts`.", example="C123456")] = None
    ts: Annotated[str | None, Arg("The message's `ts`.", example="1405894322.002768")] = None
    unfurls: Annotated[
        dict[str, Any] | None,
        Arg(
            "The previews, each an attachment, by the addresses that they are of.",
            invalid=InvalidUnfurlsFormat,
            example='{"https://example.com/1": {"text": "One"}}',
        ),
    ] = None
    metadata: Annotated[
        dict[str, Any] | None,
        Arg(
            "Work Objects to preview, in `entities`; each names its link in `app_unfurl_url`.",
            invalid=InvalidMetadataFormat,
        ),
    ] = None
    unfurl_id: Annotated[
        str | None,
        Arg(
            "The link, in place of `channel` and `ts`; goes with `source`.",
            example="Uxxxxxxx-909b5454-75f8-4ac4-b325-1b40e230bbd8",
        ),
    ] = None
    source: Annotated[str | None, Arg("`composer` or `conversations_history`: where the link is.", example="composer")] = None
    user_auth_required: Annotated[
        bool, Arg("Whether the author is asked to sign in to the app, and nothing is previewed before.", example="true")
    ] = False
    user_auth_url: Annotated[
        str | None, Arg("Where the author signs in; they are asked to.", example="https://example.com/onboarding?user_id=xxx")
    ] = None
    user_auth_message: Annotated[str | None, Arg("What the author is asked with; they are asked to sign in.")] = None
    user_auth_blocks: Annotated[list[dict[str, Any]] | None, Arg("The same in blocks.")] = None

    @property
    def prompts(self) -> bool:
        """Whether the author is to sign in. Source: the reference page."""
        return self.user_auth_required or bool(self.user_auth_url or self.user_auth_message or self.user_auth_blocks)


@method(
    "chat.unfurl",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("links:write"),
    rate=Tier.THREE,
    errors=(
        CannotAuthUser,
        CannotFindChannel,
        CannotFindMessage,
        CannotFindService,
        CannotParseAttachment,
        CannotUnfurlMessage,
        CannotUnfurlUrl,
        ErrorProcessingMetadata,
        InvalidBlocks,
        InvalidMetadataFormat,
        InvalidSource,
        InvalidUnfurlId,
        InvalidUnfurlsFormat,
        MissingChannel,
        MissingSource,
        MissingTs,
        MissingUnfurlId,
        MissingUnfurls,
    ),
    writes=True,
)
async def unfurl(call: Call, args: UnfurlArgs) -> Ok:
    """Preview links of a message."""
    channel, ts = _target(args)
    domains = await unfurling.domains_of(call)
    previews = _previews(call, args)
    if channel == COMPOSER:
        # Nobody is seen writing here: there is no such message.
        raise CannotUnfurlMessage
    try:
        conversation = await conversations.see(call, channel, Hold.STEADY)
    except ChannelNotFound as refusal:
        raise CannotFindChannel from refusal
    if conversation.archived:
        raise AccessDenied
    try:
        message = await items.find(call, conversation, ts, held=True)
    except MessageNotFound as refusal:
        raise CannotFindMessage from refusal
    if message.subtype == OUT_OF_SIGHT:
        raise CannotFindMessage
    content = message.read()
    unfurling.require(content, previews, domains)
    if args.prompts:
        # The author is asked in their client, of which nothing is kept.
        await unfurling.require_prompt(call, message)
    elif previews:
        await unfurling.add(call, message, content, previews)
    return Ok()


def _target(args: UnfurlArgs) -> tuple[str, str]:
    """The channel and the `ts` that name the message."""
    if args.source is not None and args.source not in SOURCES:
        raise InvalidSource
    if args.channel is None and args.ts is None and (args.unfurl_id or args.source):
        if args.unfurl_id is None:
            raise MissingUnfurlId
        if args.source is None:
            raise MissingSource
        # Events tell these ids, and none are sent yet.
        raise InvalidUnfurlId
    if args.channel is None:
        raise MissingChannel
    if args.ts is None:
        raise MissingTs
    return args.channel, args.ts


def _previews(call: Call, args: UnfurlArgs) -> dict[str, Attachment]:
    """The previews by their addresses; what a Work Object shows gives way to what is sent for the same link."""
    if args.unfurls is None and args.metadata is None and not args.prompts:
        raise MissingUnfurls
    if args.user_auth_blocks:
        blocks.read(args.user_auth_blocks, at="/user_auth_blocks")
    sent = dict(args.unfurls or {})
    if args.metadata is not None:
        if not isinstance(args.metadata.get("entities"), list) or not args.metadata["entities"]:
            raise InvalidMetadataFormat("[ERROR] must be an array of objects: entities [json-pointer:/metadata]")
        try:
            metadata.read(call, args.metadata, unfurled=True)
        except (InvalidMetadataSchema, MetadataTooLarge) as refusal:
            raise ErrorProcessingMetadata(*refusal.messages) from refusal
        shown = {unfurling.plain(url) for url in sent}
        for entity in args.metadata["entities"]:
            if unfurling.plain(entity["app_unfurl_url"]) not in shown:
                sent[entity["app_unfurl_url"]] = unfurling.of_entity(entity)
    return unfurling.read(sent)
