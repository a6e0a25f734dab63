"""Statements about people."""

from sqlalchemy import Select, and_, bindparam, exists, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from gridhall.domain.people import Member, Person
from gridhall.storage.dialect import comma_list
from gridhall.storage.statement import Connection, Statement
from gridhall.storage.tables import credentials, members, memberships, people

_own = memberships.alias("own")
_every = memberships.alias("every")
_mine = members.alias("mine")
_theirs = members.alias("theirs")

_TEAMS = (
    select(comma_list(_every.c.workspace))
    .where(_every.c.organization == people.c.organization, _every.c.person == people.c.id)
    .correlate(people)
    .scalar_subquery()
)


def _shares(organization: ColumnElement[str], one: ColumnElement[str], other: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether two people of an organization are in one conversation."""
    return exists(
        select(_mine.c.person)
        .join(
            _theirs,
            and_(_theirs.c.organization == _mine.c.organization, _theirs.c.conversation == _mine.c.conversation),
        )
        .where(
            _mine.c.person_organization == organization,
            _mine.c.person == one,
            _mine.c.left == 0,
            _theirs.c.person_organization == organization,
            _theirs.c.person == other,
            _theirs.c.left == 0,
        )
    )


def _members_page() -> Select[tuple[object, ...]]:
    return (
        select(*people.c, _own.c.role, _TEAMS)
        .select_from(_own.join(people, and_(people.c.organization == _own.c.organization, people.c.id == _own.c.person)))
        .where(
            _own.c.organization == bindparam("organization"),
            _own.c.workspace == bindparam("workspace"),
            _own.c.person > bindparam("after"),
        )
        .order_by(_own.c.person)
        .limit(bindparam("limit"))
    )


_FIND = Statement(
    select(*people.c).where(people.c.organization == bindparam("organization"), people.c.id == bindparam("person")), Person
)

_LOCK = Statement(
    select(*people.c)
    .where(people.c.organization == bindparam("organization"), people.c.id == bindparam("person"))
    .with_for_update(),
    Person,
)

_FIND_MEMBER = Statement(
    select(*people.c, _own.c.role, _TEAMS)
    .select_from(
        people.outerjoin(
            _own,
            and_(
                _own.c.organization == people.c.organization,
                _own.c.workspace == bindparam("workspace"),
                _own.c.person == people.c.id,
            ),
        )
    )
    .where(people.c.organization == bindparam("organization"), people.c.id == bindparam("person")),
    Member,
)

_ROLES = Statement(
    select(_own.c.workspace, _own.c.role).where(
        _own.c.organization == bindparam("organization"), _own.c.person == bindparam("person")
    ),
    lambda workspace, role: (workspace, role),
)

_FIND_STRANGER = Statement(
    select(*people.c)
    .where(
        people.c.id == bindparam("person"),
        people.c.organization != bindparam("organization"),
        exists(
            select(_mine.c.person)
            .join(
                _theirs,
                and_(_theirs.c.organization == _mine.c.organization, _theirs.c.conversation == _mine.c.conversation),
            )
            .where(
                _theirs.c.person_organization == people.c.organization,
                _theirs.c.person == people.c.id,
                _theirs.c.left == 0,
                _mine.c.person_organization == bindparam("organization"),
                _mine.c.left == 0,
            )
        ),
    )
    .limit(1),
    Person,
)

_FIND_BY_EMAIL = Statement(
    select(*people.c, _own.c.role, _TEAMS)
    .select_from(
        people.join(
            _own,
            and_(
                _own.c.organization == people.c.organization,
                _own.c.workspace == bindparam("workspace"),
                _own.c.person == people.c.id,
            ),
        )
    )
    .where(
        people.c.organization == bindparam("organization"),
        people.c.email != "",
        func.lower(people.c.email) == func.lower(bindparam("email")),
        people.c.deleted.is_(False),
    )
    .limit(1),
    Member,
)

_EMAIL_TAKEN = Statement(
    select(people.c.id)
    .where(
        people.c.organization == bindparam("organization"),
        people.c.email != "",
        func.lower(people.c.email) == func.lower(bindparam("email")),
        people.c.id != bindparam("other_than"),
    )
    .limit(1),
    str,
)

_NAME_TAKEN = Statement(
    select(people.c.id)
    .where(
        people.c.organization == bindparam("organization"),
        people.c.name == bindparam("name"),
        people.c.id != bindparam("other_than"),
    )
    .limit(1),
    str,
)

_LIST_MEMBERS = Statement(_members_page(), Member)

_LIST_SEEN_BY = Statement(
    _members_page().where(
        (_own.c.person == bindparam("seen_by")) | _shares(_own.c.organization, bindparam("seen_by"), _own.c.person)
    ),
    Member,
)

_counted = (
    select(_own.c.person)
    .where(_own.c.organization == bindparam("organization"), _own.c.workspace == bindparam("workspace"))
    .limit(bindparam("up_to"))
    .subquery()
)
_COUNT_MEMBERS = Statement(select(func.count()).select_from(_counted), int)

_SHARE: Statement[bool] = Statement(select(_shares(bindparam("organization"), bindparam("one"), bindparam("other"))), bool)

_PROFILE_COLUMNS = (
    "name",
    "real_name",
    "first_name",
    "last_name",
    "display_name",
    "email",
    "email_confirmed",
    "title",
    "phone",
    "pronouns",
    "status_text",
    "status_emoji",
    "status_expiration",
    "fields",
    "updated",
)

_SAVE_PROFILE = Statement(
    update(people)
    .where(people.c.organization == bindparam("at_organization"), people.c.id == bindparam("at_id"))
    .values({name: bindparam(f"new_{name}") for name in _PROFILE_COLUMNS}),
    tuple,
)

_SAVE_PRESENCE = Statement(
    update(people)
    .where(people.c.organization == bindparam("at_organization"), people.c.id == bindparam("at_id"))
    .values(presence=bindparam("new_presence")),
    tuple,
)

_SAVE_PHOTO = Statement(
    update(people)
    .where(people.c.organization == bindparam("at_organization"), people.c.id == bindparam("at_id"))
    .values(photo=bindparam("new_photo"), updated=bindparam("new_updated")),
    tuple,
)

_SAVE_PASSWORD = Statement(
    update(credentials)
    .where(credentials.c.organization == bindparam("at_organization"), credentials.c.person == bindparam("at_id"))
    .values(password_hash=bindparam("new_password_hash")),
    tuple,
)

_FIND_EVERYWHERE = Statement(
    select(*people.c)
    .where((people.c.id == bindparam("key")) | (people.c.name == bindparam("key")) | (people.c.email == bindparam("key")))
    .order_by(people.c.organization, people.c.id),
    Person,
)


class SqlPeople:
    """Storage of people."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, organization: str, id: str) -> Person | None:
        return await self._connection.one(_FIND, organization=organization, person=id)

    async def lock(self, organization: str, id: str) -> Person | None:
        return await self._connection.one(_LOCK, organization=organization, person=id)

    async def find_member(self, organization: str, workspace: str | None, id: str) -> Member | None:
        return await self._connection.one(_FIND_MEMBER, organization=organization, workspace=workspace, person=id)

    async def roles(self, organization: str, id: str) -> dict[str, str]:
        return dict(await self._connection.all(_ROLES, organization=organization, person=id))

    async def find_stranger(self, organization: str, id: str) -> Person | None:
        return await self._connection.one(_FIND_STRANGER, organization=organization, person=id)

    async def find_by_email(self, organization: str, workspace: str, email: str) -> Member | None:
        return await self._connection.one(_FIND_BY_EMAIL, organization=organization, workspace=workspace, email=email)

    async def email_taken(self, organization: str, email: str, other_than: str) -> bool:
        found = await self._connection.one(_EMAIL_TAKEN, organization=organization, email=email, other_than=other_than)
        return found is not None

    async def name_taken(self, organization: str, name: str, other_than: str) -> bool:
        return await self._connection.one(_NAME_TAKEN, organization=organization, name=name, other_than=other_than) is not None

    async def list_members(
        self, organization: str, workspace: str, *, after: str, limit: int, seen_by: str | None
    ) -> list[Member]:
        if seen_by is None:
            return await self._connection.all(
                _LIST_MEMBERS, organization=organization, workspace=workspace, after=after, limit=limit
            )
        return await self._connection.all(
            _LIST_SEEN_BY, organization=organization, workspace=workspace, after=after, limit=limit, seen_by=seen_by
        )

    async def count_members(self, organization: str, workspace: str, *, up_to: int) -> int:
        count = await self._connection.one(_COUNT_MEMBERS, organization=organization, workspace=workspace, up_to=up_to)
        return count or 0

    async def share_conversation(self, organization: str, one: str, other: str) -> bool:
        return await self._connection.one(_SHARE, organization=organization, one=one, other=other) or False

    async def save_profile(self, person: Person) -> None:
        await self._connection.run(
            _SAVE_PROFILE,
            at_organization=person.organization,
            at_id=person.id,
            **{f"new_{name}": getattr(person, name) for name in _PROFILE_COLUMNS},
        )

    async def save_presence(self, organization: str, id: str, presence: str) -> None:
        await self._connection.run(_SAVE_PRESENCE, at_organization=organization, at_id=id, new_presence=presence)

    async def save_photo(self, organization: str, id: str, photo: str | None, updated: int) -> None:
        await self._connection.run(_SAVE_PHOTO, at_organization=organization, at_id=id, new_photo=photo, new_updated=updated)

    async def save_password(self, organization: str, id: str, password_hash: str) -> None:
        await self._connection.run(_SAVE_PASSWORD, at_organization=organization, at_id=id, new_password_hash=password_hash)

    async def find_everywhere(self, id_or_name_or_email: str) -> list[Person]:
        return await self._connection.all(_FIND_EVERYWHERE, key=id_or_name_or_email)
