"""An organization of any size around tests/data/realm.yaml, written in bulk, and what there is in it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import asyncpg
import msgspec
from sqlalchemy import Table, bindparam, select

from gridhall.contract.messages import Content, Edited
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.contract.timestamps import ts_text
from gridhall.domain.direct import key_of
from gridhall.domain.tombstones import Cover, Original, Tombstone, covered
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.storage import on_postgres, opened, raw_sqlite

REALM, CROWN, OVERSEER = "E0REALM0001", "T0CROWN0001", "W0OLA000001"
OVERSEAS, SEAS, SID = "E0SEAS00001", "T0SEAS00001", "W0SID000001"
OWNER = "xoxp-ola-org"
ROAMERS = {f"xoxp-{name}-org": f"W0{name.upper()}000001" for name in ("ray", "ria", "rob", "rut")}
"""Those who come and go, by their tokens: they are in every workspace."""

HALL = "C0HALL00001"
"""A channel of the whole organization, with everybody in it or out of it again, and a fifth of all messages."""

COVER = "Removed by a realm"

_BEGAN = 1_500_000_000
_STORIES = 20
"""One conversation of so many has messages that were edited, deleted, and taken out of sight."""


class Size(NamedTuple):
    """How much of everything."""

    workspaces: int
    people: int
    conversations: int
    messages: int


@dataclass
class Place:
    """A conversation.

    Arguments:
        teams: the workspaces of the organization that it is in.
        host: the organization whose it is.
        members: who is in it (0) and who was, with the time when they left.
        deleted_at: 0 unless it is deleted.
    """

    id: str
    kind: str
    teams: list[str]
    members: dict[str, int]
    host: str = REALM
    connected: bool = False
    archived: bool = False
    deleted_at: int = 0
    messages: int = 0

    @property
    def wide(self) -> bool:
        """Whether it belongs to no workspace alone."""
        return len(self.teams) + self.connected != 1 or self.id == HALL

    @property
    def gone(self) -> bool:
        """Whether it was deleted so long ago that nobody is told of it."""
        return 0 < self.deleted_at < time.time() - 86_400

    @property
    def has_stories(self) -> bool:
        return int(self.id[2:]) % _STORIES == 0 if self.id != HALL else True


@dataclass
class Realm:
    """What is there. The first of the people is in more conversations than anybody else."""

    size: Size
    workspaces: list[str]
    people: list[str]
    places: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, size: Size) -> "Realm":
        realm = cls(
            size,
            [CROWN, *(f"T1{number:08d}" for number in range(size.workspaces - 1))],
            [OVERSEER, *ROAMERS.values(), *(f"W1{number:08d}" for number in range(size.people - 1 - len(ROAMERS)))],
        )
        now = int(time.time())
        busy, *active = [person for person in realm.people[5:] if not _is_deactivated(person)]
        realm.places[HALL] = Place(
            HALL, PUBLIC, [CROWN], {p: _BEGAN + 9 if n % 10 == 9 else 0 for n, p in enumerate(realm.people)}
        )
        places = [_place(number, realm.workspaces, busy, active, now) for number in range(size.conversations - 1)]
        realm.places |= {place.id: place for place in sorted(places, key=lambda place: place.id)}
        each = size.messages * 4 // 5 // size.conversations
        for place in realm.places.values():
            place.messages = each
        realm.places[HALL].messages = size.messages - each * (size.conversations - 1)
        return realm

    @property
    def busy(self) -> str:
        return self.people[5]

    @property
    def told(self) -> dict[str, Place]:
        """The conversations that an overseer is told of."""
        return {id: place for id, place in self.places.items() if not place.gone}

    @cached_property
    def stays(self) -> dict[str, list[Place]]:
        """Where everybody is, and was."""
        found: dict[str, list[Place]] = {}
        for place in self.places.values():
            for person in place.members:
                found.setdefault(person, []).append(place)
        return found

    def stories(self) -> Iterator[str]:
        """The conversations whose messages have stories."""
        return (id for id, place in self.places.items() if place.has_stories and not place.gone and place.host == REALM)


def ts_of(number: int) -> int:
    """The `ts` of the message of this number in each conversation, in microseconds."""
    return (_BEGAN + number * 30) * 1_000_000 + 100


EDITED, DELETED, COVERED, EDITED_AND_COVERED = 1, 2, 3, 4
"""The numbers of the messages with stories."""


def _is_deactivated(person: str) -> bool:
    return int(person[2:]) % 20 == 19


def _place(number: int, workspaces: list[str], busy: str, active: list[str], now: int) -> Place:
    """The conversation of this number: of ten, six are channels of a workspace, two direct, one is a group's, one is shared."""

    def some(first: int, *steps: int) -> list[str]:
        return list(dict.fromkeys(active[(first + step) % len(active)] for step in steps))

    kind, tenth = number % 10, number // 10
    # Anywhere among the others', as ids are.
    digits = f"{(number * 7_919_777 + 1) % 1_000_000_000:09d}"
    if kind in (6, 7):
        return Place(f"D1{digits}", IM, [], dict.fromkeys(some(tenth, 0, kind - 5), 0))
    if kind == 8:
        return Place(f"G1{digits}", MPIM, [], dict.fromkeys(some(tenth, 0, 3, 7), 0))
    team = workspaces[(number + tenth) % len(workspaces)]
    members = dict.fromkeys(some(number * 7, 0, 1, 2), 0) | dict.fromkeys(some(number * 7, 5), _BEGAN + 9)
    if kind in (0, 5):
        members[busy] = _BEGAN + 9 if tenth % 4 == 0 else 0
    place = Place(f"C1{digits}", PRIVATE if number % 3 == 0 else PUBLIC, [team], members, archived=number % 17 == 0)
    if kind < 6:
        place.deleted_at = now - 3600 if number % 101 == 100 else now - 200_000 if number % 103 == 100 else 0
        return place
    several = list(dict.fromkeys((team, *(workspaces[(number + tenth + step) % len(workspaces)] for step in (1, 4)))))
    match tenth % 6:
        case 0 | 1 | 2:
            place.teams = several
        case 3:
            place.connected = True
        case 4:
            place.host, place.connected = OVERSEAS, True
        case 5:
            place.host, place.connected, place.teams = OVERSEAS, True, several
    if place.connected:
        members[SID] = 0
    return place


async def build(url: str, size: Size) -> Realm:
    """Write an organization of this size into a database that holds realm.yaml."""
    realm = Realm.of(size)
    async with opened(url) as storage:
        person = await _template(storage, tables.people, ROAMERS["xoxp-ray-org"])
        workspace = await _template(storage, tables.workspaces, CROWN)
        hall = await _template(storage, tables.conversations, HALL)
    for table, rows in _rows(realm, person, workspace, hall):
        await _pour(url, table, rows)
    if not url.startswith("sqlite"):
        # As it does by itself, once it has had a minute to look at what came in.
        await on_postgres(url, "ANALYZE")
    return realm


async def _template(storage: Any, table: Table, id: str) -> dict[str, Any]:
    """The row of this id."""
    names = [column.name for column in table.c]
    statement = Statement(
        select(*table.c).where(table.c.id == bindparam("id")), lambda *row: dict(zip(names, row, strict=True))
    )

    async def unit(work: Any) -> dict[str, Any]:
        assert isinstance(work, SqlWork)
        found = await work.connection.one(statement, id=id)
        assert found is not None
        return found

    row: dict[str, Any] = await storage.read(unit)
    return row


Rows = Iterable[dict[str, Any]]


def _rows(
    realm: Realm, person: dict[str, Any], workspace: dict[str, Any], hall: dict[str, Any]
) -> Iterator[tuple[Table, Rows]]:
    more, places = realm.workspaces[1:], realm.places.values()
    others = [place for place in places if place.id != HALL]
    yield tables.workspaces, (workspace | {"id": id, "name": id, "domain": id.lower(), "general": None} for id in more)
    yield (
        tables.people,
        (
            person | {"id": id, "name": id.lower(), "email": f"{id.lower()}@realm.test", "deleted": _is_deactivated(id)}
            for id in realm.people[5:]
        ),
    )
    yield tables.memberships, _memberships(realm)
    yield tables.conversations, (_conversation(place, hall) for place in others)
    yield tables.shares, _shares(realm)
    yield tables.connections, _connections(realm)
    yield tables.members, _members(realm)
    yield tables.conversation_clocks, (_of(place) | {"last_ts": ts_of(place.messages), "purged_ts": None} for place in others)
    told = [_Told(place) for place in places]
    yield tables.messages, (row for of in told for row in of.messages())
    yield tables.message_edits, (row for of in told for row in of.edits())
    yield tables.deleted_messages, (row for of in told for row in of.deleted())
    yield tables.tombstones, (row for of in told for row in of.tombstones())


def _memberships(realm: Realm) -> Iterator[dict[str, Any]]:
    count = len(realm.workspaces)
    for number, person in enumerate(realm.people):
        if number < 5:
            workspaces = realm.workspaces[1:]
        else:
            workspaces = [realm.workspaces[at] for at in {number % count, (number * 31 + 1) % count}]
        for workspace in workspaces:
            yield {"organization": REALM, "workspace": workspace, "person": person, "role": "member"}


def _of(place: Place) -> dict[str, Any]:
    return {"organization": place.host, "conversation": place.id}


def _conversation(place: Place, hall: dict[str, Any]) -> dict[str, Any]:
    direct = place.kind in (IM, MPIM)
    return hall | {
        "organization": place.host,
        "id": place.id,
        "kind": place.kind,
        "name": _name(place),
        "workspace": None if direct else SEAS if place.host == OVERSEAS else place.teams[0],
        "creator": next(iter(place.members)),
        "archived": place.archived,
        "deleted": place.deleted_at > 0,
        "deleted_at": place.deleted_at,
        "org_wide": False,
        "num_members": sum(not left for left in place.members.values()),
        "people_key": key_of(place.host, [(REALM, person) for person in place.members]) if direct else None,
        "wide": place.wide,
    }


def _name(place: Place) -> str:
    if place.kind == MPIM:
        return f"mpdm-{'--'.join(person.lower() for person in place.members)}-1"
    return "" if place.kind == IM else f"about-{place.id.lower()}"


def _shares(realm: Realm) -> Iterator[dict[str, Any]]:
    for place in realm.places.values():
        name = place.id if place.deleted_at else _name(place)
        for team in [SEAS] if place.host == OVERSEAS else place.teams:
            if place.id != HALL:
                yield _of(place) | {"workspace": team, "name": name}


def _connections(realm: Realm) -> Iterator[dict[str, Any]]:
    for place in realm.places.values():
        if place.host == OVERSEAS:
            yield from (_of(place) | {"other_organization": REALM, "workspace": team} for team in place.teams)
        elif place.connected:
            yield _of(place) | {"other_organization": OVERSEAS, "workspace": SEAS}


def _members(realm: Realm) -> Iterator[dict[str, Any]]:
    for place in realm.places.values():
        for person, left in place.members.items():
            of = _of(place) | {"person_organization": OVERSEAS if person == SID else REALM, "person": person}
            yield of | {"joined": _BEGAN, "left": left, "last_read": 0, "open": False}


def wording(place: Place, number: int, edits: int = 0) -> str:
    """What the message of this number says after so many edits."""
    return f"{place.id} {number}" + " again" * edits


def edited_at(number: int, edits: int) -> int:
    """When it was edited so often, in microseconds: such moments are told in whole seconds."""
    return (_BEGAN + number * 30 + edits) * 1_000_000


class _Told:
    """The messages of one conversation."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._people = list(islice(place.members, 50))
        self._edits = {EDITED: 2, EDITED_AND_COVERED: 1} if place.has_stories else {}
        self._covered = {COVERED, EDITED_AND_COVERED} if place.has_stories else frozenset()
        self._deleted = DELETED if place.has_stories else -1

    def _of(self, number: int) -> dict[str, Any]:
        return _of(self._place) | {"ts": ts_of(number)}

    def _content(self, number: int) -> Content:
        user, edits = self._people[number % len(self._people)], self._edits.get(number, 0)
        content = Content(user=user, text=wording(self._place, number, edits), ts=ts_text(ts_of(number)), team=CROWN)
        if edits:
            content.edited = Edited(user=user, ts=ts_text(edited_at(number, edits)))
        return content

    def _row(self, number: int) -> dict[str, Any]:
        content, subtype = self._content(number), None
        if number in self._covered:
            content = covered(content, Content(text=COVER))
            subtype = content.subtype
        return self._of(number) | {
            "person_organization": OVERSEAS if content.user == SID else REALM,
            "person": content.user,
            "app": None,
            "thread_ts": None,
            "in_channel": True,
            "subtype": subtype,
            "content": msgspec.json.encode(content).decode(),
            "thread": None,
            "reactions": None,
            "pinned": False,
            "metadata": None,
        }

    def messages(self) -> Iterator[dict[str, Any]]:
        return (self._row(number) for number in range(self._place.messages) if number != self._deleted)

    def edits(self) -> Iterator[dict[str, Any]]:
        for number, edits in self._edits.items():
            for position in range(edits):
                yield self._of(number) | {
                    "position": position,
                    "edited_ts": edited_at(number, position + 1),
                    "person": self._people[number % len(self._people)],
                    "previous": wording(self._place, number, position),
                    "text": wording(self._place, number, position + 1),
                }

    def deleted(self) -> Iterator[dict[str, Any]]:
        if self._place.has_stories:
            row = self._row(DELETED)
            yield row | {"deleted_ts": edited_at(DELETED, 1), "deleted_by": row["person"]}

    def tombstones(self) -> Iterator[dict[str, Any]]:
        for number in self._covered:
            tombstone = Tombstone(Original(self._content(number), []), [Cover(edited_at(number, 3), OVERSEER, COVER)])
            yield self._of(number) | {"content": msgspec.json.encode(tombstone).decode()}


async def _pour(url: str, table: Table, rows: Rows) -> None:
    """Write rows as fast as the engine takes them, past the program, which is not running."""
    names = [column.name for column in table.c]
    values = (tuple([row[name] for name in names]) for row in rows)
    if url.startswith("sqlite"):
        with raw_sqlite(url) as file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute("BEGIN")
            columns = ", ".join(f'"{name}"' for name in names)
            file.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})", values)
            file.execute("COMMIT")
        return
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table(table.name, columns=names, records=values)
    finally:
        await connection.close()
