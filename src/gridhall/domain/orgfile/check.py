"""What organization documents may not say: combinations that the platform cannot be in.

It is generous where the platform is, and refuses only what must be a mistake: a database filled with it would answer
nonsense. Unknown references and repeated ids are found by the plan.
"""

import base64
import ipaddress
from collections.abc import Sequence
from itertools import count
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET

from gridhall.contract.orgfile import ChosenPosters, Mistake, OrgDocument, Path, Posting
from gridhall.contract.scopes import IM, MPIM
from gridhall.domain.orgfile.index import Conversation, Index, Membership, Person, PlannedToken
from gridhall.domain.orgfile.plan import plan


def check(documents: Sequence[OrgDocument]) -> None:
    """Refuse documents that cannot be loaded, or that no organization could be like.

    Raises:
        Mistake: the first mistake found, with its place.
    """
    numbers = count(1)
    # What is made here is thrown away. A small letter keeps it apart from every id that a file can give.
    index = plan(documents, lambda prefix: f"{prefix}x{next(numbers)}")
    _check_organizations(index)
    _check_people(index)
    _check_apps(index)
    for token in index.tokens:
        _check_token(index, token)
    for conversation in index.conversations.values():
        _check_conversation(index, conversation)
    _check_channel_names(index)
    _check_generals(index)
    _check_messages(index)
    _check_sessions(index)


# Organizations and workspaces.


def _check_organizations(index: Index) -> None:
    for organization in index.organizations.values():
        if organization.enterprise:
            _check_networks((*organization.path, "settings"), organization.enterprise.settings.network_allowlist)
    for team in index.teams.values():
        entry, path = team.entry, team.path
        _check_networks((*path, "settings"), entry.settings.network_allowlist)
        if team.organization == team.id:
            continue
        _refuse_given((*path, "retention"), entry.retention, "belongs to the enterprise")
        for key in ("session_duration", "desktop_app_browser_quit"):
            _refuse_given((*path, "settings", key), getattr(entry.settings, key), "belongs to the enterprise's settings")


def _refuse_given(path: Path, value: object, message: str) -> None:
    if value is not UNSET:
        raise Mistake(path, message)


def _check_networks(path: Path, blocks: list[str]) -> None:
    for at, block in enumerate(blocks):
        try:
            ipaddress.ip_network(block)
        except ValueError:
            raise Mistake((*path, "network_allowlist", at), "must be a CIDR block, such as 203.0.113.0/24") from None


# People.


def _check_people(index: Index) -> None:
    zones: set[str] = set()
    for person in index.people.values():
        entry, path = person.entry, person.path
        for organization in person.organizations:
            index.claim("user name", entry.name.lower(), (*path, "name"), within=organization)
            if entry.email is not UNSET:
                index.claim("e-mail address", entry.email.lower(), (*path, "email"), within=organization)
        if entry.tz not in zones:
            _check_zone((*path, "tz"), entry.tz)
            zones.add(entry.tz)
        _check_second_factor(person)
        _check_roles(index, person)
        _check_guest(index, person)
        _check_fields(index, person)


def _check_zone(path: Path, name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake(path, f"unknown time zone {name}") from None


def _check_second_factor(person: Person) -> None:
    if person.entry.two_factor is UNSET:
        return
    digits = person.entry.two_factor.secret.rstrip("=")
    try:
        base64.b32decode(digits + "=" * (-len(digits) % 8))
    except ValueError:
        raise Mistake((*person.path, "two_factor", "secret"), "is cut off: no bytes are written so in Base32") from None


def _check_roles(index: Index, person: Person) -> None:
    entry, path = person.entry, person.path
    own = index.organizations[person.organizations[0]]
    if entry.org_role != "member" and own.enterprise is None:
        raise Mistake((*path, "org_role"), "there is no enterprise to have a role in")
    if entry.org_role == "primary_owner" and not entry.deleted:
        _claim_primary(index, (*path, "org_role"), own.id)
    for team, role in entry.team_roles.items():
        if index.team((*path, "team_roles", team), team).id not in person.teams:
            raise Mistake((*path, "team_roles", team), f"{person.id} is not in {team}")
        if role == "primary_owner" and not entry.deleted:
            _claim_primary(index, (*path, "team_roles", team), team)


def _claim_primary(index: Index, path: Path, of: str) -> None:
    if index.taken("primary owner", of):
        raise Mistake(path, f"{of} has a primary owner already")
    index.claim("primary owner", of, path)


def _check_guest(index: Index, person: Person) -> None:
    entry = person.entry
    path = (*person.path, "guest_channels")
    for at, channel in enumerate(entry.guest_channels):
        conversation = index.conversation((*path, at), channel)
        if not set(conversation.teams) & set(person.teams) and not conversation.entry.org_wide:
            raise Mistake((*path, at), f"{channel} is in no workspace of {person.id}")
    if entry.guest == "none":
        if entry.guest_channels:
            raise Mistake(path, f"{person.id} is no guest")
        return
    if entry.org_role != "member":
        raise Mistake((*person.path, "org_role"), "a guest has no role")
    for team, role in entry.team_roles.items():
        if role != "member":
            raise Mistake((*person.path, "team_roles", team), "a guest has no role")
    if entry.guest == "single_channel" and len(entry.guest_channels) != 1 and not entry.deleted:
        raise Mistake(path, "a single-channel guest is confined to exactly one conversation")


def _check_fields(index: Index, person: Person) -> None:
    if not person.entry.fields:
        return
    known = {field for team in index.teams.values() if team.organization in person.organizations for field in team.fields}
    for field in person.entry.fields:
        if field not in known:
            raise Mistake((*person.path, "fields", field), f"unknown profile field {field}")


# Apps and tokens.


MOST_UNFURL_DOMAINS = 5
"""Domains of one app. Source: the platform's page on unfurling links."""


def _check_apps(index: Index) -> None:
    for app in index.apps.values():
        entry, path = app.entry, app.path
        if entry.developer is not UNSET:
            index.person((*path, "developer"), entry.developer)
        for at, person in enumerate(entry.collaborators):
            index.person((*path, "collaborators", at), person)
        for key in ("installed_on", "unfurl_domains"):
            _refuse_repeats((*path, key), getattr(entry, key))
        if len(entry.unfurl_domains) > MOST_UNFURL_DOMAINS:
            raise Mistake((*path, "unfurl_domains"), f"an app has {MOST_UNFURL_DOMAINS} domains at the most")
        for key in ("bot_scopes", "user_scopes"):
            _check_scopes((*path, key), getattr(entry, key))
        if entry.granted_teams is UNSET:
            continue
        whole = [target for target in entry.installed_on if target in index.organizations and target not in index.teams]
        for at, team in enumerate(entry.granted_teams):
            if index.teams[team].organization not in whole:
                raise Mistake((*path, "granted_teams", at), f"{app.id} is not installed on the organization of {team}")


def _refuse_repeats(path: Path, values: Sequence[str]) -> None:
    for at, value in enumerate(values):
        if value in values[:at]:
            raise Mistake((*path, at), f"{value} is named twice")


def _check_scopes(path: Path, scopes: list[str]) -> None:
    for at, scope in enumerate(scopes):
        if not scope or "," in scope or scope.split() != [scope]:
            raise Mistake((*path, at), "must be one scope, without commas and spaces")


def _check_token(index: Index, token: PlannedToken) -> None:
    entry, path = token.entry, token.path
    if entry.team is not UNSET and entry.enterprise is not UNSET:
        raise Mistake((*path, "enterprise"), "a token is for a workspace or for an organization, not for both")
    if token.kind == "app":
        for key in ("team", "enterprise", "user"):
            _refuse_given((*path, key), getattr(entry, key), "an app-level token is for its app alone")
    if token.user in index.people:
        person = index.people[token.user]
        if token.team is not None and token.team not in person.teams:
            raise Mistake((*path, "user"), f"{person.id} is not in {token.team}")
        if token.organization not in person.organizations:
            raise Mistake((*path, "user"), f"{person.id} is not in {token.organization}")
    _check_scopes((*path, "scopes"), token.scopes)


# Conversations.


def _check_conversation(index: Index, conversation: Conversation) -> None:
    if conversation.kind in (IM, MPIM):
        _check_direct(index, conversation)
    else:
        _check_channel(index, conversation)
    for member in conversation.members:
        _check_membership(index, conversation, member)
    for key in ("posting", "threads"):
        _check_posters(index, (*conversation.path, key), getattr(conversation.entry, key))
    if conversation.entry.deleted_at and not conversation.entry.deleted:
        raise Mistake((*conversation.path, "deleted_at"), "stands without `deleted: true`")


def _check_direct(index: Index, conversation: Conversation) -> None:
    entry, path, kind = conversation.entry, conversation.path, conversation.kind
    people: list[str] = (entry.im if kind == IM else entry.mpim) or []
    _refuse_repeats((*path, kind), people)
    if kind == IM and len(people) not in (1, 2):
        raise Mistake((*path, kind), "is between exactly two people, or one person's own")
    if kind == MPIM and len(people) < 3:
        raise Mistake((*path, kind), "is between three or more people")
    for member in conversation.members:
        if member.user not in people:
            raise Mistake(member.path, f"{member.user} is not one of the people in `{kind}`")
    for key in ("team", "teams", *(("name", "mpim") if kind == IM else ())):
        _refuse_given((*path, key), getattr(entry, key), f"cannot stand beside `{kind}`")
    for key in ("general", "private", "org_wide"):
        if getattr(entry, key):
            raise Mistake((*path, key), f"cannot stand beside `{kind}`")
    if entry.deleted:
        return
    between = ",".join(sorted(people))
    if index.taken("conversation of", between, within=conversation.organization):
        raise Mistake((*path, kind), "there is one of the same people already")
    index.claim("conversation of", between, (*path, kind), within=conversation.organization)


def _check_channel(index: Index, conversation: Conversation) -> None:
    entry, path = conversation.entry, conversation.path
    if entry.team is not UNSET and entry.teams is not UNSET:
        raise Mistake((*path, "teams"), "cannot stand beside `team`")
    _refuse_repeats((*path, "teams"), entry.teams or [])
    if entry.org_wide and index.organizations[conversation.organization].enterprise is None:
        raise Mistake((*path, "org_wide"), "there is no enterprise to be wide")


def _check_membership(index: Index, conversation: Conversation, member: Membership) -> None:
    person = index.people.get(member.user)
    if person is None or conversation.kind in (IM, MPIM) or member.entry.left:
        return
    if member.organization not in {index.teams[team].organization for team in conversation.teams}:
        raise Mistake(member.path, f"{person.id} is in no organization that the conversation is in")
    if person.entry.guest != "none" and conversation.id not in person.entry.guest_channels:
        raise Mistake(member.path, f"{person.id} is a guest, and not confined to this conversation")


def _check_posters(index: Index, path: Path, posting: Posting) -> None:
    if isinstance(posting, ChosenPosters):
        for at, user in enumerate(posting.users):
            index.user((*path, "users", at), user)


def _check_channel_names(index: Index) -> None:
    """A workspace has one live channel of a name; a channel from another organization may be a namesake.

    A channel for the whole organization takes its name in each of the organization's workspaces.
    """
    workspaces: dict[str, list[str]] = {}
    for workspace in index.teams.values():
        workspaces.setdefault(workspace.organization, []).append(workspace.id)
    for conversation in index.conversations.values():
        entry = conversation.entry
        if entry.archived or entry.deleted or entry.name is UNSET:
            continue
        for team in workspaces[conversation.organization] if entry.org_wide else conversation.teams:
            if index.teams[team].organization == conversation.organization:
                index.claim("channel name", entry.name.lower(), (*conversation.path, "name"), within=team)


def _check_generals(index: Index) -> None:
    for team, id in index.generals.items():
        conversation = index.conversations[id]
        entry, path = conversation.entry, conversation.path
        if team not in conversation.teams:
            raise Mistake((*index.teams[team].path, "general"), f"{id} is no channel of {team}")
        for key in ("private", "archived", "deleted"):
            if getattr(entry, key):
                raise Mistake((*path, key), "cannot be said of a general channel")


# Messages, sessions and requests.


def _check_messages(index: Index) -> None:
    for message in index.messages:
        for name, people in message.entry.reactions.items():
            _refuse_repeats((*message.path, "reactions", name), people)


def _check_sessions(index: Index) -> None:
    for session in index.sessions:
        if session.entry.team is not UNSET and session.entry.enterprise is not UNSET:
            raise Mistake((*session.path, "enterprise"), "one signs in to a workspace or to an organization, not to both")
        _check_in_place(index, session.path, session.entry.user, session.place)
        _check_address((*session.path, "created", "ip"), session.entry.created.ip)
        if session.entry.recent:
            _check_address((*session.path, "recent", "ip"), session.entry.recent.ip)
    for request in index.app_requests:
        _check_in_place(index, request.path, request.entry.user, request.team)
        _check_scopes((*request.path, "scopes"), request.scopes)


def _check_in_place(index: Index, path: Path, user: str, place: str) -> None:
    """Refuse who is not in this workspace, or in this organization."""
    person = index.people[user]
    if place not in (*person.teams, *person.organizations):
        raise Mistake((*path, "user"), f"{user} is not in {place}")


def _check_address(path: Path, address: str) -> None:
    if not address:
        return
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise Mistake(path, "must be an IP address") from None
