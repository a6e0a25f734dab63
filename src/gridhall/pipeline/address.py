"""Which workspace is meant, and whether it can be reached now."""

from gridhall.catalogue.method import Method, OrgToken
from gridhall.contract.errors import (
    EkmAccessDenied,
    EnterpriseIsRestricted,
    InvalidArguments,
    InvalidArrayArg,
    OrgLoginRequired,
    ServiceUnavailable,
    TeamAccessNotGranted,
    TeamAddedToOrg,
)
from gridhall.domain.actor import Actor, Standing


def address(method: Method, actor: Actor, team_id: object) -> Standing | None:
    """The workspace that is meant: a workspace token's own, or the one that an org-level token names; None for none.

    Raises:
        ServiceUnavailable: the organization is under maintenance.
        EnterpriseIsRestricted: the method takes no org-level token.
        TeamAccessNotGranted: the installation does not reach the workspace.
        TeamAddedToOrg, OrgLoginRequired: the workspace is on its way into the organization.
        EkmAccessDenied: the encryption key was withdrawn.
        Refusal: what the method declares for a missing or unknown `team_id`.
    """
    if actor.maintenance:
        raise ServiceUnavailable
    if actor.ekm_access_withdrawn:
        raise EkmAccessDenied
    standing = actor.standings.get(actor.team) if actor.team is not None else _named(method, actor, team_id)
    if standing is not None:
        if standing.migration == "started":
            raise TeamAddedToOrg
        if standing.migration == "login_required":
            raise OrgLoginRequired
        if standing.ekm_access_withdrawn:
            raise EkmAccessDenied
    return standing


def _named(method: Method, actor: Actor, team_id: object) -> Standing | None:
    if not actor.org_level or method.org_token is OrgToken.SERVES:
        return None
    if method.org_token is OrgToken.REFUSED:
        raise EnterpriseIsRestricted
    if isinstance(team_id, list | dict):
        raise InvalidArrayArg("[ERROR] must be a string, not an array: team_id")
    team_id = "" if team_id is None else str(team_id)
    if not team_id:
        if method.org_token is OrgToken.MAY_NAME_TEAM_OR_ORGANIZATION:
            return None
        raise (method.team_missing or InvalidArguments)("[ERROR] missing required field: team_id")
    if team_id == actor.enterprise and method.org_token is not OrgToken.NAMES_TEAM:
        return None
    standing = actor.standings.get(team_id)
    if standing is None:
        if method.team_unknown is not None and team_id not in actor.workspaces:
            raise method.team_unknown
        raise TeamAccessNotGranted
    return standing
