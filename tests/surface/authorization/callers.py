"""Who calls: a token of every kind, of people of every standing, with no, the needed and all scopes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, eq=False)
class Realm:
    """An organization, or a lone workspace, with who calls from there.

    Arguments:
        told: how tokens of it are told from those of the organization that calls are about.
        id: of the organization; a lone workspace is its own.
        people: ids by standing.
    """

    told: str
    id: str
    workspace: str
    app: str
    bot: str
    people: Mapping[str, str] = field(repr=False)


HOME = Realm("", ORGANIZATION, WORKSPACE, "A0AUTH00001", BOT, PEOPLE)
LONE = Realm(
    "of a lone workspace",
    "T0LONE00001",
    "T0LONE00001",
    "A0LONE00001",
    "U0LONEBOT01",
    {
        "workspace's primary owner": "U0LONEPRIM01",
        "workspace's owner": "U0LONEOWNER1",
        "workspace's admin": "U0LONEADMIN1",
        "member": "U0LONEMEMBER",
    },
)
OTHER = Realm(
    "of another organization",
    "E0OTHER0001",
    "T0OTHER0001",
    "A0OTHER0001",
    "W0OTHERBOT01",
    {"organization's primary owner": "W0OTHERPRIM1"},
)
UNGRANTED = Realm(
    "of an organization without oversight",
    "E0UNGRANTED1",
    "T0UNGRANTED1",
    "A0UNGRANTED1",
    "W0UNGRANTBOT",
    {"organization's primary owner": "W0UNGRANTED1"},
)
REALMS = (HOME, LONE, OTHER, UNGRANTED)

NONE, NEEDED, ALL, OTHERS = "no scopes", "exactly the needed", "all scopes", "all but what serves"
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
    realm: Realm = HOME

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
        return self.realm.people.get(self.standing, self.realm.bot)

    @property
    def label(self) -> str:
        kind = {"": "none", "app": "app-level", "bot_rotating": "rotating bot", "user_rotating": "rotating user"}
        label = ("org-level " if self.org_level else "") + kind.get(self.kind, self.kind)
        return f"{label} {self.realm.told}" if self.realm.told else label

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
        return f"{PREFIX[self.kind]}{place}-{self.user}-{'+'.join(sorted(scopes))}"


CALLERS: tuple[Caller, ...] = (
    Caller(""),
    Caller("app"),
    *(Caller(kind) for kind in ("bot", "bot_rotating")),
    *(Caller(kind, standing) for kind in ("user", "user_rotating", "legacy", "client") for standing in PEOPLE),
    *(Caller(kind, org_level=True) for kind in ("bot", "bot_rotating")),
    *(Caller(kind, standing, org_level=True) for kind in ("user", "user_rotating", "client") for standing in PEOPLE),
)

OUTSIDERS: tuple[Caller, ...] = (
    Caller("bot", realm=LONE),
    *(Caller(kind, standing, realm=LONE) for kind in ("user", "legacy", "client") for standing in LONE.people),
    *(
        Caller(kind, standing, org_level, realm)
        for realm in (OTHER, UNGRANTED)
        for kind, standing, org_level in (
            ("bot", "", True),
            ("user", "organization's primary owner", False),
            ("user", "organization's primary owner", True),
        )
    ),
)
"""Of elsewhere. They try what administers or oversees an organization."""
