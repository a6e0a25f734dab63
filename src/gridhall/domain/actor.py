"""Who is calling."""

from dataclasses import dataclass

from gridhall.contract.roles import Role
from gridhall.contract.tokens import Token
from gridhall.domain.networks import Allowlists


@dataclass(frozen=True, slots=True)
class Standing:
    """One workspace as far as addressing it goes.

    Arguments:
        role: how high the caller stands there.
    """

    team: str
    team_name: str
    domain: str
    role: Role
    migration: str
    ekm_access_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller, as the token tells: read once, remembered until something of it changes (see `signals.AuthorityChanged`).

    Arguments:
        token: the id of the token.
        app_bot_id: the id of the app's bot, also where the token acts as a person.
        user: the person or bot that the token acts as; None for app-level tokens.
        session, cookie_hash: of a client token, its session and what the cookie has to be; None for others.
        team: the workspace of a workspace token; None for org-level and app-level ones.
        organization: the organization's id; for a lone workspace the workspace's.
        enterprise: the organization's id where it is an Enterprise organization, else None.
        role: how high the caller stands: in the workspace for a workspace token, else in the organization.
        org_role: how high the caller stands in the organization.
        scopes_header: the scopes as sent in headers and in `provided`.
        expires_at: Unix seconds, 0 for never.
        gone: the token was revoked, or its person, workspace or app is gone.
        standings: the workspaces that the token reaches, by id.
        workspaces: every workspace of the organization by id, reached or not; empty for workspace tokens.
        networks: each group must hold the caller's address: the organization's allowlist, then the workspace's.
        reduced_history: whether the app reads messages under the reduced limits.
        oversight_access: whether the organization was granted what `Method.on_request` is about.
    """

    token: str
    kind: str
    acts_as: Token
    app: str | None
    app_name: str
    bot_id: str | None
    app_bot_id: str | None
    user: str | None
    user_name: str
    user_real_name: str
    user_email: str
    session: int | None
    cookie_hash: str | None
    team: str | None
    organization: str
    organization_name: str
    organization_domain: str
    enterprise: str | None
    role: Role
    org_role: Role
    guest: str
    scopes: frozenset[str]
    scopes_header: str
    expires_at: int
    gone: bool
    maintenance: bool
    ekm_access_withdrawn: bool
    two_factor_missing: bool
    standings: dict[str, Standing]
    workspaces: frozenset[str]
    networks: Allowlists
    reduced_history: bool
    oversight_access: bool

    @property
    def org_level(self) -> bool:
        """Whether the token belongs to the organization as a whole."""
        return self.team is None and self.enterprise is not None and self.acts_as is not Token.APP


def anonymous(address: str) -> Actor:
    """Nobody in particular, told apart by address only: the caller of a method that needs no token."""
    return Actor(
        token=address,
        kind="none",
        acts_as=Token(0),
        app=None,
        app_name="",
        bot_id=None,
        app_bot_id=None,
        user=None,
        user_name="",
        user_real_name="",
        user_email="",
        session=None,
        cookie_hash=None,
        team=None,
        organization="",
        organization_name="",
        organization_domain="",
        enterprise=None,
        role=Role.GUEST,
        org_role=Role.GUEST,
        guest="none",
        scopes=frozenset(),
        scopes_header="",
        expires_at=0,
        gone=False,
        maintenance=False,
        ekm_access_withdrawn=False,
        two_factor_missing=False,
        standings={},
        workspaces=frozenset(),
        networks=(),
        reduced_history=False,
        oversight_access=False,
    )
