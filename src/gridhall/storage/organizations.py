"""Statements about organizations and workspaces."""

from sqlalchemy import Integer, bindparam, or_, select

from gridhall.domain.organizations import Organization, Workspace
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import memberships, organizations, profile_fields, workspaces

_FIND = Statement(select(*organizations.c).where(organizations.c.id == bindparam("id")), Organization)
_FIND_BY_ITS_DOMAIN = Statement(
    select(*organizations.c).where(organizations.c.domain == bindparam("domain"), organizations.c.enterprise.is_(True)),
    Organization,
)
_LIST = Statement(select(*organizations.c).order_by(organizations.c.id), Organization)

_FIND_WORKSPACE = Statement(
    select(*workspaces.c).where(workspaces.c.organization == bindparam("organization"), workspaces.c.id == bindparam("id")),
    Workspace,
)
_FIND_BY_DOMAIN = Statement(
    select(*workspaces.c).where(
        workspaces.c.organization == bindparam("organization"), workspaces.c.domain == bindparam("domain")
    ),
    Workspace,
)
_FIND_PLACE = Statement(select(*workspaces.c).where(workspaces.c.domain == bindparam("domain")), Workspace)
_FIND_ANYWHERE = Statement(select(*workspaces.c).where(workspaces.c.id == bindparam("id")), Workspace)
_LIST_WORKSPACES = Statement(
    select(*workspaces.c).where(workspaces.c.organization == bindparam("organization")).order_by(workspaces.c.id), Workspace
)
_LIST_SOME = Statement(
    select(*workspaces.c)
    .where(
        workspaces.c.organization == bindparam("organization"),
        workspaces.c.id > bindparam("after"),
        or_(workspaces.c.deleted.is_(False), bindparam("include_deleted", type_=Integer) == 1),
    )
    .order_by(workspaces.c.id)
    .limit(bindparam("limit", type_=Integer)),
    Workspace,
)
_LIST_OF = Statement(
    select(memberships.c.workspace)
    .where(memberships.c.organization == bindparam("organization"), memberships.c.person == bindparam("person"))
    .order_by(memberships.c.workspace),
    str,
)
_FIELDS = Statement(
    select(profile_fields.c.id, profile_fields.c.label, profile_fields.c.type, profile_fields.c.workspace)
    .where(profile_fields.c.organization == bindparam("organization"))
    .order_by(profile_fields.c.workspace, profile_fields.c.position),
    lambda id, label, kind, workspace: (id, label, kind, workspace),
)


class SqlOrganizations:
    """Storage of organizations."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, id: str) -> Organization | None:
        return await self._connection.one(_FIND, id=id)

    async def find_by_domain(self, domain: str) -> Organization | None:
        return await self._connection.one(_FIND_BY_ITS_DOMAIN, domain=domain)

    async def list_all(self) -> list[Organization]:
        return await self._connection.all(_LIST)


class SqlWorkspaces:
    """Storage of workspaces."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, organization: str, id: str) -> Workspace | None:
        return await self._connection.one(_FIND_WORKSPACE, organization=organization, id=id)

    async def find_by_domain(self, organization: str, domain: str) -> Workspace | None:
        return await self._connection.one(_FIND_BY_DOMAIN, organization=organization, domain=domain)

    async def find_place(self, domain: str) -> Workspace | None:
        return await self._connection.one(_FIND_PLACE, domain=domain)

    async def find_anywhere(self, id: str) -> Workspace | None:
        return await self._connection.one(_FIND_ANYWHERE, id=id)

    async def list_all(self, organization: str) -> list[Workspace]:
        return await self._connection.all(_LIST_WORKSPACES, organization=organization)

    async def list_some(self, organization: str, *, include_deleted: bool, after: str, limit: int) -> list[Workspace]:
        return await self._connection.all(
            _LIST_SOME, organization=organization, include_deleted=int(include_deleted), after=after, limit=limit
        )

    async def list_of(self, organization: str, person: str) -> list[str]:
        return await self._connection.all(_LIST_OF, organization=organization, person=person)

    async def field_labels(self, organization: str, workspace: str | None) -> dict[str, str]:
        rows = await self._connection.all(_FIELDS, organization=organization)
        return {id: label for id, label, _, of in rows if workspace is None or of == workspace}

    async def field_types(self, organization: str, workspace: str | None) -> dict[str, str]:
        rows = await self._connection.all(_FIELDS, organization=organization)
        return {id: kind for id, _, kind, of in rows if workspace is None or of == workspace}
