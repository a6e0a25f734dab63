"""team.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    EnterpriseNotFound,
    FailToGetTeamsForRestrictedUser,
    TeamAccessNotGranted,
    TeamNotFound,
    TeamNotOnEnterprise,
)
from gridhall.contract.objects import Team
from gridhall.contract.rates import Tier
from gridhall.contract.roles import Role
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.call import Call
from gridhall.domain.imaging import default_hash
from gridhall.domain.organizations import Workspace


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of team.info."""

    team: Annotated[str | None, Arg("The workspace or organization; by default the token's own.")] = None
    domain: Annotated[str | None, Arg("The workspace by its domain, where `team` is not given.")] = None


class InfoResult(Ok, kw_only=True):
    """The workspace or organization."""

    team: Team


@method(
    "team.info",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("team:read"),
    rate=Tier.THREE,
    errors=(EnterpriseNotFound, FailToGetTeamsForRestrictedUser, TeamNotFound, TeamNotOnEnterprise),
)
async def info(call: Call, args: InfoArgs) -> InfoResult:
    """Tell about a workspace, or about the organization."""
    actor, workspaces = call.actor, call.work.workspaces
    if args.team is None and args.domain is not None:
        if actor.enterprise is None:
            raise TeamNotOnEnterprise
        workspace = await workspaces.find_by_domain(actor.organization, args.domain)
    else:
        wanted = args.team or call.team or actor.organization
        if wanted == actor.enterprise:
            return InfoResult(team=_organization(call))
        if wanted.startswith("E"):
            raise EnterpriseNotFound
        workspace = await workspaces.find(actor.organization, wanted)
    if workspace is None or workspace.deleted:
        raise TeamNotFound
    if actor.org_level and workspace.id not in actor.standings:
        raise TeamAccessNotGranted
    if actor.role is Role.GUEST and workspace.id not in await workspaces.list_of(actor.organization, actor.user or ""):
        raise FailToGetTeamsForRestrictedUser
    return InfoResult(team=_team(call, workspace))


def _team(call: Call, workspace: Workspace) -> Team:
    return _described(call, workspace.id, workspace.name, workspace.domain, call.context.site.workspace(workspace.domain))


def _organization(call: Call) -> Team:
    actor = call.actor
    url = call.context.site.organization(actor.organization_domain)
    return _described(call, actor.organization, actor.organization_name, actor.organization_domain, url)


def _described(call: Call, id: str, name: str, domain: str, url: str) -> Team:
    actor, site = call.actor, call.context.site
    return Team(
        id=id,
        name=name,
        domain=domain,
        email_domain="",
        url=url,
        icon=site.icon(default_hash(actor.organization, id)),
        is_verified=False,
        avatar_base_url=site.pictures,
        enterprise_id=actor.enterprise or UNSET,
        enterprise_name=actor.organization_name if actor.enterprise else UNSET,
        enterprise_domain=actor.organization_domain if actor.enterprise else UNSET,
    )
