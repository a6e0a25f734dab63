"""One unit of work: what a method's body or a job's step may touch, all of it stored or none."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from gridhall.domain.apps import Apps
from gridhall.domain.audit import Audit
from gridhall.domain.conversations import Conversations
from gridhall.domain.credentials import CredentialsStorage
from gridhall.domain.deletion import Deletion
from gridhall.domain.directory import Directory
from gridhall.domain.jobs import Jobs
from gridhall.domain.limits import Buckets
from gridhall.domain.membership import Members
from gridhall.domain.messages import Messages
from gridhall.domain.meta import Meta
from gridhall.domain.names import Names
from gridhall.domain.organizations import Organizations, Workspaces
from gridhall.domain.origin import Origin
from gridhall.domain.oversight import Oversight
from gridhall.domain.people import People
from gridhall.domain.photos import Photos
from gridhall.domain.pins import Pins
from gridhall.domain.presence import Activity
from gridhall.domain.reactions import Reactions
from gridhall.domain.retention import Retention
from gridhall.domain.scheduled import ScheduledMessages
from gridhall.domain.sessions import Sessions
from gridhall.domain.signals import Signal
from gridhall.domain.source import Source
from gridhall.domain.story import Stories
from gridhall.domain.streams import Streams
from gridhall.domain.threads import Threads
from gridhall.domain.tokens import Tokens
from gridhall.domain.tombstones import Tombstones

T = TypeVar("T")


class Conflict(Exception):
    """A unique key is taken. Where it is caught the unit still has to end with a refusal: PostgreSQL stores no more of it."""


class Work(Protocol):
    """One unit of work, and the nouns' storage inside it."""

    source: Source
    origin: Origin | None
    """Where the request came from that the unit serves; None where it serves none."""

    @property
    def organizations(self) -> Organizations: ...
    @property
    def workspaces(self) -> Workspaces: ...
    @property
    def people(self) -> People: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def photos(self) -> Photos: ...
    @property
    def apps(self) -> Apps: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def credentials(self) -> CredentialsStorage: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def deletion(self) -> Deletion: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def members(self) -> Members: ...
    @property
    def names(self) -> Names: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def streams(self) -> Streams: ...
    @property
    def reactions(self) -> Reactions: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def oversight(self) -> Oversight: ...
    @property
    def tombstones(self) -> Tombstones: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def scheduled(self) -> ScheduledMessages: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def buckets(self) -> Buckets: ...
    @property
    def meta(self) -> Meta: ...
    @property
    def jobs(self) -> Jobs: ...

    def signal(self, signal: Signal) -> None:
        """Tell every worker, as soon as this unit is stored."""
        ...


class Storage(Protocol):
    """Runs units of work."""

    shared: bool
    """Whether other workers may serve the same database."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def check(self) -> None:
        """Raise ServiceUnavailable where the database is out of reach."""
        ...

    async def read(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        """Run a unit that only reads."""
        ...

    async def write(self, unit: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        """Run a unit that changes something: all of it is stored durably before this returns, or nothing where it raises.

        A unit awaits nothing but the work's storage.

        Raises:
            FatalError: the change could not be stored, for want of space for instance.
            ServiceUnavailable: the database is out of reach. Where it went away at the very COMMIT, nobody knows whether
                the unit is stored.
        """
        ...
