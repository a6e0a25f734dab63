"""Where people sign in: workspaces, and Enterprise organizations as a whole."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridhall.contract.audit import Location
from gridhall.domain import audit, networks
from gridhall.domain.organizations import Organization, Workspace
from gridhall.domain.origin import Origin
from gridhall.domain.people import Person

if TYPE_CHECKING:
    from gridhall.domain.work import Work

LONGEST = 320
"""Characters of an e-mail address (RFC 3696, 3), and of what a place is known by."""

_PATH = re.compile(r"(?:^|/)([wo])/([^/?#]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody signs in: a workspace, or an Enterprise organization as a whole (`workspace` is None)."""

    organization: Organization
    workspace: Workspace | None

    @property
    def id(self) -> str:
        return self.workspace.id if self.workspace else self.organization.id

    @property
    def name(self) -> str:
        return self.workspace.name if self.workspace else self.organization.name

    @property
    def path(self) -> str:
        """Where its sign-in page is, without a leading slash: `w/DOMAIN` or `o/DOMAIN`."""
        return f"w/{self.workspace.domain}" if self.workspace else f"o/{self.organization.domain}"

    @property
    def location(self) -> Location:
        """The place as the audit log tells it."""
        if self.workspace is None:
            return audit.location_of(self.organization)
        return Location("workspace", self.workspace.id, self.workspace.name, self.workspace.domain)

    @property
    def requires_two_factor(self) -> bool:
        return self.organization.two_factor_required or (self.workspace is not None and self.workspace.two_factor_required)

    def admits(self, origin: Origin) -> bool:
        """Whether the allowed networks hold the caller's address."""
        own = self.workspace.network_allowlist if self.workspace else "[]"
        return networks.allow(networks.read(self.organization.network_allowlist, own), origin.address)


async def find(work: "Work", id: str) -> Place | None:
    """The workspace or the Enterprise organization that has this id."""
    workspace = await work.workspaces.find_anywhere(id)
    if workspace is not None:
        return await _of(work, workspace)
    organization = await work.organizations.find(id)
    return Place(organization, None) if organization is not None and organization.enterprise else None


async def find_by_path(work: "Work", kind: str, domain: str) -> Place | None:
    """The place that a path names: `w` and a workspace's domain, or `o` and an organization's."""
    if not is_sound(domain):
        return None
    return await (_workspace(work, domain) if kind == "w" else _organization(work, domain))


async def find_typed(work: "Work", text: str) -> Place | None:
    """The place that somebody typed: a domain, an id, or an address that ends in `/w/DOMAIN/` or `/o/DOMAIN/`. A workspace goes
    before an organization of the same domain."""
    text = text.strip()
    if path := _PATH.search(text):
        return await find_by_path(work, path[1], path[2])
    if not is_sound(text):
        return None
    return await _workspace(work, text) or await _organization(work, text) or await find(work, text.upper())


async def person_at(work: "Work", place: Place, id: str) -> Person | None:
    """Somebody who may be signed in there: an active person, and in a workspace a member of it."""
    member = await work.people.find_member(place.organization.id, place.workspace.id if place.workspace else None, id)
    if member is None or member.deleted or member.is_bot:
        return None
    return member if place.workspace is None or member.role is not None else None


def is_sound(text: str) -> bool:
    """Whether a text may be looked for at all: storage takes no control characters, nor half a surrogate pair."""
    return len(text) <= LONGEST and text.isprintable()


async def _workspace(work: "Work", domain: str) -> Place | None:
    workspace = await work.workspaces.find_place(domain.lower())
    return await _of(work, workspace) if workspace is not None else None


async def _of(work: "Work", workspace: Workspace) -> Place | None:
    organization = await work.organizations.find(workspace.organization)
    return Place(organization, workspace) if organization is not None and not workspace.deleted else None


async def _organization(work: "Work", domain: str) -> Place | None:
    organization = await work.organizations.find_by_domain(domain.lower())
    return Place(organization, None) if organization is not None else None
