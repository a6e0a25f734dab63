"""Reactions to messages."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gridhall.domain.messages import Message


class Reactions(Protocol):
    """Storage of reactions."""

    async def remove_all(self, message: "Message") -> None:
        """Take every reaction off a message that is being deleted."""
        ...
