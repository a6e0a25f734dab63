"""Unfurling: the previews that apps add to a message for the links in it.

A preview is an attachment that tells which app made it of which link. It stands behind the author's own attachments, as long as
the message holds the link.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.contract.errors import (
    CannotAuthUser,
    CannotFindService,
    CannotParseAttachment,
    CannotUnfurlMessage,
    CannotUnfurlUrl,
    InvalidAttachments,
    InvalidBlocks,
    InvalidUnfurlsFormat,
    TooManyAttachments,
)
from gridhall.contract.messages import Content
from gridhall.domain import attachments, blocks, mrkdwn
from gridhall.domain.attachments import LONGEST_JSON, MOST, Attachment
from gridhall.domain.faults import fault
from gridhall.domain.messages import WRITTEN, Message
from gridhall.domain.mrkdwn import Parse

if TYPE_CHECKING:
    from gridhall.domain.call import Call

Shown = dict[str, Any]
"""An attachment as messages show it."""

_LINK = re.compile(r"<([^\s|<>]+)(?:\|([^<>]*))?>")
_PROTOCOL = re.compile(r"https?://", re.IGNORECASE)
_POINTER = re.compile(r"(?<=json-pointer:)/attachments(?:/0)?")

_encode = msgspec.json.Encoder().encode
_decode_all = msgspec.json.Decoder(list[Shown]).decode


def plain(url: str) -> str:
    """An address as it is; the text of messages writes its ampersands as entities."""
    return url.replace("&amp;", "&")


# What an app sends.


def read(sent: Mapping[str, Any]) -> dict[str, Attachment]:
    """Check previews, by the addresses that they are of.

    Raises:
        InvalidUnfurlsFormat: one is no object.
        InvalidBlocks: the blocks of one are wrong, or of a kind that previews do not show.
        CannotParseAttachment: something else is wrong, there is nothing to show, or too much; its messages tell where.
    """
    if len(sent) > MOST:
        raise CannotParseAttachment(fault(f"must have no more than {MOST} previews", "/unfurls"))
    return {plain(url): _read(url, preview) for url, preview in sent.items()}


def _read(url: str, sent: Any) -> Attachment:
    at = f"/unfurls/{url.replace('~', '~0').replace('/', '~1')}"
    if not isinstance(sent, dict):
        raise InvalidUnfurlsFormat(f"[ERROR] must be an object [json-pointer:{at}]")
    # How it looks while the message is being written is nothing to a message that was posted.
    fields = {name: value for name, value in sent.items() if name != "preview"}
    inner = fields.get("blocks")
    if isinstance(inner, list) and all(isinstance(block, dict) for block in inner):
        _check_blocks(inner, f"{at}/blocks")
        if fields.get("hide_color") and any(block.get("type") != "file" for block in inner):
            raise CannotParseAttachment(f"[ERROR] goes with blocks of files alone [json-pointer:{at}/hide_color]")
    try:
        preview = attachments.read([fields])
    except InvalidAttachments as refusal:
        told = (_POINTER.sub(lambda _: at, message) for message in refusal.messages)
        raise CannotParseAttachment(*told) from refusal
    if not preview:
        raise CannotParseAttachment(f"[ERROR] shows nothing [json-pointer:{at}]")
    return preview[0]


def _check_blocks(sent: list[dict[str, Any]], at: str) -> None:
    # Source: the platform's page on unfurling links, which leaves rich text out.
    for place, block in enumerate(sent):
        if block.get("type") == "rich_text":
            raise InvalidBlocks(f"[ERROR] unsupported type: rich_text [json-pointer:{at}/{place}/type]")
    blocks.read(sent, at=at)


def of_entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    """The preview that a Work Object makes: its name, which leads to it."""
    title = entity["entity_payload"]["attributes"]["title"]["text"]
    return {"title": title, "title_link": entity["url"]}


# Where it goes.


async def domains_of(call: "Call") -> list[str]:
    """The domains that the calling app unfurls.

    Raises:
        CannotFindService: there are none, or the token is no app's.
    """
    app = await call.work.apps.find(call.actor.app) if call.actor.app else None
    if app is None or app.unfurl_domains is None:
        raise CannotFindService
    found: list[str] = msgspec.json.decode(app.unfurl_domains)
    return found


def require(content: Content, urls: Collection[str], domains: Sequence[str]) -> None:
    """Ask whether an app may unfurl these addresses in a message.

    Raises:
        CannotUnfurlMessage: the message has no such link.
        CannotUnfurlUrl: a link leads outside of the app's domains, or the author wants no previews.
    """
    links = links_of(content) if (content.subtype or None) in WRITTEN else frozenset()
    if not links.issuperset(urls):
        raise CannotUnfurlMessage
    if content.unfurl_links is False and content.unfurl_media is False:
        raise CannotUnfurlUrl
    if not all(_is_below(url, domains) for url in urls):
        raise CannotUnfurlUrl


def _is_below(url: str, domains: Sequence[str]) -> bool:
    """Whether an address is on one of the domains or on a part of it, whatever its port."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def links_of(content: Content) -> frozenset[str]:
    """The addresses of the links in a text and in blocks.

    A link whose label is a part of its address, but for the protocol, is a mention of that address and not among them. Source:
    the platform's page on unfurling links.
    """
    found = list(_LINK.findall(content.text))
    left: list[Any] = [] if content.blocks is UNSET else [msgspec.json.decode(content.blocks)]
    while left:
        part = left.pop()
        if isinstance(part, list):
            left += part
        elif isinstance(part, dict):
            kind = part.get("type")
            if kind == "link" and isinstance(part.get("url"), str):
                found.append((part["url"], str(part.get("text") or "")))
            elif kind == "mrkdwn" and isinstance(part.get("text"), str):
                parse = Parse.NONE if part.get("verbatim") else Parse.LINKS
                found += _LINK.findall(mrkdwn.written(part["text"], parse))
            else:
                left += part.values()
    return frozenset(
        plain(url)
        for url, label in found
        if _PROTOCOL.match(url) and not (label and plain(label) in plain(url).partition("://")[2])
    )


async def add(call: "Call", message: Message, content: Content, previews: Mapping[str, Attachment]) -> None:
    """Add an app's previews to a message, which is held, in the place of those that it made of the same links before.

    The message tells of no edit.

    Raises:
        CannotParseAttachment: the message would have too many, or too long ones.
    """
    actor = call.actor
    shown = _shown(content.attachments)
    places = {one["app_unfurl_url"]: at for at, one in enumerate(shown) if _is_preview(one) and one["app_id"] == actor.app}
    for url in places.keys() & previews.keys():
        # Of what is replaced, its place and its number stay.
        shown[places[url]] = {"id": shown[places[url]]["id"]}
    numbers = _Numbers(shown)
    for url, preview in previews.items():
        [made] = _decode_all(attachments.written([preview], call.work.source))
        made |= {"from_url": url, "original_url": url, "app_unfurl_url": url, "is_app_unfurl": True, "app_id": actor.app}
        if actor.app_bot_id is not None:
            made |= {"bot_id": actor.app_bot_id, "bot_team_id": call.team or actor.organization}
        if url in places:
            numbers.give_actions(made)
            shown[places[url]] = made | shown[places[url]]
        else:
            numbers.give(made)
            shown.append(made)
    content.attachments = msgspec.Raw(_encode(shown))
    if len(shown) > MOST or len(_encode([one for one in shown if _is_preview(one)])) > LONGEST_JSON:
        raise CannotParseAttachment(f"[ERROR] no more than {MOST} attachments and {LONGEST_JSON:,} characters allowed")
    await call.work.messages.save_content(message, _encode(content).decode())


async def require_prompt(call: "Call", message: Message) -> None:
    """Ask whether the author of a message can be asked to sign in to the app.

    Raises:
        CannotAuthUser: nobody of the app's organization wrote it who could: a bot, or somebody whose account is closed.
    """
    actor = call.actor
    author = await call.work.people.find(actor.organization, message.person)
    if message.person_organization != actor.organization or author is None or author.is_bot or author.deleted:
        raise CannotAuthUser


# What becomes of it when the message is changed.


def apart(shown: msgspec.Raw | UnsetType) -> tuple[msgspec.Raw | UnsetType, list[Shown]]:
    """The author's own attachments, and the previews of apps."""
    if shown is UNSET or b'"is_app_unfurl":true' not in bytes(shown):
        return shown, []
    every = _shown(shown)
    own = [one for one in every if not _is_preview(one)]
    return msgspec.Raw(_encode(own)) if own else UNSET, [one for one in every if _is_preview(one)]


def together(call: "Call", content: Content, previews: Sequence[Shown], named: Sequence[dict[str, Any]] | None) -> Content:
    """A content with the previews of the links that it still holds.

    Arguments:
        content: it holds the author's own attachments alone.
        named: the previews that stay, by number or address, and further attachments of the author's own; None where all stay.

    Raises:
        InvalidAttachments: a further attachment is wrong, or all of the author's own are too long.
        TooManyAttachments: there are too many altogether.
    """
    if named is not None and len(named) > MOST:
        raise TooManyAttachments
    links = links_of(content)
    kept = [one for one in previews if one["app_unfurl_url"] in links]
    if named is not None:
        ids, urls = {_id_of(one) for one in named}, {_url_of(one) for one in named}
        kept = [one for one in kept if _id_of(one) in ids or one["from_url"] in urls]
    shown = _shown(content.attachments)
    numbers = _Numbers(shown)
    ids, urls = {_id_of(one) for one in previews}, {one["from_url"] for one in previews}
    further = [one for one in named or () if _id_of(one) not in ids and _url_of(one) not in urls]
    for one in _decode_all(attachments.written(attachments.read(further), call.work.source)):
        numbers.give(one)
        shown.append(one)
    if further and len(_encode(shown)) > LONGEST_JSON:
        raise InvalidAttachments(fault(f"must have no more than {LONGEST_JSON:,} characters as JSON", "/unfurled_attachments"))
    taken = {one["id"] for one in shown}
    for preview in kept:
        if preview["id"] in taken:
            numbers.give(preview)
        else:
            numbers.note(preview)
        taken.add(preview["id"])
        shown.append(preview)
    if len(shown) > MOST:
        raise TooManyAttachments
    return msgspec.structs.replace(content, attachments=msgspec.Raw(_encode(shown)) if shown else UNSET)


def _shown(shown: msgspec.Raw | UnsetType) -> list[Shown]:
    return [] if shown is UNSET else _decode_all(shown)


def _is_preview(shown: Shown) -> bool:
    return shown.get("is_app_unfurl") is True


def _id_of(shown: Mapping[str, Any]) -> str:
    return str(shown.get("id"))


def _url_of(named: Mapping[str, Any]) -> str:
    return plain(str(named.get("from_url")))


class _Numbers:
    """The numbers of a message's attachments and of their actions, and new ones that none of them has."""

    def __init__(self, shown: Iterable[Shown]) -> None:
        self._highest = self._highest_action = 0
        for one in shown:
            self.note(one)

    def note(self, shown: Shown) -> None:
        """Count one that has its numbers."""
        if isinstance(shown.get("id"), int):
            self._highest = max(self._highest, shown["id"])
        for action in shown.get("actions", ()):
            if str(action.get("id")).isdigit():
                self._highest_action = max(self._highest_action, int(action["id"]))

    def give(self, shown: Shown) -> None:
        """Give an attachment and its actions new numbers."""
        self._highest += 1
        shown["id"] = self._highest
        self.give_actions(shown)

    def give_actions(self, shown: Shown) -> None:
        """Give the actions alone new numbers."""
        for action in shown.get("actions", ()):
            self._highest_action += 1
            action["id"] = str(self._highest_action)
