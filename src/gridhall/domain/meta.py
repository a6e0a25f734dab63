"""What a database knows about itself, such as the keys that it seals with."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gridhall.domain.work import Work

CURSOR_SECRET = "cursor_secret"  # noqa: S105
"""What cursors are sealed with."""

SIGN_IN_SECRET = "sign_in_secret"  # noqa: S105
"""What sign-ins that are not complete are sealed with, and the forms of pages."""


class Meta(Protocol):
    """Storage of single values by name."""

    async def find(self, key: str) -> str | None: ...

    async def add(self, key: str, value: str) -> None:
        """Keep a value; one that is there already stays."""
        ...


async def secret(work: "Work", key: str) -> bytes:
    """A key to seal with, made when it is first asked for. All workers have the same."""
    await work.meta.add(key, work.source.secret(""))
    secret = await work.meta.find(key)
    assert secret is not None
    return bytes.fromhex(secret)
