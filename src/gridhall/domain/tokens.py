"""Tokens: what they stand for, and how they end."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.roles import Role
from gridhall.contract.scopes import CLIENT, CLIENT_SCOPE
from gridhall.contract.tokens import ACTS_AS, PREFIX, Token, kind_of
from gridhall.domain import audit, networks
from gridhall.domain.actor import Actor, Standing
from gridhall.domain.organizations import Organization, Workspace
from gridhall.domain.people import Person, standing
from gridhall.domain.secrets import hash_of
from gridhall.domain.sessions import Session
from gridhall.domain.signals import AuthorityChanged

if TYPE_CHECKING:
    from gridhall.domain.work import Work


class TokenRow(msgspec.Struct, gc=False):
    """A token. Its text is known only by whom it was given to; here is its SHA-256."""

    hash: str
    id: str
    kind: str
    organization: str
    app: str | None
    workspace: str | None
    person: str | None
    scopes: str
    created: int
    expires_at: int
    revoked_at: int


class Tokens(Protocol):
    """Storage of tokens."""

    async def find(self, hash: str) -> TokenRow | None: ...

    async def find_by_id(self, id: str) -> TokenRow | None: ...

    async def add(self, token: TokenRow) -> None: ...

    async def revoke(self, hash: str, at: int) -> bool:
        """End a token; False where it had ended already."""
        ...

    async def list_all(self) -> list[TokenRow]: ...


async def create(
    work: "Work",
    *,
    organization: str,
    workspace: str | None,
    person: str,
    app: str | None,
    kind: str,
    scopes: list[str],
    actor: Actor | None,
) -> str:
    """Make a token and give its text, which is told this once."""
    text = work.source.secret(PREFIX[kind])
    row = TokenRow(
        hash=hash_of(text),
        id=work.source.id("Tk"),
        kind=kind,
        organization=organization,
        app=app,
        workspace=workspace,
        person=person,
        scopes=",".join(scopes),
        created=work.source.seconds(),
        expires_at=0,
        revoked_at=0,
    )
    await work.tokens.add(row)
    bearer = await work.people.find(organization, person)
    assert bearer is not None
    await audit.write(work, organization, "token_created", entity=audit.user(bearer), actor=actor, details={"token": row.id})
    work.signal(AuthorityChanged(organization))
    return text


async def revoke(work: "Work", token: TokenRow, *, actor: Actor | None) -> bool:
    """End a token at once, on every worker. False where it had ended already."""
    ended = await work.tokens.revoke(token.hash, work.source.seconds())
    if ended:
        await audit.write(
            work,
            token.organization,
            "token_revoked",
            entity=await _entity(work, token),
            actor=actor,
            details={"token": token.id},
        )
        work.signal(AuthorityChanged(token.organization))
    return ended


async def _entity(work: "Work", token: TokenRow) -> audit.Entity:
    """What the audit log tells of where a token is meant: whom it acts as, or the app that it belongs to."""
    if token.person is not None:
        person = await work.people.find(token.organization, token.person)
        assert person is not None
        return audit.user(person, token.workspace)
    app = await work.apps.find(token.app) if token.app is not None else None
    assert app is not None
    return audit.app(app)


async def load_actor(work: "Work", text: str) -> Actor | None:
    """Everything that a token says about its bearer, None for an unknown one. Expiry is left to the caller's clock."""
    kind = kind_of(text)
    if kind is None:
        return None
    if ACTS_AS[kind] is Token.CLIENT:
        session = await work.sessions.find_by_token(hash_of(text), now=work.source.seconds())
        return await load_actor_of_session(work, session) if session is not None else None
    row = await work.tokens.find(hash_of(text))
    return await _load(work, row) if row is not None else None


async def load_actor_of_session(work: "Work", session: Session) -> Actor | None:
    """Everything that a session says about whose it is, None where the organization is gone."""
    row = _client_row(session.organization, session.workspace, session.person)
    row.expires_at = session.expires_at
    return await _load(work, row, session)


async def load_actor_by_id(work: "Work", organization: str, id: str) -> Actor | None:
    """Everything that a token says that is known by its id, None where it is gone.

    Client tokens go by whose they are and where, not by their session: what somebody asked for in a client is done after they
    signed out.
    """
    if id.startswith(_CLIENT):
        place, person = id.removeprefix(_CLIENT).split("/", 1)
        return await _load(work, _client_row(organization, place, person))
    row = await work.tokens.find_by_id(id)
    return await _load(work, row) if row is not None else None


_CLIENT = "client/"


def _client_row(organization: str, place: str, person: str) -> TokenRow:
    """A client token as a row. It may whatever people may in a client; `place` may be the organization."""
    return TokenRow(
        hash="",
        id=f"{_CLIENT}{place}/{person}",
        kind="client",
        organization=organization,
        app=None,
        workspace=place,
        person=person,
        scopes=CLIENT_SCOPE,
        created=0,
        expires_at=0,
        revoked_at=0,
    )


async def _load(work: "Work", row: TokenRow, session: Session | None = None) -> Actor | None:
    organization = await work.organizations.find(row.organization)
    if organization is None:
        return None
    acts_as = ACTS_AS[row.kind]
    if acts_as is Token.CLIENT and organization.enterprise and row.workspace == organization.id:
        row.workspace = None
    person = await work.people.find_member(row.organization, row.workspace, row.person) if row.person else None
    app = await work.apps.find(row.app) if row.app else None
    workspaces, every = await _reached(work, row, organization)
    roles = await work.people.roles(row.organization, row.person) if row.person else {}
    if acts_as is Token.CLIENT:
        workspaces = [workspace for workspace in workspaces if workspace.id in roles]
    own = next((workspace for workspace in workspaces if workspace.id == row.workspace), None)
    role = standing(person.org_role, person.role, person.guest) if person else Role.MEMBER
    return Actor(
        token=row.id,
        kind=row.kind,
        acts_as=acts_as,
        app=row.app,
        app_name=app.name if app else "",
        bot_id=person.bot_id if person else None,
        app_bot_id=app.bot_id if app else None,
        user=row.person,
        user_name=person.name if person else "",
        user_real_name=(person.real_name or person.name) if person else "",
        user_email=person.email if person else "",
        session=session.id if session else None,
        cookie_hash=session.cookie_hash if session else None,
        team=row.workspace,
        organization=row.organization,
        organization_name=organization.name,
        organization_domain=organization.domain,
        enterprise=organization.id if organization.enterprise else None,
        role=role,
        org_role=standing(person.org_role, None, person.guest) if person else Role.MEMBER,
        guest=person.guest if person else "none",
        scopes=CLIENT if acts_as is Token.CLIENT else frozenset(row.scopes.split(",") if row.scopes else ()),
        scopes_header=row.scopes,
        expires_at=row.expires_at,
        gone=_is_gone(row, person, person.role if person else None, own, app.removed if app else False),
        maintenance=organization.maintenance,
        ekm_access_withdrawn=organization.ekm_access_withdrawn,
        two_factor_missing=_lacks_two_factor(acts_as, person, organization, own),
        standings={
            workspace.id: Standing(
                team=workspace.id,
                team_name=workspace.name,
                domain=workspace.domain,
                role=standing(person.org_role, roles.get(workspace.id), person.guest) if person else Role.MEMBER,
                migration=workspace.migration,
                ekm_access_withdrawn=workspace.ekm_access_withdrawn,
            )
            for workspace in workspaces
        },
        workspaces=every,
        networks=networks.read(organization.network_allowlist, own.network_allowlist if own else "[]"),
        reduced_history=app.reduced_history_limits if app else False,
        oversight_access=organization.oversight_access,
    )


async def _reached(work: "Work", row: TokenRow, organization: Organization) -> tuple[list[Workspace], frozenset[str]]:
    """The workspaces that the token reaches, its own or for an org-level token those granted to the app; and all there are."""
    if row.workspace is not None:
        own = await work.workspaces.find(row.organization, row.workspace)
        return [own] if own else [], frozenset()
    if not organization.enterprise or row.person is None:
        return [], frozenset()
    workspaces = [workspace for workspace in await work.workspaces.list_all(organization.id) if not workspace.deleted]
    every = frozenset(workspace.id for workspace in workspaces)
    installed, granted = await work.apps.granted_teams(organization.id, row.app) if row.app else (True, None)
    if not installed:
        return [], every
    if granted is None:
        return workspaces, every
    return [workspace for workspace in workspaces if workspace.id in granted], every


def _is_gone(row: TokenRow, person: Person | None, role: str | None, own: Workspace | None, app_removed: bool) -> bool:
    if row.revoked_at or app_removed:
        return True
    if row.person is not None and (person is None or person.deleted):
        return True
    return row.workspace is not None and (own is None or own.deleted or role is None)


def _lacks_two_factor(acts_as: Token, person: Person | None, organization: Organization, own: Workspace | None) -> bool:
    required = organization.two_factor_required or (own is not None and own.two_factor_required)
    return required and acts_as in Token.PERSON and person is not None and not person.has_two_factor
