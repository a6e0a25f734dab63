"""What workers tell each other."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuthorityChanged:
    """Something that decides who may do what changed in an organization: a token, a role, a person, an app, a setting."""

    organization: str


class Listener(Protocol):
    """Somebody who remembers what signals make stale."""

    def heard(self, signal: AuthorityChanged) -> None:
        """One signal, from this worker or another."""
        ...

    def lost(self) -> None:
        """Signals of other workers can no longer be heard: nothing may be remembered until `caught_up`."""
        ...

    def caught_up(self) -> None:
        """Signals are heard again; some may have been missed."""
        ...
