"""Statements about people."""

from collections.abc import Collection

from sqlalchemy import Integer, and_, bindparam, exists, func, literal_column, null, select, update

from gridhall.domain.people import Member, Person
from gridhall.storage.dialect import comma_list
from gridhall.storage.each import batches, each
from gridhall.storage.statement import Connection, Remember, Statement
from gridhall.storage.tables import conversations, members, memberships, people, tokens

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
_AUTHORIZED = exists(
    select(tokens.c.person)
    .where(
        tokens.c.organization == people.c.organization,
        tokens.c.person == people.c.id,
        tokens.c.app == bindparam("app"),
        tokens.c.revoked_at == 0,
    )
    .correlate(people)
)
_MEMBER = (*people.c, _own.c.role, _TEAMS, _AUTHORIZED)
_IS_OWN = and_(_own.c.organization == people.c.organization, _own.c.person == people.c.id)

# Written out, not bound: an index that leaves the empty address out serves only statements whose text leaves it out too.
_HAS_EMAIL = people.c.email != literal_column("''")

_MY_CONVERSATION = and_(conversations.c.organization == _mine.c.organization, conversations.c.id == _mine.c.conversation)

# Two people in one conversation that is not on its way out.
_TOGETHER = _mine.join(
    _theirs, and_(_theirs.c.organization == _mine.c.organization, _theirs.c.conversation == _mine.c.conversation)
).join(conversations, _MY_CONVERSATION)
_BOTH_THERE = and_(_mine.c.left == 0, _theirs.c.left == 0, conversations.c.deleted.is_(False))

_FIND = Statement(
    select(*people.c).where(people.c.organization == bindparam("organization"), people.c.id == bindparam("person")), Person
)

_LOCK = Statement(
    select(*people.c)
    .where(people.c.organization == bindparam("organization"), people.c.id == bindparam("person"))
    .with_for_update(),
    Person,
)

_LIST_BY_IDS = Statement(
    select(*people.c).where(people.c.organization == bindparam("organization"), people.c.id.in_(each(people.c.id.type))), Person
)

# In the order of their ids, so that nobody waits for somebody who waits for them.
_LOCK_ALL = Statement(
    select(*people.c)
    .where(people.c.organization == bindparam("organization"), people.c.id.in_(each(people.c.id.type)))
    .order_by(people.c.id)
    .with_for_update(),
    Person,
)

_FIND_MEMBER = Statement(
    select(*_MEMBER)
    .select_from(people.outerjoin(_own, and_(_IS_OWN, _own.c.workspace == bindparam("workspace"))))
    .where(people.c.organization == bindparam("organization"), people.c.id == bindparam("person")),
    Member,
    remember=Remember.BY_TABLE,
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
        # One inside the other, so that the search begins with the stranger's few conversations, not with all of ours.
        exists(
            select(_theirs.c.person).where(
                _theirs.c.person_organization == people.c.organization,
                _theirs.c.person == people.c.id,
                _theirs.c.left == 0,
                exists(
                    select(_mine.c.person)
                    .select_from(_mine.join(conversations, _MY_CONVERSATION))
                    .where(
                        _mine.c.organization == _theirs.c.organization,
                        _mine.c.conversation == _theirs.c.conversation,
                        _mine.c.person_organization == bindparam("organization"),
                        _mine.c.left == 0,
                        conversations.c.deleted.is_(False),
                    )
                ),
            )
        ),
    )
    .order_by(people.c.organization)
    .limit(1),
    Person,
)

_FIND_BY_EMAIL = Statement(
    select(people.c.id).where(
        people.c.organization == bindparam("organization"),
        _HAS_EMAIL,
        func.lower(people.c.email) == func.lower(bindparam("email")),
        people.c.deleted.is_(False),
    ),
    str,
)

_FIND_OWNER_OF = Statement(
    select(people.c.id).where(
        people.c.organization == bindparam("organization"),
        _HAS_EMAIL,
        func.lower(people.c.email) == func.lower(bindparam("email")),
    ),
    str,
)

_of_the_organization = (
    select(*people.c, null(), _TEAMS, _AUTHORIZED)
    .where(people.c.organization == bindparam("organization"), people.c.id > bindparam("after"))
    .order_by(people.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_LIST_ALL = Statement(_of_the_organization, Member)
_LIST_ACTIVE = Statement(_of_the_organization.where(people.c.deleted.is_(False)), Member)

_LIST_MEMBERS = Statement(
    select(*_MEMBER)
    .select_from(_own.join(people, _IS_OWN))
    .where(
        _own.c.organization == bindparam("organization"),
        _own.c.workspace == bindparam("workspace"),
        _own.c.person > bindparam("after"),
    )
    .order_by(_own.c.person)
    .limit(bindparam("limit")),
    Member,
)

_CONVERSATIONS_OF = Statement(
    select(_mine.c.organization, _mine.c.conversation)
    .select_from(_mine.join(conversations, _MY_CONVERSATION))
    .where(
        _mine.c.person_organization == bindparam("organization"),
        _mine.c.person == bindparam("person"),
        _mine.c.left == 0,
        conversations.c.deleted.is_(False),
    ),
    lambda host, conversation: (host, conversation),
)

_IDS_IN_CONVERSATION = Statement(
    select(_theirs.c.person)
    .where(
        _theirs.c.organization == bindparam("host"),
        _theirs.c.conversation == bindparam("conversation"),
        _theirs.c.person_organization == bindparam("organization"),
        _theirs.c.person > bindparam("after"),
        _theirs.c.left == 0,
        exists(
            select(_own.c.person)
            .where(
                _own.c.organization == _theirs.c.person_organization,
                _own.c.person == _theirs.c.person,
                _own.c.workspace == bindparam("workspace"),
            )
            .correlate(_theirs)
        ),
    )
    .order_by(_theirs.c.person)
    .limit(bindparam("limit")),
    str,
)

_AT_ONCE = 50
"""People who are read by one statement: the number is part of its text."""

_LIST_THESE = Statement(
    select(*_MEMBER)
    .select_from(_own.join(people, _IS_OWN))
    .where(
        _own.c.organization == bindparam("organization"),
        _own.c.workspace == bindparam("workspace"),
        _own.c.person.in_([bindparam(f"id_{number}") for number in range(_AT_ONCE)]),
    )
    .order_by(_own.c.person),
    Member,
)

_counted = (
    select(_own.c.person)
    .where(_own.c.organization == bindparam("organization"), _own.c.workspace == bindparam("workspace"))
    .limit(bindparam("up_to"))
    .subquery()
)
_COUNT_MEMBERS = Statement(select(func.count()).select_from(_counted), int)

_SHARE: Statement[bool] = Statement(
    select(
        exists(
            select(_theirs.c.person)
            .select_from(_TOGETHER)
            .where(
                _mine.c.person_organization == bindparam("organization"),
                _mine.c.person == bindparam("person"),
                _theirs.c.person_organization == bindparam("other_organization"),
                _theirs.c.person == bindparam("other"),
                _BOTH_THERE,
            )
        )
    ),
    bool,
)

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

    async def list_by_ids(self, organization: str, ids: Collection[str]) -> list[Person]:
        return await self._all_of(_LIST_BY_IDS, organization, ids)

    async def lock_all(self, organization: str, ids: Collection[str]) -> list[Person]:
        return await self._all_of(_LOCK_ALL, organization, ids)

    async def _all_of(self, statement: Statement[Person], organization: str, ids: Collection[str]) -> list[Person]:
        found: list[Person] = []
        for some in batches(sorted(set(ids))):
            found += await self._connection.all(statement, organization=organization, **some)
        return found

    async def find_member(self, organization: str, workspace: str | None, id: str, *, app: str | None = None) -> Member | None:
        return await self._connection.one(_FIND_MEMBER, organization=organization, workspace=workspace, person=id, app=app)

    async def roles(self, organization: str, id: str) -> dict[str, str]:
        return dict(await self._connection.all(_ROLES, organization=organization, person=id))

    async def find_stranger(self, organization: str, id: str) -> Person | None:
        return await self._connection.one(_FIND_STRANGER, organization=organization, person=id)

    async def find_by_email(self, organization: str, email: str) -> str | None:
        return await self._connection.one(_FIND_BY_EMAIL, organization=organization, email=email)

    async def find_owner_of(self, organization: str, email: str) -> str | None:
        return await self._connection.one(_FIND_OWNER_OF, organization=organization, email=email)

    async def list_all(
        self, organization: str, *, include_deleted: bool, after: str, limit: int, app: str | None
    ) -> list[Member]:
        statement = _LIST_ALL if include_deleted else _LIST_ACTIVE
        return await self._connection.all(statement, organization=organization, after=after, limit=limit, app=app)

    async def list_members(self, organization: str, workspace: str, *, after: str, limit: int, app: str | None) -> list[Member]:
        return await self._connection.all(
            _LIST_MEMBERS, organization=organization, workspace=workspace, after=after, limit=limit, app=app
        )

    async def list_seen_by(
        self, organization: str, workspace: str, person: str, *, after: str, limit: int, app: str | None
    ) -> list[Member]:
        conversations = await self._connection.all(_CONVERSATIONS_OF, organization=organization, person=person)
        seen: list[Member] = []
        while len(seen) < limit:
            # A page of ids by index out of each conversation costs the same however large the workspace and its channels are.
            ids = {person} if person > after else set()
            for host, conversation in conversations:
                ids.update(
                    await self._connection.all(
                        _IDS_IN_CONVERSATION,
                        host=host,
                        conversation=conversation,
                        organization=organization,
                        workspace=workspace,
                        after=after,
                        limit=limit,
                    )
                )
            page = sorted(ids)[:limit]
            seen += await self._list_these(organization, workspace, page, app)
            if len(page) < limit:
                break
            # Whoever left the workspace just now must not make the page look like the last one.
            after = page[-1]
        return seen[:limit]

    async def _list_these(self, organization: str, workspace: str, ids: list[str], app: str | None) -> list[Member]:
        """Those of these people who are members, in this order, which is that of their ids."""
        found: list[Member] = []
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            some += some[-1:] * (_AT_ONCE - len(some))
            these = {f"id_{number}": id for number, id in enumerate(some)}
            found += await self._connection.all(_LIST_THESE, organization=organization, workspace=workspace, app=app, **these)
        return found

    async def count_members(self, organization: str, workspace: str, *, up_to: int) -> int:
        count = await self._connection.one(_COUNT_MEMBERS, organization=organization, workspace=workspace, up_to=up_to)
        return count or 0

    async def share_conversation(self, organization: str, person: str, other: Person) -> bool:
        shared = await self._connection.one(
            _SHARE, organization=organization, person=person, other_organization=other.organization, other=other.id
        )
        return shared or False

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

    async def find_everywhere(self, id_or_name_or_email: str) -> list[Person]:
        return await self._connection.all(_FIND_EVERYWHERE, key=id_or_name_or_email)
