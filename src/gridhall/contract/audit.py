"""What the audit log tells of an act, as its API gives it.

Source: the platform's pages on its Audit Logs API, and its SDKs. An entry holds things as they were when it was written.
"""

import msgspec
from msgspec import UNSET, UnsetType


class User(msgspec.Struct, frozen=True):
    """A person or a bot. `team` is the workspace that they acted in, or the organization."""

    id: str
    name: str
    email: str
    team: str


class Place(msgspec.Struct, frozen=True):
    """A workspace or an organization."""

    id: str
    name: str
    domain: str


class Channel(msgspec.Struct, frozen=True):
    """A conversation."""

    id: str
    name: str
    privacy: str
    is_shared: bool
    is_org_shared: bool
    teams_shared_with: list[str] = []


class Message(msgspec.Struct, frozen=True):
    """A message: where it is and its `ts`, never what it says."""

    team: str
    channel: str
    timestamp: str


class App(msgspec.Struct, frozen=True):
    """An app, with the scopes that it asks people and its bot for."""

    id: str
    name: str
    is_distributed: bool
    scopes: list[str]
    scopes_bot: list[str]
    creator: str
    team: str


Told = User | Place | Channel | Message | App

KINDS: dict[str, type[Told]] = {
    "workspace": Place,
    "enterprise": Place,
    "user": User,
    "channel": Channel,
    "message": Message,
    "app": App,
}
"""What is acted on, by its `type`."""

_TYPES = {str: "string", bool: "boolean", list[str]: "array"}

SCHEMAS = [
    {"type": type, type: {field.name: _TYPES[field.type] for field in msgspec.structs.fields(told)}}
    for type, told in KINDS.items()
]
"""The kinds, each with its fields and what they hold."""


class Location(msgspec.Struct, frozen=True):
    """Where somebody acted: `type` is `workspace` or `enterprise`."""

    type: str
    id: str
    name: str
    domain: str


class Context(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an act came from. `ua` is the User-Agent header; a session's id is a text of digits here."""

    location: Location
    ua: str
    ip_address: str
    session_id: str | None
    app: App | UnsetType = UNSET


def told(type: str, what: Told) -> bytes:
    """An actor or an entity on the wire: its type, and what it is under the type's name."""
    return msgspec.json.encode({"type": type, type: what})


class Entry(msgspec.Struct, frozen=True):
    """One entry as the API answers it. `date_create` is in whole Unix seconds."""

    id: str
    date_create: int
    action: str
    actor: msgspec.Raw
    entity: msgspec.Raw
    context: msgspec.Raw
    details: msgspec.Raw | UnsetType = UNSET


class ResponseMetadata(msgspec.Struct, frozen=True):
    """Where the next page begins: "" where there is none."""

    next_cursor: str


class Logs(msgspec.Struct, frozen=True):
    """A page of entries, the newest first. The platform's answers have no `ok` here."""

    entries: list[Entry]
    response_metadata: ResponseMetadata
