"""What a database knows about itself, such as the key that its cursors are sealed with."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gridhall.domain.work import Work

CURSOR_SECRET = "cursor_secret"  # noqa: S105


class Meta(Protocol):
    """Storage of single values by name."""

    async def find(self, key: str) -> str | None: ...

    async def add(self, key: str, value: str) -> None:
        """Keep a value; one that is there already stays."""
        ...


async def cursor_secret(work: "Work") -> bytes:
    """The key that cursors are sealed with, made when it is first asked for."""
    await work.meta.add(CURSOR_SECRET, work.source.secret(""))
    secret = await work.meta.find(CURSOR_SECRET)
    assert secret is not None
    return bytes.fromhex(secret)
