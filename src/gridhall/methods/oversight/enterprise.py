"""oversight.enterprise.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import InvalidCursor, NotAnEnterprise
from gridhall.contract.objects import Icon
from gridhall.domain import audit, oversight
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call
from gridhall.domain.imaging import default_hash
from gridhall.domain.organizations import Workspace
from gridhall.methods.oversight.declare import Paged, entries, go_on, overseeing

DISCOVERABLE = "unlisted"
"""How a workspace is found by who is not in it: by nobody, who is not told of it."""


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.enterprise.info."""

    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    include_deleted: Annotated[bool, Arg("Tell of deleted workspaces as well.")] = False
    limit: Annotated[int, Arg("How many workspaces at the most.", least=0, example="20")] = oversight.MOST
    offset: Annotated[str | None, Arg("The same as `cursor`.")] = None


class OverseenTeam(msgspec.Struct, kw_only=True):
    """A workspace of the organization; `created` is in Unix seconds."""

    id: str
    name: str
    url: str
    domain: str
    email_domain: str
    icon: Icon
    is_verified: bool
    archived: bool
    deleted: bool
    discoverable: str
    enterprise_id: str
    enterprise_domain: str
    is_enterprise: int
    created: int


class OverseenEnterprise(msgspec.Struct, kw_only=True):
    """The organization, with a page of its workspaces."""

    id: str
    name: str
    url: str
    domain: str
    email_domain: str
    icon: Icon
    is_verified: bool
    teams: list[OverseenTeam]


class InfoResult(Paged, kw_only=True):
    """The organization, and where the next page of its workspaces begins."""

    enterprise: OverseenEnterprise


def _require(actor: Actor) -> None:
    if actor.enterprise is None:
        raise NotAnEnterprise
    oversight.require(actor)


@overseeing(
    "oversight.enterprise.info",
    scopes=needs("admin.teams:read"),
    errors=(InvalidCursor, NotAnEnterprise),
    requires=_require,
)
async def info(call: Call, args: InfoArgs) -> InfoResult:
    """Tell about the organization and its workspaces.

    The answer has the shape of the Discovery API's method of that name, with `teams` within `enterprise`: the platform's
    page has no example.
    """
    work, actor = call.work, call.actor
    listing = call.listing("oversight.enterprise.info", str(args.include_deleted))
    after = oversight.position(call, listing, cursor=args.cursor, offset=args.offset, or_refuse=InvalidCursor)
    limit = entries(args.limit)
    found = await work.workspaces.list_some(
        actor.organization, include_deleted=args.include_deleted, after=after, limit=limit + 1
    )
    shown = found[:limit]
    organization = await work.organizations.find(actor.organization)
    assert organization is not None
    result = InfoResult(
        enterprise=OverseenEnterprise(
            id=organization.id,
            name=organization.name,
            url=call.context.site.organization(organization.domain),
            domain=organization.domain,
            email_domain="",
            icon=call.context.site.icon(default_hash(organization.id, organization.id)),
            is_verified=False,
            teams=[_team(call, workspace) for workspace in shown],
        )
    )
    go_on(call, result, listing, shown[-1].id if len(found) > limit else None)
    oversight.look(
        call,
        "oversight_enterprise_viewed",
        audit.organization(organization),
        include_deleted=args.include_deleted or None,
        teams=len(shown),
    )
    return result


def _team(call: Call, workspace: Workspace) -> OverseenTeam:
    site = call.context.site
    return OverseenTeam(
        id=workspace.id,
        name=workspace.name,
        url=site.workspace(workspace.domain),
        domain=workspace.domain,
        email_domain="",
        icon=site.icon(default_hash(workspace.organization, workspace.id)),
        is_verified=False,
        archived=False,
        deleted=workspace.deleted,
        discoverable=DISCOVERABLE,
        enterprise_id=workspace.organization,
        enterprise_domain=call.actor.organization_domain,
        is_enterprise=0,
        created=workspace.created,
    )
