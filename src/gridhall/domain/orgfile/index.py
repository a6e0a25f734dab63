"""Everything in organization documents by id: what the plan makes, and what the checks and the loading read."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from msgspec import UNSET, UnsetType

from gridhall.contract.orgfile import (
    AppEntry,
    AppRequestEntry,
    ConversationEntry,
    EnterpriseEntry,
    MemberEntry,
    MessageEntry,
    Mistake,
    Path,
    ProfileFieldEntry,
    SessionEntry,
    TeamEntry,
    TokenEntry,
    UserEntry,
)
from gridhall.domain.messages import Author

T = TypeVar("T")


class Organization(NamedTuple):
    """An Enterprise organization, or a lone workspace in the role of one: one of the two entries is there."""

    path: Path
    id: str
    domain: str
    enterprise: EnterpriseEntry | None
    lone: TeamEntry | None


class Team(NamedTuple):
    """A workspace, the organization it is in, and its profile fields by id."""

    path: Path
    id: str
    organization: str
    domain: str
    fields: dict[str, ProfileFieldEntry]
    entry: TeamEntry


class Person(NamedTuple):
    """A person, who is in several organizations only where they are in several lone workspaces."""

    path: Path
    id: str
    organizations: list[str]
    teams: list[str]
    entry: UserEntry


class Bot(NamedTuple):
    """An app's bot user. `present` tells the organizations that know it, with the workspaces there that it is a member of."""

    id: str
    bot_id: str
    name: str
    present: dict[str, list[str]]


class App(NamedTuple):
    """An app and the organization that owns it."""

    path: Path
    id: str
    organization: str
    client_id: str
    bot: Bot | None
    entry: AppEntry


class PlannedToken(NamedTuple):
    """A token and what it stands for. `team` is None for org-level and app-level tokens."""

    path: Path
    kind: str
    organization: str
    app: str | None
    team: str | None
    user: str | None
    scopes: list[str]
    entry: TokenEntry


class Membership(NamedTuple):
    """Somebody in a conversation, and the organization that they are there from."""

    path: Path
    user: str
    organization: str
    entry: MemberEntry


class Conversation(NamedTuple):
    """A conversation. The first of `teams` is its own workspace; direct and group conversations have none."""

    path: Path
    id: str
    kind: str
    organization: str
    teams: list[str]
    creator: str
    members: list[Membership]
    entry: ConversationEntry


class Message(NamedTuple):
    """A message in its conversation. `parent` is the `ts` of the message that its thread is under, None for no reply."""

    path: Path
    conversation: Conversation
    author: Author
    ts: int
    parent: int | None
    entry: MessageEntry


class Session(NamedTuple):
    """A signed-in device. `place` is the workspace, or the organization where it is the whole of it that was signed in to."""

    path: Path
    id: int
    organization: str
    place: str
    entry: SessionEntry


class AppRequest(NamedTuple):
    """A request to have an app approved."""

    path: Path
    id: str
    organization: str
    team: str
    scopes: list[str]
    entry: AppRequestEntry


class Index:
    """Everything in the documents, in the order given.

    Arguments:
        make: gives a new id with this prefix, where one was left out.
    """

    def __init__(self, make: Callable[[str], str]) -> None:
        self.make = make
        self.made: dict[Path, str] = {}
        self.organizations: dict[str, Organization] = {}
        self.teams: dict[str, Team] = {}
        self.people: dict[str, Person] = {}
        self.apps: dict[str, App] = {}
        self.bots: dict[str, App] = {}
        self.tokens: list[PlannedToken] = []
        self.conversations: dict[str, Conversation] = {}
        self.generals: dict[str, str] = {}
        """The general channel of each workspace that has one."""
        self.messages: list[Message] = []
        self.sessions: list[Session] = []
        self.app_requests: list[AppRequest] = []
        self._taken: set[tuple[str, str, str]] = set()

    # What may be there only once.

    def taken(self, kind: str, value: str, *, within: str = "") -> bool:
        """Whether something of this kind bears this already."""
        return (kind, within, value) in self._taken

    def claim(self, kind: str, value: str, path: Path, *, within: str = "", shown: bool = True) -> None:
        """Take a value that may be there only once; a mistake at `path` where it is taken.

        Arguments:
            kind: of which there is only one of each value, such as `id` or `domain`.
            within: the id of what it is the only one in; the whole database by default.
            shown: whether the mistake may say the value, which it may not of a secret.
        """
        if self.taken(kind, value, within=within):
            raise Mistake(path, f"duplicate {kind} {value}" if shown else f"duplicate {kind}")
        self._taken.add((kind, within, value))

    def identify(self, path: Path, key: str, given: str | UnsetType, prefix: str) -> str:
        """The id that was given, or a new one."""
        if given is UNSET:
            return self.note((*path, key), self.make(prefix))
        self.claim("id", given, (*path, key))
        return given

    def note(self, path: Path, made: str) -> str:
        """Remember what was made for a key that was left out."""
        self.made[path] = made
        return made

    # What is referred to.

    def team(self, path: Path, id: str) -> Team:
        """The workspace of this id; a mistake at `path` where there is none."""
        return _known(self.teams, path, id, "workspace")

    def app(self, path: Path, id: str) -> App:
        """The app of this id; a mistake at `path` where there is none."""
        return _known(self.apps, path, id, "app")

    def person(self, path: Path, id: str) -> Person:
        """The person of this id; a mistake at `path` where there is none, or a bot."""
        if id in self.bots:
            raise Mistake(path, f"{id} is a bot")
        return _known(self.people, path, id, "user")

    def conversation(self, path: Path, id: str) -> Conversation:
        """The conversation of this id; a mistake at `path` where there is none."""
        return _known(self.conversations, path, id, "conversation")

    def user(self, path: Path, id: str) -> str:
        """The id again; a mistake at `path` where it is neither a person's nor a bot's."""
        if id not in self.bots:
            _known(self.people, path, id, "user")
        return id

    def organization_of(self, path: Path, id: str) -> str:
        """The organization of a workspace, or of itself; a mistake at `path` where it is neither."""
        if id in self.organizations:
            return id
        return _known(self.teams, path, id, "workspace or organization").organization

    def organizations_of(self, user: str) -> list[str]:
        """Where a person or a bot is known."""
        if user in self.people:
            return self.people[user].organizations
        bot = self.bots[user].bot
        return list(bot.present) if bot else []

    def organization_in(self, conversation: Conversation, user: str) -> str:
        """The organization that somebody is in a conversation from."""
        own = self.organizations_of(user)
        preferred = [conversation.organization, *(self.teams[team].organization for team in conversation.teams)]
        return next((id for id in preferred if id in own), own[0])

    def teams_of(self, document: int) -> list[str]:
        """The workspaces that one document lists."""
        return [team.id for team in self.teams.values() if team.path[0] == document]


def _known(things: dict[str, T], path: Path, id: str, noun: str) -> T:
    thing = things.get(id)
    if thing is None:
        raise Mistake(path, f"unknown {noun} {id}")
    return thing
