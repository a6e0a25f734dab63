"""Who calls: a token of every kind, of people of every standing, with no, the needed and all scopes."""

from collections.abc import Iterable
from dataclasses import dataclass

from gridhall.contract.tokens import ACTS_AS, PREFIX, Token

ORGANIZATION, WORKSPACE, BOT = "E0AUTH00001", "T0AUTH00001", "W0KITBOT0001"

# Standings, highest first, and who has them in tests/data/authorization.yaml.
PEOPLE = {
    "organization's primary owner": "W0ORGPRIMARY",
    "organization's owner": "W0ORGOWNER01",
    "organization's admin": "W0ORGADMIN01",
    "workspace's primary owner": "W0WSPRIMARY1",
    "workspace's owner": "W0WSOWNER001",
    "workspace's admin": "W0WSADMIN001",
    "member": "W0MEMBER0001",
    "multi-channel guest": "W0MULTI00001",
    "single-channel guest": "W0SINGLE0001",
}
SINGLE = "single-channel guest"
GUESTS = frozenset({"multi-channel guest", SINGLE})
ORGANIZATION_OWNERS = frozenset({"organization's primary owner", "organization's owner"})
ORGANIZATION_ADMINS = ORGANIZATION_OWNERS | {"organization's admin"}
WORKSPACE_OWNERS = frozenset({"workspace's primary owner", "workspace's owner"})
WORKSPACE_ADMINS = WORKSPACE_OWNERS | {"workspace's admin"}
ADMINS = ORGANIZATION_ADMINS | WORKSPACE_ADMINS

NONE, NEEDED, ALL = "no scopes", "exactly the needed", "all scopes"
SCOPES = (NONE, NEEDED, ALL)


@dataclass(frozen=True)
class Caller:
    """A kind of token, and the standing of the person that it acts as: empty for bots and apps.

    Arguments:
        kind: as tokens are stored; empty for no token.
        org_level: whether the token is the organization's rather than a workspace's; of a client whether somebody signed in
            to the organization as a whole.
    """

    kind: str
    standing: str = ""
    org_level: bool = False

    @property
    def acts_as(self) -> Token:
        return ACTS_AS[self.kind]

    @property
    def is_bot(self) -> bool:
        return self.kind in ("bot", "bot_rotating")

    @property
    def is_of_an_app(self) -> bool:
        return self.kind not in ("legacy", "client")

    @property
    def is_somebody(self) -> bool:
        """Whether a person or a bot calls."""
        return self.kind not in ("", "app")

    @property
    def user(self) -> str:
        """The id of the person or bot."""
        return PEOPLE.get(self.standing, BOT)

    @property
    def label(self) -> str:
        kind = {"": "none", "app": "app-level", "bot_rotating": "rotating bot", "user_rotating": "rotating user"}
        return ("org-level " if self.org_level else "") + kind.get(self.kind, self.kind)

    @property
    def counts_as(self) -> str:
        """The standing outside workspaces: an org-level token is no workspace's, and a role in one is none to it.

        What is about a channel is about the channel's workspace, and the role there counts.
        """
        return "member" if self.org_level and self.standing in WORKSPACE_ADMINS else self.standing

    def token(self, scopes: Iterable[str]) -> str:
        """The token; a client token is made by signing in, and no organization file has one."""
        assert self.kind != "client"
        place = "org" if self.org_level else "team"
        return f"{PREFIX[self.kind]}{place}-{PEOPLE.get(self.standing, 'app')}-{'+'.join(sorted(scopes))}"


CALLERS: tuple[Caller, ...] = (
    Caller(""),
    Caller("app"),
    *(Caller(kind) for kind in ("bot", "bot_rotating")),
    *(Caller(kind, standing) for kind in ("user", "user_rotating", "legacy", "client") for standing in PEOPLE),
    Caller("bot", org_level=True),
    *(Caller(kind, standing, org_level=True) for kind in ("user", "client") for standing in PEOPLE),
)
