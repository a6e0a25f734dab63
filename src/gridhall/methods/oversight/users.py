"""oversight.users.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import InvalidArguments
from gridhall.contract.objects import User
from gridhall.domain import appearance, oversight
from gridhall.domain.call import Call
from gridhall.domain.people import Member
from gridhall.methods.oversight.declare import Paged, entries, go_on, overseeing

READ = needs("admin.users:read")

_SHARED_BY = "EVERYONE"
"""Who may hand on somebody's contact card. Gridhall has none that anybody is kept from."""


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.users.list."""

    cursor: Annotated[str | None, Arg("Where the page before ended.", example="W0123ABC456")] = None
    include_deleted: Annotated[bool, Arg("List deactivated people as well.")] = False
    limit: Annotated[int, Arg("How many people at the most.", least=0, example="100")] = oversight.MOST
    offset: Annotated[str | None, Arg("The same as `cursor`.", example="W0123ABC456")] = None


class ListResult(Paged, kw_only=True):
    """The people and bots by id, and where the next page begins."""

    users: list[User]


@overseeing("oversight.users.list", scopes=READ)
async def list_users(call: Call, args: ListArgs) -> ListResult:
    """List the people and bots of the organization, whichever workspaces they are in.

    Users are under `users` as in the Discovery API's method of that name: the platform's page has no example, and says
    that an entry is like that of users.list, with `teams`.
    """
    work, actor = call.work, call.actor
    listing = call.listing("oversight.users.list", str(args.include_deleted))
    after = oversight.position(call, listing, cursor=args.cursor, offset=args.offset, or_refuse=InvalidArguments)
    limit = entries(args.limit)
    found = await work.people.list_all(
        actor.organization, include_deleted=args.include_deleted, after=after, limit=limit + 1, app=actor.app
    )
    shown = found[:limit]
    result = ListResult(users=[overseen(call, member) for member in shown])
    go_on(call, result, listing, shown[-1].id if len(found) > limit else None)
    await oversight.look_at_all(
        call,
        "oversight_users_listed",
        include_deleted=args.include_deleted or None,
        users=len(shown),
    )
    return result


def overseen(call: Call, member: Member) -> User:
    """A person as an overseer sees them: as in users.list, with their address, and with all their workspaces."""
    user = appearance.user(call, member, email=True)
    # A bot is in every workspace, deleted ones too.
    user.teams = sorted(call.actor.workspaces.intersection(member.teams.split(","))) if member.teams else []
    if user.enterprise_user:
        user.enterprise_user.teams = user.teams
    user.who_can_share_contact_card = _SHARED_BY
    return user
