"""The rows that organization documents come to, table by table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy import Table

from gridhall.contract.orgfile import (
    DeviceEntry,
    EnterpriseEntry,
    EnterpriseSettings,
    FieldValueEntry,
    LoneRetention,
    Posting,
    Retention,
    SessionSettingsEntry,
    TeamEntry,
    UserEntry,
)
from gridhall.contract.scopes import IM, MPIM
from gridhall.contract.timestamps import ts_micros
from gridhall.domain.direct import key_of
from gridhall.domain.orgfile.index import (
    App,
    AppRequest,
    Bot,
    Conversation,
    Index,
    Membership,
    Organization,
    Person,
    PlannedToken,
    Session,
    Team,
)
from gridhall.domain.secrets import hash_of
from gridhall.domain.source import Source
from gridhall.storage import tables
from gridhall.storage.orgfile.messages import message_rows

Row = tuple[Table, dict[str, Any]]

Photos = Mapping[str, tuple[str, Mapping[str, bytes]]]
"""Rendered pictures by the name that `photo` gives: the upload's hash, and its PNG files by size."""


class Rows:
    """Makes the rows.

    Arguments:
        index: everything in the documents.
        source: tells the time of the load, and makes secrets and the tokens' ids.
        hash_password: gives the Argon2 hash of a password; called once for each person who has one.
        photos: the pictures of those who have one.
    """

    def __init__(self, index: Index, source: Source, hash_password: Callable[[str], str], photos: Photos) -> None:
        self._index = index
        self._source = source
        self._now = source.seconds()
        self._hash_password = hash_password
        self._photos = photos
        self._generals = frozenset(index.generals.values())
        self._last = _last_messages(index)
        self._names = self._names_in_workspaces()

    def all(self) -> Iterator[Row]:
        index = self._index
        for organization in index.organizations.values():
            yield self._organization(organization)
        for team in index.teams.values():
            yield from self._team(team)
        for person in index.people.values():
            yield from self._person(person)
        for app in index.apps.values():
            yield from self._app(app)
        for token in index.tokens:
            yield self._token(token)
        for conversation in index.conversations.values():
            yield from self._conversation(conversation)
        yield from message_rows(index)
        for session in index.sessions:
            yield self._session(session)
        for request in index.app_requests:
            yield _app_request(request)

    # Organizations and workspaces.

    def _organization(self, organization: Organization) -> Row:
        entry = _stand_in(organization.lone) if organization.lone else organization.enterprise
        assert entry
        return (
            tables.organizations,
            {
                "id": organization.id,
                "enterprise": organization.enterprise is not None,
                "name": entry.name,
                "domain": organization.domain,
                "created": self._now,
                "retention_days": entry.retention.messages_days,
                "keep_edits": entry.retention.keep_edits,
                "keep_deletes": entry.retention.keep_deletes,
                "retention_override_allowed": entry.retention.override_allowed,
                "session_duration": entry.settings.session_duration,
                "desktop_app_browser_quit": entry.settings.desktop_app_browser_quit,
                "two_factor_required": entry.settings.two_factor_required,
                "network_allowlist": _json(entry.settings.network_allowlist),
                "app_approval_required": entry.settings.app_approval_required,
                "oversight_access": entry.settings.oversight_access,
                "typed_trigger_permissions": entry.settings.typed_trigger_permissions,
                "ekm_access_withdrawn": entry.state.ekm_access_withdrawn,
                "maintenance": entry.state.maintenance,
            },
        )

    def _team(self, team: Team) -> Iterator[Row]:
        entry, settings = team.entry, team.entry.settings
        yield (
            tables.workspaces,
            {
                "organization": team.organization,
                "id": team.id,
                "name": entry.name,
                "domain": team.domain,
                "created": self._now,
                "migration": entry.migration,
                "deleted": entry.deleted,
                "two_factor_required": settings.two_factor_required,
                "network_allowlist": _json(settings.network_allowlist),
                "limit_required_over": settings.limit_required_over,
                "who_can_post_general": settings.who_can_post_general,
                "ekm_access_withdrawn": entry.state.ekm_access_withdrawn,
                "general": self._index.generals.get(team.id),
            },
        )
        for position, (id, field) in enumerate(team.fields.items()):
            yield (
                tables.profile_fields,
                {
                    "organization": team.organization,
                    "workspace": team.id,
                    "id": id,
                    "position": position,
                    "label": field.label,
                    "type": field.type,
                },
            )

    # People and bots.

    def _person(self, person: Person) -> Iterator[Row]:
        entry = person.entry
        password_hash = None if entry.password is UNSET else self._hash_password(entry.password)
        photo, pictures = self._photos.get(entry.photo or "", (None, {}))
        created = self._now if entry.created is UNSET else entry.created
        for organization in person.organizations:
            of = {"organization": organization, "person": person.id}
            profile = _profile(entry) | {"photo": photo, "created": created, "updated": created}
            yield tables.people, {"organization": organization, "id": person.id} | profile
            yield tables.credentials, of | _credentials(entry, password_hash)
            if entry.session_settings is not UNSET:
                yield tables.session_settings, of | _session_settings(entry.session_settings)
            if entry.last_activity:
                yield tables.activity, of | {"last_activity": entry.last_activity}
            for size, data in pictures.items():
                yield tables.photos, of | {"hash": photo, "size": size, "data": data}
        for team in person.teams:
            yield self._membership(team, person.id, entry.team_roles.get(team, "member"))

    def _membership(self, team: str, user: str, role: str) -> Row:
        organization = self._index.teams[team].organization
        return tables.memberships, {"organization": organization, "workspace": team, "person": user, "role": role}

    def _bot(self, app: App, bot: Bot) -> Iterator[Row]:
        profile = _profile(UserEntry(name=bot.name, email_confirmed=False, deleted=app.entry.removed))
        profile |= {"first_name": "", "last_name": "", "app": app.id, "bot_id": bot.bot_id}
        for organization, teams in bot.present.items():
            identity = {"organization": organization, "id": bot.id, "photo": None, "created": self._now, "updated": self._now}
            yield tables.people, profile | identity
            for team in teams:
                yield self._membership(team, bot.id, "member")

    # Apps and tokens.

    def _app(self, app: App) -> Iterator[Row]:
        entry, bot = app.entry, app.bot
        whole = any(target not in self._index.teams for target in entry.installed_on)
        yield (
            tables.apps,
            {
                "organization": app.organization,
                "id": app.id,
                "name": entry.name,
                "description": entry.description,
                "client_id": app.client_id,
                # No secret has an empty hash: without one, nothing passes.
                "client_secret_hash": "" if entry.client_secret is UNSET else hash_of(entry.client_secret),
                "signing_secret": self._source.secret("") if entry.signing_secret is UNSET else entry.signing_secret,
                "distribution": entry.distribution,
                "reduced_history_limits": entry.reduced_history_limits,
                "token_rotation": entry.token_rotation,
                "developer": entry.developer or None,
                "collaborators": _json(entry.collaborators),
                "bot_name": bot.name if bot else None,
                "bot_user": bot.id if bot else None,
                "bot_id": bot.bot_id if bot else None,
                "bot_scopes": ",".join(entry.bot_scopes),
                "user_scopes": ",".join(entry.user_scopes),
                "redirect_uris": _json(entry.redirect_uris),
                "org_deploy": whole if entry.org_deploy is UNSET else entry.org_deploy,
                "removed": entry.removed,
                "updated": self._now,
                "unfurl_domains": _json(entry.unfurl_domains) if entry.unfurl_domains else None,
            },
        )
        if bot:
            yield from self._bot(app, bot)
        for target in entry.installed_on:
            yield self._installation(app, target)

    def _installation(self, app: App, target: str) -> Row:
        teams = self._index.teams
        organization = teams[target].organization if target in teams else target
        granted = None
        if target not in teams and app.entry.granted_teams is not UNSET:
            granted = _json([team for team in app.entry.granted_teams if teams[team].organization == target])
        return (
            tables.installations,
            {"organization": organization, "app": app.id, "target": target, "granted_teams": granted},
        )

    def _token(self, token: PlannedToken) -> Row:
        return (
            tables.tokens,
            {
                "hash": hash_of(token.entry.token),
                "id": self._source.id("Tk"),
                "kind": token.kind,
                "organization": token.organization,
                "app": token.app,
                "workspace": token.team,
                "person": token.user,
                "scopes": ",".join(token.scopes),
                "created": self._now,
                "expires_at": token.entry.expires_at,
                "revoked_at": token.entry.revoked_at,
            },
        )

    # Conversations.

    def _conversation(self, conversation: Conversation) -> Iterator[Row]:
        entry = conversation.entry
        created = self._now if entry.created is UNSET else entry.created
        of = {"organization": conversation.organization, "conversation": conversation.id}
        yield (
            tables.conversations,
            {
                "organization": conversation.organization,
                "id": conversation.id,
                "kind": conversation.kind,
                "name": self._name(conversation),
                "workspace": conversation.teams[0] if conversation.teams else None,
                "creator": conversation.creator,
                "created": created,
                "updated": created,
                "general": conversation.id in self._generals,
                "archived": entry.archived,
                "deleted": entry.deleted,
                "deleted_at": (entry.deleted_at or self._now) if entry.deleted else 0,
                "org_wide": entry.org_wide,
                "wide": len(conversation.teams) != 1 or entry.org_wide,
                "previous_names": _json(entry.previous_names),
                "posting": _json(entry.posting),
                "threads": _json(entry.threads),
                "retention_days": entry.retention_days,
                "ekm_access_withdrawn": entry.ekm_access_withdrawn,
                "num_members": sum(not member.entry.left for member in conversation.members),
                "people_key": _people_key(conversation),
                **_note("topic", entry.topic, conversation.creator, created),
                **_note("purpose", entry.purpose, conversation.creator, created),
            },
        )
        yield tables.conversation_clocks, of | {"last_ts": self._last.get(conversation.id, 0), "purged_ts": None}
        for team in conversation.teams:
            yield self._share(of, team)
        for member in conversation.members:
            yield tables.members, of | _member(member, created)

    def _name(self, conversation: Conversation) -> str:
        """A group conversation without a name gets the platform's: its people's short names."""
        entry = conversation.entry
        if conversation.kind == MPIM and entry.name is UNSET:
            return f"mpdm-{'--'.join(self._short_name(user) for user in entry.mpim or ())}-1"
        return entry.name or ""

    def _short_name(self, user: str) -> str:
        if user in self._index.people:
            return self._index.people[user].entry.name
        bot = self._index.bots[user].bot
        return bot.name if bot else user

    def _share(self, of: dict[str, str], team: str) -> Row:
        organization = self._index.teams[team].organization
        if organization == of["organization"]:
            return tables.shares, of | {"workspace": team, "name": self._names[of["conversation"], team]}
        return tables.connections, of | {"other_organization": organization, "workspace": team}

    def _names_in_workspaces(self) -> dict[tuple[str, str], str]:
        """What each channel is called where it is: a name is there once in a workspace, and those in use come first.

        What was deleted, or was archived under a name that is another's now, goes by its id, which is nobody's name.
        """
        names: dict[tuple[str, str], str] = {}
        taken: set[tuple[str, str]] = set()
        for conversation in sorted(self._index.conversations.values(), key=lambda c: (c.entry.deleted, c.entry.archived)):
            for team in conversation.teams:
                claim = team, conversation.entry.name or ""
                free = claim not in taken and not conversation.entry.deleted
                names[conversation.id, team] = claim[1] if free else conversation.id
                taken.add(claim)
        return names

    def _session(self, session: Session) -> Row:
        entry = session.entry
        signed_in_at = self._now if entry.signed_in_at is UNSET else entry.signed_in_at
        return (
            tables.sessions,
            {
                "organization": session.organization,
                "id": session.id,
                "person": entry.user,
                "workspace": session.place,
                "client": entry.client,
                "device": _device(entry.created),
                "recent_device": _device(entry.recent) if entry.recent else None,
                "signed_in_at": signed_in_at,
                "last_activity": signed_in_at if entry.last_activity is UNSET else entry.last_activity,
                "expires_at": entry.expires_at,
                "cookie_hash": None,
                "token_hash": None,
            },
        )


def _json(value: list[str] | dict[str, Any] | Posting | list[dict[str, Any]]) -> str:
    return msgspec.json.encode(value).decode()


def _stand_in(lone: TeamEntry) -> EnterpriseEntry:
    """What stands in for an organization around a lone workspace; the rest of its settings is in its workspace's own row."""
    retention, settings = lone.retention or LoneRetention(), lone.settings
    return EnterpriseEntry(
        name=lone.name,
        retention=Retention(**msgspec.structs.asdict(retention)),
        settings=EnterpriseSettings(
            session_duration=settings.session_duration or 0,
            desktop_app_browser_quit=bool(settings.desktop_app_browser_quit),
        ),
    )


def _profile(entry: UserEntry) -> dict[str, Any]:
    real_name = entry.real_name or entry.name
    first, _, rest = real_name.partition(" ")
    return {
        "name": entry.name,
        "real_name": real_name,
        "first_name": first if entry.first_name is UNSET else entry.first_name,
        "last_name": rest.strip() if entry.last_name is UNSET else entry.last_name,
        "display_name": entry.display_name,
        "email": entry.email or "",
        "email_confirmed": entry.email_confirmed,
        "org_role": entry.org_role,
        "guest": entry.guest,
        "deleted": entry.deleted,
        "tz": entry.tz,
        "locale": entry.locale,
        "title": entry.title,
        "phone": entry.phone,
        "pronouns": entry.pronouns,
        "status_text": entry.status.text,
        "status_emoji": entry.status.emoji,
        "status_expiration": entry.status.expiration,
        "fields": _json({id: _field(value) for id, value in entry.fields.items()}),
        "presence": entry.presence,
        "has_two_factor": entry.two_factor is not UNSET,
        "app": None,
        "bot_id": None,
    }


def _field(value: FieldValueEntry) -> dict[str, str]:
    return {"value": value.value, "alt": value.alt}


def _credentials(entry: UserEntry, password_hash: str | None) -> dict[str, Any]:
    secret = None if entry.two_factor is UNSET else entry.two_factor.secret
    return {"password_hash": password_hash, "two_factor_secret": secret, "two_factor_step": 0}


def _session_settings(entry: SessionSettingsEntry) -> dict[str, Any]:
    return {
        "duration": None if entry.duration is UNSET else entry.duration,
        "desktop_app_browser_quit": None if entry.desktop_app_browser_quit is UNSET else entry.desktop_app_browser_quit,
    }


def _note(key: str, text: str, creator: str, created: int) -> dict[str, Any]:
    """A topic or a purpose; one that was never set has nobody who set it."""
    return {key: text, f"{key}_creator": creator if text else "", f"{key}_set": created if text else 0}


def _last_messages(index: Index) -> dict[str, int]:
    """The newest `ts` of each conversation that has messages, also of one that was deleted."""
    last: dict[str, int] = {}
    for message in index.messages:
        last[message.conversation.id] = max(message.ts, last.get(message.conversation.id, 0))
    return last


def _people_key(conversation: Conversation) -> str | None:
    """Who is in a direct or group conversation; there is one of the same people beside those that were deleted."""
    if conversation.kind not in (IM, MPIM) or conversation.entry.deleted:
        return None
    return key_of(conversation.organization, [(member.organization, member.user) for member in conversation.members])


def _member(member: Membership, created: int) -> dict[str, Any]:
    entry = member.entry
    return {
        "person_organization": member.organization,
        "person": member.user,
        "joined": created if entry.joined is UNSET else entry.joined,
        "left": entry.left,
        "last_read": 0 if entry.last_read is UNSET else ts_micros(entry.last_read),
        "open": entry.open,
    }


def _device(device: DeviceEntry) -> str:
    return _json(msgspec.structs.asdict(device))


def _app_request(request: AppRequest) -> Row:
    return (
        tables.app_requests,
        {
            "organization": request.organization,
            "id": request.id,
            "app": request.entry.app,
            "person": request.entry.user,
            "workspace": request.team,
            "scopes": ",".join(request.scopes),
            "message": request.entry.message,
        },
    )
