"""Messages that are pinned to their conversation."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gridhall.domain.messages import Message


class Pins(Protocol):
    """Storage of pins."""

    async def remove(self, message: "Message") -> bool:
        """Take a message's pin away; False where it had none."""
        ...

    async def count(self, organization: str, conversation: str) -> int: ...
