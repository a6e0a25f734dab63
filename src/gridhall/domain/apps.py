"""Apps and their bots."""

from typing import Protocol

import msgspec


class App(msgspec.Struct, gc=False):
    """An app, as far as answers about its bot need it, and what it may do to links.

    `unfurl_domains` is the JSON text of a list, None for none.
    """

    organization: str
    id: str
    name: str
    bot_name: str | None
    bot_user: str | None
    bot_id: str | None
    developer: str | None
    collaborators: str
    removed: bool
    updated: int
    bot_scopes: str
    user_scopes: str
    reduced_history_limits: bool
    unfurl_domains: str | None
    distribution: str


class Apps(Protocol):
    """Storage of apps."""

    async def find(self, id: str) -> App | None: ...

    async def find_by_bot(self, organization: str, bot_id: str) -> App | None:
        """The app whose bot is present in this organization under this bot id."""
        ...

    async def granted_teams(self, organization: str, app: str) -> tuple[bool, list[str] | None]:
        """Whether the app is installed on the whole organization, and the workspaces granted to it (None: all)."""
        ...
