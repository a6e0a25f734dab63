"""How high callers stand: in the organization, and in conversations."""

from typing import TYPE_CHECKING

from gridhall.contract.errors import NoPermission, NotAnAdmin
from gridhall.contract.roles import BY_NAME, Role

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call
    from gridhall.domain.conversations import Conversation


def require_admin(actor: "Actor") -> None:
    """Ask whether the caller administers the organization.

    Raises:
        NoPermission: the token is a workspace's.
        NotAnAdmin: they are neither owner nor admin of it.
    """
    if not actor.org_level:
        raise NoPermission
    if actor.org_role < Role.ADMIN:
        raise NotAnAdmin


async def at_home(call: "Call", conversation: "Conversation") -> Role:
    """How high the caller stands where a conversation is at home, whichever workspace they call from.

    A channel is at home in its own workspace, and one of every workspace in the organization; so are direct and group
    conversations. Who is of another organization is a mere member there.
    """
    actor = call.actor
    if actor.organization != conversation.organization:
        return min(actor.role, Role.MEMBER)
    if conversation.workspace is None or conversation.org_wide:
        return _in_organization(call)
    if conversation.workspace in actor.standings:
        return actor.standings[conversation.workspace].role
    return await _in_workspaces(call, [conversation.workspace])


async def over_own_people(call: "Call", conversation: "Conversation") -> Role:
    """How high the caller stands over people of their own organization, in a conversation of whichever one.

    Elsewhere a channel has no home in their organization: the highest role counts in the workspaces that it is connected to.
    """
    organization = call.actor.organization
    if conversation.organization == organization:
        return await at_home(call, conversation)
    if conversation.is_direct:
        return _in_organization(call)
    workspaces = await call.work.conversations.connected_workspaces_of(
        conversation.organization, conversation.id, other_organization=organization
    )
    return await _in_workspaces(call, workspaces)


def _in_organization(call: "Call") -> Role:
    """The role in the organization; a workspace of its own is one."""
    return call.actor.role if call.actor.enterprise is None else call.actor.org_role


async def _in_workspaces(call: "Call", workspaces: list[str]) -> Role:
    """The highest role in any of these workspaces, which one in the organization raises. A guest is one everywhere."""
    actor = call.actor
    role = actor.org_role
    if role is Role.GUEST or actor.user is None:
        return role
    own = await call.work.people.roles(actor.organization, actor.user)
    return max([role, *(BY_NAME[own[workspace]] for workspace in workspaces if workspace in own)])
