"""Statements about conversations."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import (
    Boolean,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from gridhall.contract.scopes import IM, MPIM
from gridhall.domain.conversations import Conversation, Hold, Listed, Seen
from gridhall.storage.dialect import comma_list
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import (
    connections,
    conversation_clocks,
    conversations,
    members,
    organizations,
    people,
    shares,
    workspaces,
)

_c = conversations
MINE = members.alias("mine")
_partner = members.alias("partner")

_SHARED = (
    select(comma_list(shares.c.workspace))
    .where(shares.c.organization == _c.c.organization, shares.c.conversation == _c.c.id)
    .correlate(_c)
    .scalar_subquery()
)
_connected = (
    select(comma_list(connections.c.workspace))
    .where(connections.c.organization == _c.c.organization, connections.c.conversation == _c.c.id)
    .correlate(_c)
)
_CONNECTED_OURS = _connected.where(connections.c.other_organization == bindparam("organization")).scalar_subquery()
_CONNECTED_OTHERS = _connected.where(connections.c.other_organization != bindparam("organization")).scalar_subquery()
_PARTNER = (
    select(func.min(_partner.c.person))
    .where(
        _partner.c.organization == _c.c.organization,
        _partner.c.conversation == _c.c.id,
        _partner.c.person != bindparam("seen_by"),
    )
    .correlate(_c)
    .scalar_subquery()
)
_PARTNER_DELETED = (
    select(people.c.deleted)
    .where(
        people.c.id == _PARTNER,
        people.c.organization
        == select(func.min(_partner.c.person_organization))
        .where(
            _partner.c.organization == _c.c.organization,
            _partner.c.conversation == _c.c.id,
            _partner.c.person != bindparam("seen_by"),
        )
        .correlate(_c)
        .scalar_subquery(),
    )
    .correlate(_c)
    .scalar_subquery()
)
# Of direct and group conversations it is never true: they are in no workspace.
AS_CHANNEL = or_(
    and_(_c.c.org_wide, _c.c.organization == bindparam("organization")),
    exists(
        select(shares.c.workspace).where(
            shares.c.organization == _c.c.organization,
            shares.c.conversation == _c.c.id,
            shares.c.workspace == bindparam("workspace"),
        )
    ),
    exists(
        select(connections.c.workspace).where(
            connections.c.organization == _c.c.organization,
            connections.c.conversation == _c.c.id,
            connections.c.other_organization == bindparam("organization"),
            connections.c.workspace == bindparam("workspace"),
        )
    ),
)
IN_WORKSPACE = or_(_c.c.kind == IM, _c.c.kind == MPIM, AS_CHANNEL)


COLUMNS = (
    _c.c.organization,
    _c.c.id,
    _c.c.kind,
    _c.c.name,
    _c.c.workspace,
    _c.c.creator,
    _c.c.created,
    _c.c.updated,
    _c.c.general,
    _c.c.archived,
    _c.c.org_wide,
    _c.c.topic,
    _c.c.topic_creator,
    _c.c.topic_set,
    _c.c.purpose,
    _c.c.purpose_creator,
    _c.c.purpose_set,
    _c.c.previous_names,
    _c.c.posting,
    _c.c.threads,
    _c.c.retention_days,
    _c.c.ekm_access_withdrawn,
    _c.c.num_members,
)
_SEEN = (*COLUMNS, MINE.c.last_read, MINE.c.open, type_coerce(IN_WORKSPACE, Boolean))
LISTED = (
    *_SEEN,
    _SHARED,
    _CONNECTED_OURS,
    _CONNECTED_OTHERS,
    case((_c.c.kind == IM, _PARTNER), else_=None),
    case((_c.c.kind == IM, _PARTNER_DELETED), else_=None),
)
IS_MINE = and_(
    MINE.c.organization == _c.c.organization,
    MINE.c.conversation == _c.c.id,
    MINE.c.person_organization == bindparam("organization"),
    MINE.c.person == bindparam("seen_by"),
    MINE.c.left == 0,
)
# One of the caller's organization, one that they are in, or one that a connection reaches from there.
_KNOWN = and_(
    _c.c.id == bindparam("conversation"),
    _c.c.deleted.is_(False),
    or_(
        _c.c.organization == bindparam("organization"),
        MINE.c.person.is_not(None),
        exists(
            select(connections.c.workspace).where(
                connections.c.organization == _c.c.organization,
                connections.c.conversation == _c.c.id,
                connections.c.other_organization == bindparam("organization"),
            )
        ),
    ),
)
_FROM = _c.outerjoin(MINE, IS_MINE)
_FIND = Statement(select(*_SEEN).select_from(_FROM).where(_KNOWN), Seen, remember=Remember.BY_CONVERSATION)
# A lock of the conversation's name, not of its row: those who wait for it are served in turn, where those who share a row's
# lock would keep out for ever whoever wants it alone.
_name = func.hashtextextended(bindparam("conversation"), literal_column("0"))
HOLD = {
    Hold.STEADY: Statement(select(func.pg_advisory_xact_lock_shared(_name)), lambda nothing: None),
    Hold.CHANGING: Statement(select(func.pg_advisory_xact_lock(_name)), lambda nothing: None),
}
_FIND_LISTED = Statement(select(*LISTED).select_from(_FROM).where(_KNOWN), Listed, remember=Remember.BY_CONVERSATION)
_CONNECTED_WORKSPACES_OF = Statement(
    select(connections.c.workspace).where(
        connections.c.organization == bindparam("organization"),
        connections.c.conversation == bindparam("conversation"),
        connections.c.other_organization == bindparam("other_organization"),
    ),
    str,
    remember=Remember.BY_CONVERSATION,
)
_WORKSPACES_OF = Statement(
    select(shares.c.workspace).where(
        shares.c.organization == bindparam("organization"), shares.c.conversation == bindparam("conversation")
    ),
    str,
    remember=Remember.BY_CONVERSATION,
)

_AT_THIS = and_(_c.c.organization == bindparam("at_organization"), _c.c.id == bindparam("at_conversation"))
_new: dict[str, Any] = {name: bindparam(name) for name in Conversation.__struct_fields__} | {"id": bindparam("conversation")}
_ADD = Statement(
    upsert(_c)
    .values(**_new, deleted=False, deleted_at=0, people_key=bindparam("people_key"), wide=bindparam("wide"))
    .on_conflict_do_nothing(index_elements=[_c.c.organization, _c.c.people_key]),
    tuple,
)
_ADD_CLOCK = Statement(
    insert(conversation_clocks).values(
        organization=bindparam("organization"), conversation=bindparam("conversation"), last_ts=0
    ),
    tuple,
)
_FIND_DIRECT = Statement(
    select(_c.c.id).where(
        _c.c.organization == bindparam("organization"),
        _c.c.people_key == bindparam("people_key"),
        _c.c.deleted.is_(False),
    ),
    str,
)
_CHANGING = (
    "name",
    "updated",
    "archived",
    "topic",
    "topic_creator",
    "topic_set",
    "purpose",
    "purpose_creator",
    "purpose_set",
    "previous_names",
)
_SAVE = Statement(update(_c).where(_AT_THIS).values({name: bindparam(f"new_{name}") for name in _CHANGING}), tuple)
_SAVE_RETENTION = Statement(update(_c).where(_AT_THIS).values(retention_days=bindparam("new_retention_days")), tuple)
_COUNT_MEMBERS = Statement(
    update(_c).where(_AT_THIS).values(num_members=_c.c.num_members + bindparam("by", type_=Integer)), tuple
)

_names = select(organizations.c.id).where(organizations.c.id == bindparam("organization"))
_HOLD_NAMES = {
    False: Statement(_names.with_for_update(read=True, key_share=True), str),
    True: Statement(_names.with_for_update(), str),
}
# Workspace by workspace: that is how names are found.
_every_workspace = select(workspaces.c.id).where(workspaces.c.organization == bindparam("organization"))
_NAMESAKES = Statement(
    select(_c.c.id, shares.c.workspace, _c.c.org_wide)
    .select_from(shares.join(_c, and_(_c.c.organization == shares.c.organization, _c.c.id == shares.c.conversation)))
    .where(
        shares.c.organization == bindparam("organization"),
        shares.c.workspace.in_(_every_workspace),
        shares.c.name == bindparam("name"),
    ),
    lambda id, workspace, org_wide: (id, workspace, org_wide),
)
_EVERY_WORKSPACE = Statement(_every_workspace, str)
_CONNECTED_NAMESAKES = Statement(
    select(_c.c.id)
    .select_from(
        connections.join(_c, and_(_c.c.organization == connections.c.organization, _c.c.id == connections.c.conversation))
    )
    .where(
        connections.c.other_organization == bindparam("organization"),
        connections.c.workspace == bindparam("workspace"),
        _c.c.name == bindparam("name"),
        _c.c.deleted.is_(False),
    ),
    str,
)
_CONNECTED_TO = Statement(
    select(connections.c.other_organization, connections.c.workspace)
    .where(connections.c.organization == bindparam("organization"), connections.c.conversation == bindparam("conversation"))
    .order_by(connections.c.other_organization, connections.c.workspace),
    lambda organization, workspace: (organization, workspace),
    remember=Remember.BY_CONVERSATION,
)
_CLAIM_NAME = Statement(
    upsert(shares)
    .values({column.name: bindparam(column.name) for column in shares.c})
    .on_conflict_do_nothing(index_elements=[shares.c.organization, shares.c.workspace, shares.c.name]),
    tuple,
)
_RENAME = Statement(
    update(shares)
    .where(shares.c.organization == bindparam("at_organization"), shares.c.conversation == bindparam("at_conversation"))
    .values(name=bindparam("new_name")),
    tuple,
)


class SqlConversations:
    """Storage of conversations."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, id: str, *, organization: str, workspace: str, person: str, hold: Hold) -> Seen | None:
        if hold is not Hold.NOT and self._connection.locks:
            # Read by a statement of its own, which sees what those did who were waited for.
            await self._connection.one(HOLD[hold], conversation=id)
        return await self._connection.one(
            _FIND, conversation=id, organization=organization, workspace=workspace, seen_by=person
        )

    async def find_listed(self, id: str, *, organization: str, workspace: str, person: str) -> Listed | None:
        return await self._connection.one(
            _FIND_LISTED, conversation=id, organization=organization, workspace=workspace, seen_by=person
        )

    async def workspaces_of(self, organization: str, id: str) -> list[str]:
        return await self._connection.all(_WORKSPACES_OF, organization=organization, conversation=id)

    async def connected_workspaces_of(self, organization: str, id: str, *, other_organization: str) -> list[str]:
        return await self._connection.all(
            _CONNECTED_WORKSPACES_OF, organization=organization, conversation=id, other_organization=other_organization
        )

    async def connected_to(self, organization: str, id: str) -> list[tuple[str, str]]:
        return await self._connection.all(_CONNECTED_TO, organization=organization, conversation=id)

    async def add(self, conversation: Conversation, *, people_key: str | None) -> bool:
        columns = msgspec.structs.asdict(conversation)
        id = columns.pop("id")
        if not await self._connection.run(_ADD, **columns, conversation=id, people_key=people_key, wide=conversation.is_direct):
            return False
        await self._connection.run(_ADD_CLOCK, organization=conversation.organization, conversation=id)
        return True

    async def find_direct(self, organization: str, people_key: str) -> str | None:
        return await self._connection.one(_FIND_DIRECT, organization=organization, people_key=people_key)

    async def save(self, conversation: Conversation) -> None:
        await self._connection.run(
            _SAVE,
            at_organization=conversation.organization,
            at_conversation=conversation.id,
            **{f"new_{name}": getattr(conversation, name) for name in _CHANGING},
        )

    async def save_retention(self, organization: str, id: str, days: int) -> None:
        await self._connection.run(_SAVE_RETENTION, at_organization=organization, at_conversation=id, new_retention_days=days)

    async def count_members(self, organization: str, id: str, by: int) -> None:
        await self._connection.run(_COUNT_MEMBERS, at_organization=organization, at_conversation=id, by=by)

    async def hold_names(self, organization: str, *, everywhere: bool) -> None:
        await self._connection.one(_HOLD_NAMES[everywhere], organization=organization)

    async def namesakes(self, organization: str, name: str, workspaces: Collection[str] | None) -> set[str]:
        own = await self._connection.all(_NAMESAKES, organization=organization, name=name)
        found = {id for id, place, org_wide in own if org_wide or workspaces is None or place in workspaces}
        if workspaces is None:
            workspaces = await self._connection.all(_EVERY_WORKSPACE, organization=organization)
        for workspace in workspaces:
            of = {"organization": organization, "workspace": workspace, "name": name}
            found.update(await self._connection.all(_CONNECTED_NAMESAKES, **of))
        return found

    async def claim_name(self, organization: str, workspace: str, id: str, name: str) -> bool:
        return bool(
            await self._connection.run(_CLAIM_NAME, organization=organization, conversation=id, workspace=workspace, name=name)
        )

    async def rename(self, organization: str, id: str, name: str) -> None:
        await self._connection.run(_RENAME, at_organization=organization, at_conversation=id, new_name=name)
