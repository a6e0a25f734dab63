"""users.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    InvalidCursor,
    LimitRequired,
    MissingArgument,
    UserNotFound,
    UserNotVisible,
    UsersNotFound,
)
from gridhall.contract.objects import User
from gridhall.contract.rates import Tier
from gridhall.contract.roles import Role
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import appearance
from gridhall.domain.call import Call
from gridhall.domain.people import Member, find_visible

MOST_LISTED = 1000
"""The largest page of users.list. Source: its reference page, which asks for limits under it; a larger one counts as it."""


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of users.info."""

    user: Annotated[str, Arg("The person or bot.", missing=UserNotFound, example="W012A3CDE")]
    include_locale: Annotated[bool, Arg("Tell the person's language as well.")] = False


class UserResult(Ok, kw_only=True):
    """One person or bot."""

    user: User


@method(
    "users.info",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("users:read"),
    rate=Tier.FOUR,
    errors=(UserNotFound, UserNotVisible),
)
async def info(call: Call, args: InfoArgs) -> UserResult:
    """Tell about a person or a bot."""
    found = await find_visible(call.work, call.actor, call.team, args.user)
    if found is None:
        raise UserNotFound
    if not found.visible:
        raise UserNotVisible
    user = appearance.user(call, found.person, locale=args.include_locale, stranger=found.stranger)
    if user.enterprise_user:
        # Told twice: callers without a workspace look for it on the user itself.
        user.enterprise_id, user.enterprise_name = user.enterprise_user.enterprise_id, user.enterprise_user.enterprise_name
        user.teams = user.enterprise_user.teams
    return UserResult(user=user)


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of users.list."""

    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    include_locale: Annotated[bool, Arg("Tell the people's languages as well.")] = False
    limit: Annotated[int, Arg("How many people at the most; 0 asks for everybody at once.", least=0, example="20")] = 0
    team_id: Annotated[str | None, Arg("The workspace, where the token is org-level.")] = None


class ListResult(Ok, kw_only=True):
    """The people, when the list was made (Unix seconds), and where the next page begins."""

    members: list[User]
    cache_ts: int


@method(
    "users.list",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("users:read"),
    rate=Tier.TWO,
    errors=(InvalidCursor, LimitRequired, MissingArgument),
    org_token=OrgToken.NAMES_TEAM,
    team_missing=MissingArgument,
)
async def list_users(call: Call, args: ListArgs) -> ListResult:
    """List the people and bots of a workspace, deactivated ones included."""
    assert call.standing is not None
    work, actor, team = call.work, call.actor, call.standing.team
    limit = min(args.limit, MOST_LISTED)
    if not limit:
        limit = await _everybody(call, team)
    listing = call.listing("users.list")
    after = call.context.cursors.open(listing, args.cursor) if args.cursor else ""
    people = work.people
    if actor.role is Role.GUEST and actor.user is not None:
        members = await people.list_seen_by(actor.organization, team, actor.user, after=after, limit=limit + 1, app=actor.app)
    else:
        members = await people.list_members(actor.organization, team, after=after, limit=limit + 1, app=actor.app)
    more = len(members) > limit
    shown = members[:limit]
    return ListResult(
        members=[appearance.user(call, member, locale=args.include_locale) for member in shown],
        cache_ts=work.source.seconds(),
        response_metadata=page(call.context.cursors.seal(listing, shown[-1].id) if more else ""),
    )


async def _everybody(call: Call, team: str) -> int:
    """The limit that a call without one has: the size up to which the workspace is listed in one piece."""
    workspace = await call.work.workspaces.find(call.actor.organization, team)
    assert workspace is not None
    most = workspace.limit_required_over
    if await call.work.people.count_members(call.actor.organization, team, up_to=most + 1) > most:
        raise LimitRequired
    return max(most, 1)


class LookupByEmailArgs(msgspec.Struct, frozen=True):
    """Arguments of users.lookupByEmail."""

    email: Annotated[str, Arg("The address.", missing=UsersNotFound, example="spengler@ghostbusters.example.com")]


@method(
    "users.lookupByEmail",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("users:read.email"),
    rate=Tier.THREE,
    errors=(UsersNotFound,),
    org_token=OrgToken.REFUSED,
)
async def lookup_by_email(call: Call, args: LookupByEmailArgs) -> UserResult:
    """Find a person of the workspace by their e-mail address. Who is deactivated is not found."""
    id = await call.work.people.find_by_email(call.actor.organization, args.email.strip())
    found = await find_visible(call.work, call.actor, call.team, id) if id is not None else None
    if found is None or not found.visible or not isinstance(found.person, Member) or found.person.role is None:
        raise UsersNotFound
    return UserResult(user=appearance.user(call, found.person))
