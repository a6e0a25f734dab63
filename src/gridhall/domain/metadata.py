"""What an app attaches to its messages for other apps to read: an event of its own making, Work Objects, or both."""

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.entities import Entity, Item
from gridhall.contract.errors import (
    InvalidMetadataFormat,
    InvalidMetadataSchema,
    MetadataMustBeSentFromApp,
    MetadataTooLarge,
    Refusal,
)
from gridhall.domain import faults
from gridhall.domain.faults import look

if TYPE_CHECKING:
    from gridhall.domain.call import Call

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]

LONGEST = 16 * 1024
"""Bytes of the JSON of all that is attached to one message. The platform names its refusal but no figure."""

_encode = msgspec.json.Encoder().encode


class _Sent(msgspec.Struct):
    """What is attached. An event's payload is the app's own: the platform's guidelines for it are not enforced."""

    event_type: Annotated[str, Meta(min_length=1)] | None = None
    event_payload: dict[str, Any] | None = None
    entities: list[Entity] | None = None


_KEPT = _Sent.__struct_fields__

_sent = msgspec.json.Decoder(list[_Sent])
_items = msgspec.json.Decoder(list[Item])


class Fault(Exception):
    """What is attached cannot be.

    Arguments:
        code: what refuses it.
        path: where: keys and indexes, none for all of it.
        why: in a few words.
    """

    def __init__(self, code: type[Refusal], path: Path, why: str) -> None:
        super().__init__(code, path, why)
        self.code = code
        self.path = path
        self.why = why

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in ("metadata", *self.path))
        return "".join(f"/{step}" for step in steps)


def read(call: "Call", sent: dict[str, Any] | None, *, unfurled: bool = False) -> str | None:
    """The JSON of what an app attaches to a message, ready to be stored; None where it attaches nothing.

    Arguments:
        sent: None where nothing was said about it, empty where nothing is to be attached.
        unfurled: whether the entities stand in for links of the message, which each must name.

    Raises:
        MetadataMustBeSentFromApp: the caller's token belongs to no app.
        InvalidMetadataFormat, InvalidMetadataSchema, MetadataTooLarge: see `written`; the message tells where and why.
    """
    if sent is None:
        return None
    if call.actor.app is None:
        raise MetadataMustBeSentFromApp
    if not sent:
        return None
    try:
        return written(sent, unfurled=unfurled)
    except Fault as fault:
        raise fault.code(faults.fault(fault.why, fault.pointer)) from fault


def written(sent: dict[str, Any], *, unfurled: bool = False) -> str:
    """The JSON that is stored of what is attached to a message. Keys that mean nothing are left out.

    Raises:
        Fault: of InvalidMetadataFormat where there is neither a whole event nor an entity, of InvalidMetadataSchema where a
            part is missing or of the wrong kind, of MetadataTooLarge where all of it together is too long.
    """
    read = _converted(sent, _sent, ())
    if not read.entities:
        for name in ("entities",) if unfurled else ("event_type", "event_payload"):
            if sent.get(name) in (None, []):
                raise Fault(InvalidMetadataFormat, (), f"needs the field `{name}`")
    for place, entity in enumerate(read.entities or ()):
        if unfurled and entity.app_unfurl_url is None:
            raise Fault(InvalidMetadataSchema, ("entities", place), "needs the field `app_unfurl_url`")
        for name, field in (entity.entity_payload.fields or {}).items():
            _converted(field, _items, ("entities", place, "entity_payload", "fields", name))
    json = _encode({name: sent[name] for name in _KEPT if sent.get(name) not in (None, [])})
    if len(json) > LONGEST:
        raise Fault(MetadataTooLarge, (), f"must be no longer than {LONGEST:,} bytes")
    return json.decode()


def _converted(value: object, kinds: msgspec.json.Decoder[list[T]], path: Path) -> T:
    """The value as one of the kind that `kinds` is a list of, `path` being where it stands."""
    try:
        return kinds.decode(_encode([value]))[0]
    except msgspec.ValidationError as error:
        found = look(value, kinds)
        assert found is not None
        raise Fault(InvalidMetadataSchema, (*path, *found.steps), found.why) from error


class Asked(NamedTuple):
    """How much of it a reader asked for.

    Arguments:
        whole: everything.
        keys: of an event's payload these keys; without any, all of it where the whole was asked for, else none.
    """

    whole: bool = False
    keys: frozenset[str] = frozenset()


EVENT_TYPE, WHOLE = Asked(), Asked(whole=True)


class _Type(msgspec.Struct, omit_defaults=True):
    event_type: str | None = None


class _Seen(msgspec.Struct):
    entities: msgspec.Raw | UnsetType = UNSET


_decode_type = msgspec.json.Decoder(_Type).decode
_decode_seen = msgspec.json.Decoder(_Seen).decode


def shows(metadata: str | None) -> bool:
    """Whether people see any of it: a Work Object is a message in itself, an event is for apps alone."""
    return metadata is not None and _decode_seen(metadata).entities is not UNSET


def told(metadata: str, asked: Asked) -> str:
    """What a reader is told of it, as JSON; empty where that is nothing."""
    if asked == WHOLE:
        return metadata
    if not asked.keys:
        shown = _decode_type(metadata)
        return _encode(shown).decode() if shown.event_type is not None else ""
    parts = msgspec.json.decode(metadata)
    if not asked.whole:
        parts.pop("entities", None)
    payload = parts.get("event_payload")
    if payload is not None:
        parts["event_payload"] = {key: value for key, value in payload.items() if key in asked.keys}
    return _encode(parts).decode() if parts else ""
