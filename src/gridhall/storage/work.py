"""The unit of work over a connection of either engine."""

from functools import cached_property

from gridhall.domain.origin import Origin
from gridhall.domain.signals import Signal
from gridhall.domain.source import Source
from gridhall.storage.apps import SqlApps
from gridhall.storage.audit import SqlAudit
from gridhall.storage.conversations import SqlConversations
from gridhall.storage.credentials import SqlCredentials
from gridhall.storage.deletion import SqlDeletion
from gridhall.storage.directory import SqlDirectory
from gridhall.storage.jobs import SqlJobs
from gridhall.storage.limits import SqlBuckets
from gridhall.storage.members import SqlMembers
from gridhall.storage.messages import SqlMessages
from gridhall.storage.meta import SqlMeta
from gridhall.storage.names import SqlNames
from gridhall.storage.organizations import SqlOrganizations, SqlWorkspaces
from gridhall.storage.oversight import SqlOversight
from gridhall.storage.people import SqlPeople
from gridhall.storage.photos import SqlPhotos
from gridhall.storage.pins import SqlPins
from gridhall.storage.presence import SqlActivity
from gridhall.storage.reactions import SqlReactions
from gridhall.storage.retention import SqlRetention
from gridhall.storage.scheduled import SqlScheduledMessages
from gridhall.storage.sessions import SqlSessions
from gridhall.storage.statement import Connection
from gridhall.storage.story import SqlStories
from gridhall.storage.streams import SqlStreams
from gridhall.storage.threads import SqlThreads
from gridhall.storage.tokens import SqlTokens
from gridhall.storage.tombstones import SqlTombstones


class SqlWork:
    """One unit of work. A noun's storage is made when it is first asked for."""

    def __init__(self, connection: Connection, source: Source) -> None:
        self.connection = connection
        self.source = source
        self.origin: Origin | None = None
        self.signals: list[Signal] = []

    @cached_property
    def organizations(self) -> SqlOrganizations:
        return SqlOrganizations(self.connection)

    @cached_property
    def workspaces(self) -> SqlWorkspaces:
        return SqlWorkspaces(self.connection)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self.connection)

    @cached_property
    def activity(self) -> SqlActivity:
        return SqlActivity(self.connection)

    @cached_property
    def photos(self) -> SqlPhotos:
        return SqlPhotos(self.connection)

    @cached_property
    def apps(self) -> SqlApps:
        return SqlApps(self.connection)

    @cached_property
    def tokens(self) -> SqlTokens:
        return SqlTokens(self.connection)

    @cached_property
    def credentials(self) -> SqlCredentials:
        return SqlCredentials(self.connection)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self.connection)

    @cached_property
    def conversations(self) -> SqlConversations:
        return SqlConversations(self.connection)

    @cached_property
    def deletion(self) -> SqlDeletion:
        return SqlDeletion(self.connection)

    @cached_property
    def directory(self) -> SqlDirectory:
        return SqlDirectory(self.connection)

    @cached_property
    def members(self) -> SqlMembers:
        return SqlMembers(self.connection)

    @cached_property
    def names(self) -> SqlNames:
        return SqlNames(self.connection)

    @cached_property
    def messages(self) -> SqlMessages:
        return SqlMessages(self.connection)

    @cached_property
    def threads(self) -> SqlThreads:
        return SqlThreads(self.connection)

    @cached_property
    def streams(self) -> SqlStreams:
        return SqlStreams(self.connection)

    @cached_property
    def reactions(self) -> SqlReactions:
        return SqlReactions(self.connection)

    @cached_property
    def pins(self) -> SqlPins:
        return SqlPins(self.connection)

    @cached_property
    def oversight(self) -> SqlOversight:
        return SqlOversight(self.connection)

    @cached_property
    def stories(self) -> SqlStories:
        return SqlStories(self.connection)

    @cached_property
    def tombstones(self) -> SqlTombstones:
        return SqlTombstones(self.connection)

    @cached_property
    def scheduled(self) -> SqlScheduledMessages:
        return SqlScheduledMessages(self.connection)

    @cached_property
    def retention(self) -> SqlRetention:
        return SqlRetention(self.connection)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.connection)

    @cached_property
    def buckets(self) -> SqlBuckets:
        return SqlBuckets(self.connection)

    @cached_property
    def meta(self) -> SqlMeta:
        return SqlMeta(self.connection)

    @cached_property
    def jobs(self) -> SqlJobs:
        return SqlJobs(self.connection)

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
