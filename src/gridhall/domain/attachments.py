"""Attachments: from what a caller sends to what is stored."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec
from msgspec import inspect

from gridhall.contract import attachments as contract
from gridhall.contract.blocks import Block
from gridhall.contract.errors import InvalidAttachments, Refusal, TooManyAttachments
from gridhall.domain import blocks
from gridhall.domain.faults import fault, find
from gridhall.domain.source import Source

MOST = 100
"""Attachments of one message. Source: the reference page of chat.postMessage."""

LONGEST_JSON = 100_000
"""Characters of all attachments of one message, as JSON without blanks."""

LONGEST_TEXT = 8_000
"""Characters of a text, which is cut like a message's."""

NO_PREVIEW = "[no preview available]"
"""What stands for an attachment that has nothing else to stand for it."""

OF_PREVIEWS = frozenset({"is_app_unfurl", "app_unfurl_url", "app_id", "bot_id", "bot_team_id"})
"""Fields that tell which app added an attachment to somebody's message. They are not for senders to say."""

MARKUP = frozenset({"audio_html", "video_html"})
"""Fields of HTML, which clients of old put into their pages."""

_LEFT_OUT = OF_PREVIEWS | MARKUP

_SHOWN = ("text", "pretext", "title", "fallback", "fields", "blocks", "image_url", "thumb_url", "author_name", "footer")
"""Fields of which one is needed for anybody to see something. Actions alone are nothing."""

# Source of the values: attachments as the platform gives them back.
_NAMED_COLORS = {"good": "2eb886", "warning": "daa038", "danger": "a30200"}
_COLOR = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")

_encode = msgspec.json.Encoder().encode
_objects = msgspec.json.Decoder(list[contract.Attachment])
_ATTACHMENT = inspect.type_info(contract.Attachment)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment that was checked.

    Arguments:
        fields: as they are stored, but for the blocks and what depends on other attachments of the message.
    """

    fields: dict[str, Any]
    blocks: list[Block] | None = None


def are_empty(sent: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nobody would see any of these, which may be too many."""
    return len(sent) <= MOST and not any(map(_is_seen, sent))


def read(sent: Sequence[dict[str, Any]], *, too_long: type[Refusal] = InvalidAttachments) -> list[Attachment]:
    """Check attachments. Those in which nobody would see anything are left out, as on the platform.

    What bots send in another type that says the same is put right: see `_righted`.

    Raises:
        TooManyAttachments: there are too many.
        InvalidAttachments: one is wrong, or its blocks are; its messages tell where and why, of each the first fault.
        too_long: all of them together are.
    """
    if len(sent) > MOST:
        raise TooManyAttachments
    json = _encode(sent)
    if len(json) > LONGEST_JSON and len(json.decode()) > LONGEST_JSON:
        raise too_long(fault(f"must have no more than {LONGEST_JSON:,} characters as JSON", "/attachments"))
    try:
        _objects.decode(json)
    except msgspec.ValidationError:
        sent = [_righted(_colored(attachment), _ATTACHMENT) for attachment in sent]
        found = [find(attachment, _objects, f"/attachments/{at}") for at, attachment in enumerate(sent)]
        if any(found):
            raise InvalidAttachments(*filter(None, found)) from None
    return [_read(attachment, at) for at, attachment in enumerate(sent) if _is_seen(attachment)]


def written(attachments: Sequence[Attachment], source: Source) -> msgspec.Raw:
    """The JSON of attachments as it is stored: with their numbers, and those of their actions, which count over all of them."""
    actions = count(1)
    return msgspec.Raw(_encode([_complete(attachment, at, actions, source) for at, attachment in enumerate(attachments, 1)]))


def _is_seen(attachment: Mapping[str, Any]) -> bool:
    return any(map(attachment.get, _SHOWN))


def _colored(sent: dict[str, Any]) -> dict[str, Any]:
    """An attachment whose color is no number any more, as which other products take it."""
    color = sent.get("color")
    return sent | {"color": f"{color:06x}"} if isinstance(color, int) and not isinstance(color, bool) else sent


def _righted(sent: Any, kind: inspect.Type) -> Any:
    """A value in the type that is asked for, where bots send another one: numbers for text and `false` for none, an object
    without fields for an empty array, as PHP writes it, and one string for an array of them. All else stays wrong."""
    match kind:
        case inspect.UnionType():
            # Of several, objects tell by their type which one they are.
            meant = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
            if len(meant) > 1 and isinstance(sent, dict):
                meant = [one for one in meant if isinstance(one, inspect.StructType) and one.tag == sent.get("type")]
            return _righted(sent, meant[0]) if len(meant) == 1 else sent
        case inspect.StructType() if isinstance(sent, dict):
            kinds = {field.name: field.type for field in kind.fields}
            return {name: _righted(value, kinds[name]) if name in kinds else value for name, value in sent.items()}
        case inspect.ListType() if isinstance(sent, list):
            return [_righted(one, kind.item_type) for one in sent]
        case inspect.ListType() if sent == {}:
            return []
        case inspect.ListType(item_type=inspect.StrType()) if isinstance(sent, str):
            return [sent]
        case inspect.StrType() if sent is False:
            return None
        case inspect.StrType() if isinstance(sent, bool | int | float):
            return _encode(sent).decode()
    return sent


def _read(sent: dict[str, Any], at: int) -> Attachment:
    fields = {name: value for name, value in sent.items() if value is not None and name not in _LEFT_OUT}
    inner = fields.pop("blocks", None)
    read = _blocks(inner, f"/attachments/{at}/blocks") if inner else None
    if (color := fields.pop("color", None)) and (shown := _color(color)):
        fields["color"] = shown
    if "fields" in fields:
        fields["fields"] = [_line(line) for line in fields["fields"]]
    if len(text := fields.get("text", "")) > LONGEST_TEXT:
        fields["text"] = text[:LONGEST_TEXT]
    if not fields.get("fallback"):
        fields["fallback"] = fields.get("text") or fields.get("pretext") or fields.get("title") or NO_PREVIEW
    return Attachment(fields, read)


def _blocks(sent: list[dict[str, Any]], at: str) -> list[Block]:
    return blocks.read(sent, at=at, code=InvalidAttachments, two_tables=InvalidAttachments)


def _color(color: str) -> str | None:
    """A color as it is given back. What names none is left out."""
    found = _COLOR.fullmatch(color)
    return found[1] if found else _NAMED_COLORS.get(color)


def _line(sent: dict[str, Any]) -> dict[str, Any]:
    """A line of the table as it is given back."""
    line = {name: value for name, value in sent.items() if value is not None}
    if "short" in line:
        line["short"] = line["short"] not in (False, 0, "", "0", "false")
    return line


def _complete(attachment: Attachment, number: int, actions: Iterator[int], source: Source) -> dict[str, Any]:
    fields = attachment.fields | {"id": number}
    if attachment.blocks is not None:
        fields["blocks"] = blocks.written(attachment.blocks, source)
    if "actions" in fields:
        fields["actions"] = [action | {"id": str(next(actions))} for action in fields["actions"]]
    return fields
