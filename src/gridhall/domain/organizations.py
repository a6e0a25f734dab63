"""Organizations and the workspaces in them."""

from typing import Protocol

import msgspec


class Organization(msgspec.Struct, gc=False):
    """An Enterprise organization, or a lone workspace's own (`enterprise` false; its id is then the workspace's)."""

    id: str
    enterprise: bool
    name: str
    domain: str
    created: int
    retention_days: int
    keep_edits: bool
    keep_deletes: bool
    retention_override_allowed: bool
    session_duration: int
    desktop_app_browser_quit: bool
    two_factor_required: bool
    network_allowlist: str
    app_approval_required: bool
    oversight_access: bool
    typed_trigger_permissions: bool
    ekm_access_withdrawn: bool
    maintenance: bool


class Workspace(msgspec.Struct, gc=False):
    """A workspace. `migration` is none, started or login_required; `limit_required_over` bounds an unpaged list of people."""

    organization: str
    id: str
    name: str
    domain: str
    created: int
    migration: str
    deleted: bool
    two_factor_required: bool
    network_allowlist: str
    limit_required_over: int
    who_can_post_general: str
    ekm_access_withdrawn: bool
    general: str | None


class Organizations(Protocol):
    """Storage of organizations."""

    async def find(self, id: str) -> Organization | None: ...

    async def find_by_domain(self, domain: str) -> Organization | None: ...

    async def list_all(self) -> list[Organization]: ...


class Workspaces(Protocol):
    """Storage of workspaces."""

    async def find(self, organization: str, id: str) -> Workspace | None: ...

    async def find_by_domain(self, organization: str, domain: str) -> Workspace | None: ...

    async def find_place(self, domain: str) -> Workspace | None:
        """The workspace that has this domain, of whichever organization."""
        ...

    async def find_anywhere(self, id: str) -> Workspace | None:
        """The workspace that has this id, of whichever organization."""
        ...

    async def list_all(self, organization: str) -> list[Workspace]:
        """Every workspace of the organization, deleted ones included, by id."""
        ...

    async def list_some(self, organization: str, *, include_deleted: bool, after: str, limit: int) -> list[Workspace]:
        """The workspaces of the organization after this id, by id."""
        ...

    async def list_of(self, organization: str, person: str) -> list[str]:
        """The ids of the workspaces that a person is in."""
        ...

    async def field_types(self, organization: str, workspace: str | None) -> dict[str, str]:
        """Kinds of the custom profile fields by id: of one workspace, or of all."""
        ...

    async def field_labels(self, organization: str, workspace: str | None) -> dict[str, str]:
        """Labels of the custom profile fields by id: of one workspace, or of all."""
        ...
