"""What organization documents amount to, once what was left out is filled in and every reference is looked up."""

import re
from collections.abc import Callable, Sequence

from msgspec import UNSET, UnsetType

from gridhall.contract.orgfile import (
    AppEntry,
    AppRequestEntry,
    ConversationEntry,
    EnterpriseEntry,
    MemberEntry,
    Mistake,
    OrgDocument,
    Path,
    SessionEntry,
    TeamEntry,
    TokenEntry,
    UserEntry,
)
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.contract.tokens import ACTS_AS, Token, kind_of
from gridhall.domain.orgfile.index import (
    App,
    AppRequest,
    Bot,
    Conversation,
    Index,
    Membership,
    Organization,
    Person,
    PlannedToken,
    Session,
    Team,
)
from gridhall.domain.orgfile.messages import plan_message, plan_threads


def plan(documents: Sequence[OrgDocument], make: Callable[[str], str]) -> Index:
    """Fill in and look up.

    Arguments:
        documents: in the order of the file.
        make: gives a new id with this prefix, where one was left out.

    Raises:
        Mistake: an id, domain or token is there twice, or something refers to what is not there or cannot be meant.
    """
    index = Index(make)
    # Given domains are taken before any is made, and a step needs only what the steps before it found in every document.
    _claim_domains(index, documents)
    for number, document in enumerate(documents):
        _plan_organizations(index, number, document)
    for number, document in enumerate(documents):
        for position, app in enumerate(document.apps):
            _plan_app(index, (number, "apps", position), app)
    for number, document in enumerate(documents):
        home = index.teams_of(number)
        for position, user in enumerate(document.users):
            _plan_person(index, (number, "users", position), user, home)
    for number, document in enumerate(documents):
        for position, token in enumerate(document.tokens):
            _plan_token(index, (number, "tokens", position), token)
    confined = _confined(index)
    for number, document in enumerate(documents):
        home = index.teams_of(number)
        for position, conversation in enumerate(document.conversations):
            _plan_conversation(index, (number, "conversations", position), conversation, home, confined)
    _plan_generals(index)
    _gather_in_generals(index)
    for number, document in enumerate(documents):
        for position, message in enumerate(document.messages):
            plan_message(index, (number, "messages", position), message)
        for position, session in enumerate(document.sessions):
            _plan_session(index, (number, "sessions", position), session)
        for position, request in enumerate(document.app_requests):
            _plan_app_request(index, (number, "app_requests", position), request)
    plan_threads(index)
    return index


# Organizations and workspaces.


def _claim_domains(index: Index, documents: Sequence[OrgDocument]) -> None:
    for number, document in enumerate(documents):
        if document.enterprise and document.enterprise.domain:
            index.claim("domain", document.enterprise.domain, (number, "enterprise", "domain"))
        for position, team in enumerate(document.teams):
            if team.domain:
                index.claim("domain", team.domain, (number, "teams", position, "domain"))


def _plan_organizations(index: Index, number: int, document: OrgDocument) -> None:
    whole = None
    if document.enterprise is not UNSET:
        path: Path = (number, "enterprise")
        whole = index.identify(path, "id", document.enterprise.id, "E")
        domain = _domain(index, path, document.enterprise, whole)
        index.organizations[whole] = Organization(path, whole, domain, document.enterprise, None)
    for position, entry in enumerate(document.teams):
        path = (number, "teams", position)
        id = index.identify(path, "id", entry.id, "T")
        domain = _domain(index, path, entry, id)
        fields = {
            index.identify((*path, "profile_fields", at), "id", field.id, "Xf"): field
            for at, field in enumerate(entry.profile_fields)
        }
        index.teams[id] = Team(path, id, whole or id, domain, fields, entry)
        if whole is None:
            index.organizations[id] = Organization(path, id, domain, None, entry)


def _domain(index: Index, path: Path, entry: EnterpriseEntry | TeamEntry, id: str) -> str:
    """The domain that was given, or one made from the name."""
    if entry.domain is not UNSET:
        return entry.domain
    stem = re.sub("[^a-z0-9]+", "-", entry.name.lower()).strip("-") or id.lower()
    domain, count = stem, 1
    while index.taken("domain", domain):
        count += 1
        domain = f"{stem}-{count}"
    index.claim("domain", domain, path)
    return index.note((*path, "domain"), domain)


def _own_organization(index: Index, path: Path) -> Organization:
    """The organization of the document that the path leads into; of lone workspaces the first."""
    for organization in index.organizations.values():
        if organization.path[0] == path[0]:
            return organization
    raise Mistake(path, "belongs to no organization: its document has neither an enterprise nor a workspace")


# Apps and people.


def _plan_app(index: Index, path: Path, entry: AppEntry) -> None:
    own = _own_organization(index, path)
    id = index.identify(path, "id", entry.id, "A")
    app = index.apps[id] = App(path, id, own.id, _client_id(index, path, entry), _bot(index, path, entry, own), entry)
    if app.bot:
        index.bots[app.bot.id] = app
    granted = entry.granted_teams
    for at, team in enumerate(granted or ()):
        index.team((*path, "granted_teams", at), team)
    for at, target in enumerate(entry.installed_on):
        organization = index.organization_of((*path, "installed_on", at), target)
        reached = [target] if target in index.teams else _teams_in(index, organization)
        if target not in index.teams and granted is not UNSET:
            reached = [team for team in reached if team in granted]
        _welcome(app, organization, reached)


def _client_id(index: Index, path: Path, entry: AppEntry) -> str:
    if entry.client_id is UNSET:
        return index.note((*path, "client_id"), f"{_number(index)}.{_number(index)}")
    index.claim("client id", entry.client_id, (*path, "client_id"))
    return entry.client_id


def _number(index: Index) -> int:
    """A new number, positive and small enough for every JSON reader."""
    return int(index.make(""), 36) % 2**53 or 1


def _bot(index: Index, path: Path, entry: AppEntry, own: Organization) -> Bot | None:
    if entry.bot is UNSET:
        return None
    path = (*path, "bot")
    id = index.identify(path, "id", entry.bot.id, "W" if own.enterprise else "U")
    return Bot(id, index.identify(path, "bot_id", entry.bot.bot_id, "B"), entry.bot.name, {own.id: []})


def _teams_in(index: Index, organization: str) -> list[str]:
    return [team.id for team in index.teams.values() if team.organization == organization]


def _welcome(app: App, organization: str, teams: list[str]) -> None:
    """Make the app's bot known in an organization and a member of workspaces there."""
    if app.bot:
        present = app.bot.present.setdefault(organization, [])
        present += [team for team in teams if team not in present]


def _plan_person(index: Index, path: Path, entry: UserEntry, home: list[str]) -> None:
    own = _own_organization(index, path)
    id = index.identify(path, "id", entry.id, "W" if own.enterprise else "U")
    for at, team in enumerate(entry.teams):
        if index.team((*path, "teams", at), team).id not in home:
            raise Mistake((*path, "teams", at), f"{team} is no workspace of this person's document")
    teams = list(dict.fromkeys(entry.teams))
    if own.enterprise:
        index.people[id] = Person(path, id, [own.id], teams, entry)
    else:
        index.people[id] = Person(path, id, teams or [own.id], teams or [own.id], entry)


# Tokens.


def _plan_token(index: Index, path: Path, entry: TokenEntry) -> None:
    index.claim("token", entry.token, (*path, "token"), shown=False)
    kind = kind_of(entry.token)
    if kind is None:
        raise Mistake((*path, "token"), "its prefix is none that the platform has")
    acts_as = ACTS_AS[kind]
    if acts_as is Token.CLIENT:
        raise Mistake((*path, "token"), "is a client's: those come from signing in, not from a file")
    app = None if entry.app is UNSET else index.app((*path, "app"), entry.app)
    if app is None and acts_as not in Token.PERSON:
        raise Mistake((*path, "app"), "is missing: only a person's token can be without an app")
    user = _bearer(index, path, entry, acts_as, app)
    if app and acts_as is Token.APP:
        organization, team = app.organization, None
    else:
        organization, team = _target(index, path, entry, app, user)
    if app and acts_as is Token.BOT:
        # A token proves that the bot is there, whatever is said of installations.
        _welcome(app, organization, [team] if team else [])
    scopes = _default_scopes(acts_as, app) if entry.scopes is UNSET else entry.scopes
    index.tokens.append(PlannedToken(path, kind, organization, app.id if app else None, team, user, scopes, entry))


def _default_scopes(acts_as: Token, app: App | None) -> list[str]:
    if app is None or acts_as is Token.APP:
        return []
    return app.entry.bot_scopes if acts_as is Token.BOT else app.entry.user_scopes


def _bearer(index: Index, path: Path, entry: TokenEntry, acts_as: Token, app: App | None) -> str | None:
    """Who the token acts as."""
    path = (*path, "user")
    if acts_as is Token.APP:
        return None
    if acts_as is Token.BOT and app:
        if app.bot is None:
            raise Mistake(path, f"the app {app.id} has no bot")
        if entry.user is not UNSET and entry.user != app.bot.id:
            raise Mistake(path, f"a bot token acts as its app's bot, which is {app.bot.id}")
        return app.bot.id
    if entry.user is UNSET:
        raise Mistake(path, "is missing: a token of this kind acts as a person")
    return index.person(path, entry.user).id


def _target(index: Index, path: Path, entry: TokenEntry, app: App | None, user: str | None) -> tuple[str, str | None]:
    """The organization that the token is for, and the workspace where it is for one."""
    if entry.enterprise is not UNSET:
        return _enterprise(index, path, entry.enterprise), None
    if entry.team is not UNSET:
        return index.team((*path, "team"), entry.team).organization, entry.team
    targets = app.entry.installed_on if app else index.people[user].teams if user else []
    if not targets:
        raise Mistake((*path, "team"), "is missing, and there is no installation to take it from")
    return index.organization_of(path, targets[0]), targets[0] if targets[0] in index.teams else None


def _enterprise(index: Index, path: Path, given: str) -> str:
    organization = index.organizations.get(given)
    if organization is None or organization.enterprise is None:
        raise Mistake((*path, "enterprise"), f"unknown organization {given}")
    return organization.id


# Conversations.


def _confined(index: Index) -> dict[str, list[str]]:
    """Guests by the conversation that they are confined to."""
    confined: dict[str, list[str]] = {}
    for person in index.people.values():
        for channel in person.entry.guest_channels:
            confined.setdefault(channel, []).append(person.id)
    return confined


def _plan_conversation(
    index: Index, path: Path, entry: ConversationEntry, home: list[str], confined: dict[str, list[str]]
) -> None:
    kind = _kind(path, entry)
    id = index.identify(path, "id", entry.id, {IM: "D", MPIM: "G"}.get(kind, "C"))
    teams = [] if kind in (IM, MPIM) else _conversation_teams(index, path, entry, home)
    entries = _members(index, path, entry, confined.get(id, []))
    hosts = [index.teams[team].organization for team in teams]
    organization = hosts[0] if hosts else _common_organization(index, [user for _, user, _ in entries])
    first = entries[0][1] if entries else ""
    creator = first if entry.creator is UNSET else index.user((*path, "creator"), entry.creator)
    conversation = index.conversations[id] = Conversation(path, id, kind, organization, teams, creator, [], entry)
    for at, user, member in entries:
        conversation.members.append(Membership(at, user, index.organization_in(conversation, user), member))


def _kind(path: Path, entry: ConversationEntry) -> str:
    if entry.im is not UNSET:
        return IM
    if entry.mpim is not UNSET:
        return MPIM
    if entry.name is UNSET:
        raise Mistake((*path, "name"), "is missing: a channel has a name")
    return PRIVATE if entry.private else PUBLIC


def _conversation_teams(index: Index, path: Path, entry: ConversationEntry, home: list[str]) -> list[str]:
    if entry.team is not UNSET:
        return [index.team((*path, "team"), entry.team).id]
    teams = home[:1] if entry.teams is UNSET else entry.teams
    if not teams:
        raise Mistake((*path, "team"), "is missing, and its document has no workspace to take it from")
    for at, team in enumerate(entry.teams or ()):
        index.team((*path, "teams", at), team)
    return teams


def _members(index: Index, path: Path, entry: ConversationEntry, guests: list[str]) -> list[tuple[Path, str, MemberEntry]]:
    """Everyone in it, once: the people of a direct or group conversation, the members, the guests confined to it."""
    found: dict[str, tuple[Path, str, MemberEntry]] = {}
    for key, people in (("im", entry.im), ("mpim", entry.mpim)):
        for at, user in enumerate(people or ()):
            place: Path = (*path, key, at)
            found[index.user(place, user)] = (place, user, MemberEntry(user=user))
    listed: set[str] = set()
    for at, member in enumerate(entry.members):
        place = (*path, "members", at)
        if isinstance(member, str):
            member = MemberEntry(user=member)
        if member.user in listed:
            raise Mistake(place, f"{member.user} is named twice")
        listed.add(index.user(place, member.user))
        found[member.user] = (place, member.user, member)
    for guest in guests:
        found.setdefault(guest, (path, guest, MemberEntry(user=guest)))
    return list(found.values())


def _common_organization(index: Index, users: list[str]) -> str:
    """The organization that all of them are in, or else the first one's; none for nobody, which the checks refuse."""
    if not users:
        return ""
    first, *others = [index.organizations_of(user) for user in users]
    return next((id for id in first if all(id in other for other in others)), first[0])


def _plan_generals(index: Index) -> None:
    for conversation in index.conversations.values():
        if conversation.entry.general and conversation.teams:
            _set_general(index, (*conversation.path, "general"), conversation.teams[0], conversation.id)
    for team in index.teams.values():
        if team.entry.general is not UNSET:
            path = (*team.path, "general")
            _set_general(index, path, team.id, index.conversation(path, team.entry.general).id)


def _gather_in_generals(index: Index) -> None:
    """Everyone in a workspace is in its general channel: people, as guests and bots are where they were let in."""
    inside: dict[str, list[str]] = {}
    for person in index.people.values():
        if person.entry.guest == "none" and not person.entry.deleted:
            for team in person.teams:
                inside.setdefault(team, []).append(person.id)
    for team, id in index.generals.items():
        conversation = index.conversations[id]
        # Who is listed as having left stays away.
        listed = {member.user for member in conversation.members}
        for user in inside.get(team, []):
            if user not in listed:
                organization = index.organization_in(conversation, user)
                conversation.members.append(Membership(conversation.path, user, organization, MemberEntry(user=user)))


def _set_general(index: Index, path: Path, team: str, conversation: str) -> None:
    other = index.generals.setdefault(team, conversation)
    if other != conversation:
        raise Mistake(path, f"the general channel of {team} is {other} already")


# Sessions and requests.


def _plan_session(index: Index, path: Path, entry: SessionEntry) -> None:
    person = index.person((*path, "user"), entry.user)
    if entry.enterprise is UNSET:
        team = _team_for(index, path, person, entry.team)
        organization, place = team.organization, team.id
    else:
        organization = place = _enterprise(index, path, entry.enterprise)
    if entry.id is UNSET:
        id = _number(index)
        index.note((*path, "id"), str(id))
    else:
        id = entry.id
        index.claim("session id", str(id), (*path, "id"))
    index.sessions.append(Session(path, id, organization, place, entry))


def _plan_app_request(index: Index, path: Path, entry: AppRequestEntry) -> None:
    app = index.app((*path, "app"), entry.app)
    team = _team_for(index, path, index.person((*path, "user"), entry.user), entry.team)
    scopes = [*app.entry.bot_scopes, *app.entry.user_scopes] if entry.scopes is UNSET else entry.scopes
    id = index.identify(path, "id", entry.id, "Ar")
    index.app_requests.append(AppRequest(path, id, team.organization, team.id, scopes, entry))


def _team_for(index: Index, path: Path, person: Person, given: str | UnsetType) -> Team:
    """The workspace that was given, or the person's first."""
    if given is not UNSET:
        return index.team((*path, "team"), given)
    if not person.teams:
        raise Mistake((*path, "team"), f"is missing, and {person.id} is in no workspace")
    return index.teams[person.teams[0]]
