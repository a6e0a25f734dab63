"""What workers tell each other."""

from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class AuthorityChanged:
    """Something that decides who may do what changed in an organization: a token, a role, a person, an app, a setting."""

    organization: str


@dataclass(frozen=True, slots=True)
class JobDue:
    """A job was put down, or is due earlier than before. `due` is in Unix microseconds."""

    due: int


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """Sessions of an organization ended: the next request of each is to be refused, and its connections closed."""

    MOST: ClassVar[int] = 300
    """Sessions that one signal tells of: PostgreSQL takes 8,000 bytes."""

    organization: str
    sessions: tuple[int, ...]


Signal = AuthorityChanged | JobDue | SessionsEnded


class Listener(Protocol):
    """Somebody who remembers what signals make stale, or waits for what they tell."""

    def heard(self, signal: Signal) -> None:
        """One signal, from this worker or another."""
        ...

    def lost(self) -> None:
        """Signals of other workers can no longer be heard: nothing may be remembered until `caught_up`."""
        ...

    def caught_up(self) -> None:
        """Signals are heard again; some may have been missed."""
        ...


class Listeners:
    """Several who listen: each hears everything."""

    def __init__(self) -> None:
        self._all: list[Listener] = []

    def add(self, listener: Listener) -> None:
        """One more who hears everything from now on."""
        self._all.append(listener)

    def heard(self, signal: Signal) -> None:
        for listener in self._all:
            listener.heard(signal)

    def lost(self) -> None:
        for listener in self._all:
            listener.lost()

    def caught_up(self) -> None:
        for listener in self._all:
            listener.caught_up()
