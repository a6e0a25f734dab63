"""admin.users.session.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    AdminUnauthorized,
    AtLeastOneSessionSettingRequired,
    BotsNotAllowed,
    CannotInvalidatePrimaryOwner,
    CannotResetBot,
    CannotResetPrimaryOwner,
    FailedForSomeUsers,
    InvalidArguments,
    InvalidCursor,
    MissingTeam,
    MissingUser,
    NoActiveSessions,
    NoPermission,
    NotAnAdmin,
    RestrictedAction,
    SessionNotFound,
    TeamNotFound,
    UserNotFound,
)
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain import session_administration
from gridhall.domain.call import Call
from gridhall.domain.devices import Device
from gridhall.domain.sessions import CLIENTS, MOBILE, WEB, Session

MOST_PEOPLE = 1000
"""People in one call. Source: the reference pages of resetBulk and setSettings; the others count as they do."""

READ, WRITE = needs("admin.users:read"), needs("admin.users:write")

_Person = Annotated[str, Arg("The person.", example="W12345678")]
_People = Annotated[tuple[str, ...], Arg("Ids of people, 1,000 at the most.", example='["W12345678","W98765432"]')]
_MobileOnly = Annotated[bool, Arg("End sessions of mobile clients alone.", example="true")]
_WebOnly = Annotated[bool, Arg("End sessions of browsers alone.", example="true")]


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.users.session.list."""

    cursor: Annotated[str | None, Arg("Where the page before ended.", example="5c3e53d5")] = None
    limit: Annotated[int, Arg("How many sessions at the most, 1 to 1,000.", least=1, most=1000, example="100")] = 1000
    team_id: Annotated[
        str | None, Arg("The workspace, or the organization as a whole, to list a person's sessions of.", example="T1234")
    ] = None
    user_id: Annotated[str | None, Arg("The person, where not everybody's are listed.", example="W12345678")] = None


class ActiveSession(msgspec.Struct, kw_only=True):
    """A session: whose, where, on which device it began, and on which it goes on where something of that changed."""

    user_id: str
    team_id: str
    session_id: int
    recent: Device | UnsetType = UNSET
    created: Device


class ListResult(Ok, kw_only=True):
    """The sessions, and where the next page begins."""

    active_sessions: list[ActiveSession]


@method(
    "admin.users.session.list",
    tokens=Token.USER,
    scopes=READ,
    rate=Tier.TWO,
    errors=(
        AdminUnauthorized,
        BotsNotAllowed,
        InvalidCursor,
        MissingTeam,
        MissingUser,
        NoActiveSessions,
        NoPermission,
        NotAnAdmin,
        TeamNotFound,
        UserNotFound,
    ),
    org_token=OrgToken.MAY_NAME_TEAM_OR_ORGANIZATION,
    team_unknown=TeamNotFound,
    enterprise_only=True,
)
async def list_sessions(call: Call, args: ListArgs) -> ListResult:
    """List the sessions of everybody in the organization, or of one person in one place."""
    if args.user_id is not None and args.team_id is None:
        raise MissingTeam
    if args.team_id is not None and args.user_id is None:
        raise MissingUser
    listing = call.listing("admin.users.session.list", args.team_id or "", args.user_id or "")
    after = int(call.context.cursors.open(listing, args.cursor)) if args.cursor else 0
    if args.user_id is None:
        found = await session_administration.list_all(call.work, after=after, limit=args.limit + 1, actor=call.actor)
    else:
        found = await session_administration.list_of(
            call.work, args.user_id, _place(call), after=after, limit=args.limit + 1, actor=call.actor
        )
    if not found and not args.cursor:
        raise NoActiveSessions
    shown = found[: args.limit]
    next_cursor = call.context.cursors.seal(listing, str(shown[-1].id)) if len(found) > args.limit else ""
    return ListResult(active_sessions=[_appearance(session) for session in shown], response_metadata=page(next_cursor))


def _place(call: Call) -> str:
    """The workspace that the call names, or the organization."""
    return call.team or call.actor.organization


def _appearance(session: Session) -> ActiveSession:
    recent = session.recent_device
    return ActiveSession(
        user_id=session.person,
        team_id=session.workspace,
        session_id=session.id,
        recent=_device(recent) if recent is not None else UNSET,
        created=_device(session.device),
    )


_device = msgspec.json.Decoder(Device).decode


class InvalidateArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.users.session.invalidate."""

    session_id: Annotated[int, Arg("The session.", example="1112275520242")]
    user_id: _Person
    team_id: Annotated[
        str | None, Arg("The workspace, or the organization as a whole, that it has to be of.", example="T1234")
    ] = None


@method(
    "admin.users.session.invalidate",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.TWO,
    errors=(AdminUnauthorized, CannotInvalidatePrimaryOwner, NoPermission, NotAnAdmin, SessionNotFound, UserNotFound),
    org_token=OrgToken.MAY_NAME_TEAM_OR_ORGANIZATION,
    team_unknown=SessionNotFound,
    enterprise_only=True,
    writes=True,
)
async def invalidate(call: Call, args: InvalidateArgs) -> Ok:
    """End one session of a person."""
    place = _place(call) if args.team_id is not None else None
    await session_administration.invalidate(call.work, args.user_id, args.session_id, place, actor=call.actor)
    return Ok()


class ResetArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.users.session.reset."""

    user_id: _Person
    mobile_only: _MobileOnly = False
    web_only: _WebOnly = False


@method(
    "admin.users.session.reset",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.TWO,
    errors=(CannotResetBot, CannotResetPrimaryOwner, NoPermission, NotAnAdmin, UserNotFound),
    enterprise_only=True,
    writes=True,
)
async def reset(call: Call, args: ResetArgs) -> Ok:
    """End all sessions of a person."""
    clients = _clients(mobile_only=args.mobile_only, web_only=args.web_only)
    await session_administration.reset(call.work, args.user_id, clients, actor=call.actor)
    return Ok()


class ResetBulkArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.users.session.resetBulk."""

    user_ids: _People
    mobile_only: _MobileOnly = False
    web_only: _WebOnly = False


@method(
    "admin.users.session.resetBulk",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.TWO,
    errors=(
        CannotResetBot,
        CannotResetPrimaryOwner,
        FailedForSomeUsers,
        NoPermission,
        NotAnAdmin,
        RestrictedAction,
        UserNotFound,
    ),
    enterprise_only=True,
    writes=True,
)
async def reset_bulk(call: Call, args: ResetBulkArgs) -> Ok:
    """Have a job end all sessions of many people."""
    people, clients = _people(args.user_ids), _clients(mobile_only=args.mobile_only, web_only=args.web_only)
    failed = await session_administration.reset_all(call.work, people, clients, actor=call.actor)
    if failed:
        call.refusal = FailedForSomeUsers(*failed)
    return Ok()


class PeopleArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.users.session.getSettings and admin.users.session.clearSettings."""

    user_ids: _People


class SessionSettings(msgspec.Struct, kw_only=True):
    """What is in force for a person's sessions. Where nothing bounds their duration (seconds), none is told."""

    user_id: str
    desktop_app_browser_quit: bool
    duration: int | UnsetType = UNSET


class GetSettingsResult(Ok, kw_only=True):
    """The settings of those who have any, and who has none."""

    session_settings: list[SessionSettings]
    no_settings_applied: list[str]


@method(
    "admin.users.session.getSettings",
    tokens=Token.USER,
    scopes=READ,
    rate=Tier.FOUR,
    errors=(AdminUnauthorized, BotsNotAllowed, NoPermission, NotAnAdmin, UserNotFound),
    enterprise_only=True,
)
async def get_settings(call: Call, args: PeopleArgs) -> GetSettingsResult:
    """Tell what is set for sessions of people who are signed in."""
    found, without = await session_administration.settings_of(call.work, _people(args.user_ids), actor=call.actor)
    shown = [
        SessionSettings(
            user_id=settings.person,
            desktop_app_browser_quit=bool(settings.desktop_app_browser_quit),
            duration=settings.duration or UNSET,
        )
        for settings in found
    ]
    return GetSettingsResult(session_settings=shown, no_settings_applied=without)


class SetSettingsArgs(msgspec.Struct, frozen=True):
    """Arguments of admin.users.session.setSettings."""

    user_ids: _People
    desktop_app_browser_quit: Annotated[
        bool | None, Arg("Whether a session ends with its desktop application or browser window.", example="true")
    ] = None
    duration: Annotated[
        int | None,
        Arg("How long a session lasts in seconds, from 8 hours to 10 years.", least=28_800, most=315_569_520, example="86400"),
    ] = None


@method(
    "admin.users.session.setSettings",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.FOUR,
    errors=(AdminUnauthorized, AtLeastOneSessionSettingRequired, BotsNotAllowed, NoPermission, NotAnAdmin, UserNotFound),
    enterprise_only=True,
    writes=True,
)
async def set_settings(call: Call, args: SetSettingsArgs) -> Ok:
    """Set how long sessions of people last, and whether they end with the client."""
    people = _people(args.user_ids)
    if args.duration is None and args.desktop_app_browser_quit is None:
        raise AtLeastOneSessionSettingRequired
    await session_administration.set_settings(
        call.work,
        people,
        duration=args.duration,
        desktop_app_browser_quit=args.desktop_app_browser_quit,
        actor=call.actor,
    )
    return Ok()


@method(
    "admin.users.session.clearSettings",
    tokens=Token.USER,
    scopes=WRITE,
    rate=Tier.FOUR,
    errors=(AdminUnauthorized, BotsNotAllowed, NoPermission, NotAnAdmin, UserNotFound),
    enterprise_only=True,
    writes=True,
)
async def clear_settings(call: Call, args: PeopleArgs) -> Ok:
    """Have the organization's own settings count for people's sessions again."""
    await session_administration.clear_settings(call.work, _people(args.user_ids), actor=call.actor)
    return Ok()


def _people(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Each of these once."""
    people = tuple(dict.fromkeys(ids))
    if not 0 < len(people) <= MOST_PEOPLE:
        raise InvalidArguments(f"[ERROR] must be from 1 to {MOST_PEOPLE} people: user_ids")
    return people


def _clients(*, mobile_only: bool, web_only: bool) -> tuple[str, ...]:
    """Which kinds of clients are meant."""
    if mobile_only and web_only:
        raise InvalidArguments("[ERROR] leaves nobody beside mobile_only: web_only")
    return (MOBILE,) if mobile_only else (WEB,) if web_only else CLIENTS
