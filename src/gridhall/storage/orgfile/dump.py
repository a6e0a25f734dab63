"""Giving a whole database back as organization documents.

What the database keeps only as hashes cannot be given back: passwords and client secrets are left out, and so are tokens.
Pictures are no part of the documents, nor are messages that wait for their time, nor is when somebody pinned a message, reacted
to it or read a thread. Everything else returns as it would have to be loaded.
"""

import itertools
import json
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Table, select

from gridhall.contract.messages import Content
from gridhall.contract.orgfile import (
    AppEntry,
    AppRequestEntry,
    BotEntry,
    ConversationEntry,
    DeletionEntry,
    DeviceEntry,
    EditEntry,
    EnterpriseEntry,
    EnterpriseSettings,
    EnterpriseState,
    FieldValueEntry,
    LoneRetention,
    MemberEntry,
    MessageEntry,
    OrgDocument,
    Posting,
    ProfileFieldEntry,
    ReplacedEntry,
    Retention,
    SessionEntry,
    SessionSettingsEntry,
    StatusEntry,
    TeamEntry,
    TeamSettings,
    TeamState,
    TombstoneEntry,
    TwoFactorEntry,
    UserEntry,
)
from gridhall.contract.scopes import IM, MPIM, PRIVATE
from gridhall.contract.timestamps import ts_text
from gridhall.domain.messages import SLACKBOT
from gridhall.domain.threads import TOMBSTONE
from gridhall.domain.tombstones import Cover, Tombstone
from gridhall.storage import tables
from gridhall.storage.statement import Connection, Statement

T = TypeVar("T")
Rows = list[dict[str, Any]]

_decode_content = msgspec.json.Decoder(Content).decode
_decode_tombstone = msgspec.json.Decoder(Tombstone).decode


def _statement(table: Table, *order: str) -> Statement[dict[str, Any]]:
    """Every row of a table as a dict, in the order of its key unless told otherwise."""
    names = table.c.keys()
    columns = [table.c[name] for name in order] or list(table.primary_key.columns)
    return Statement(select(*table.c).order_by(*columns), lambda *values: dict(zip(names, values, strict=True)))


_APP_LISTS = {"collaborators", "bot_scopes", "user_scopes", "redirect_uris", "unfurl_domains"}
_LISTS = {
    table.name: statement
    for table, statement in [
        (tables.organizations, _statement(tables.organizations, "created", "id")),
        (tables.workspaces, _statement(tables.workspaces, "created", "id")),
        (tables.profile_fields, _statement(tables.profile_fields, "organization", "workspace", "position")),
        (tables.people, _statement(tables.people)),
        (tables.credentials, _statement(tables.credentials)),
        (tables.session_settings, _statement(tables.session_settings)),
        (tables.activity, _statement(tables.activity)),
        (tables.memberships, _statement(tables.memberships)),
        (tables.apps, _statement(tables.apps)),
        (tables.installations, _statement(tables.installations)),
        (tables.app_requests, _statement(tables.app_requests)),
        (tables.conversations, _statement(tables.conversations)),
        (tables.shares, _statement(tables.shares)),
        (tables.connections, _statement(tables.connections)),
        (tables.members, _statement(tables.members, "organization", "conversation", "joined", "person")),
        (tables.messages, _statement(tables.messages)),
        (tables.message_edits, _statement(tables.message_edits)),
        (tables.deleted_messages, _statement(tables.deleted_messages)),
        (tables.pins, _statement(tables.pins)),
        (tables.tombstones, _statement(tables.tombstones)),
        (tables.sessions, _statement(tables.sessions)),
    ]
}


async def dump(connection: Connection) -> list[OrgDocument]:
    """The whole database: a document for each Enterprise organization, and one for all lone workspaces.

    What is in it is confidential: signing secrets and the secrets of second factors are there in the clear.
    """
    rows = {name: await connection.all(statement) for name, statement in _LISTS.items()}
    return _Dump(rows).documents()


class _Dump:
    """Rows, put together again."""

    def __init__(self, rows: dict[str, Rows]) -> None:
        self._rows = rows
        self._enterprises = {row["id"] for row in rows["organizations"] if row["enterprise"]}
        self._lone = {row["id"]: row for row in rows["organizations"] if not row["enterprise"]}
        self._bots = {row["id"] for row in rows["people"] if row["app"] is not None}
        self._fields = _grouped(rows["profile_fields"], "workspace")
        self._memberships = _grouped(rows["memberships"], "organization", "person")
        self._credentials = _single(rows["credentials"], "organization", "person")
        self._session_settings = _single(rows["session_settings"], "organization", "person")
        self._activity = _single(rows["activity"], "organization", "person")
        self._installations = _grouped(rows["installations"], "app")
        self._shares = _grouped(rows["shares"], "conversation")
        self._connections = _grouped(rows["connections"], "conversation")
        self._members = _grouped(rows["members"], "conversation")
        self._edits = _grouped(rows["message_edits"], "conversation", "ts")
        self._pins = _single(rows["pins"], "conversation", "ts")
        self._tombstones = _single(rows["tombstones"], "conversation", "ts")
        channels = {row["id"] for row in rows["conversations"] if row["kind"] not in (IM, MPIM)}
        self._channels_of = _grouped(
            [row for row in rows["members"] if row["conversation"] in channels and not row["left"]], "person"
        )

    def documents(self) -> list[OrgDocument]:
        documents = [
            self._document({organization["id"]}, self._enterprise(organization))
            for organization in self._rows["organizations"]
            if organization["enterprise"]
        ]
        return [*documents, self._document(set(self._lone), UNSET)] if self._lone else documents

    def _document(self, organizations: set[str], enterprise: EnterpriseEntry | UnsetType) -> OrgDocument:
        own = {name: [row for row in rows if row.get("organization") in organizations] for name, rows in self._rows.items()}
        # Who is in several lone workspaces has a row for each, and one entry.
        people = {row["id"]: row for row in reversed(own["people"]) if row["app"] is None}
        return OrgDocument(
            enterprise=enterprise,
            teams=[self._team(row) for row in own["workspaces"]],
            users=[self._user(people[id], organizations) for id in sorted(people)],
            apps=[self._app(row) for row in own["apps"]],
            conversations=[self._conversation(row) for row in own["conversations"]],
            messages=[self._message(row) for row in _said(own)],
            sessions=[self._session(row) for row in own["sessions"]],
            app_requests=[_app_request(row) for row in own["app_requests"]],
        )

    def _enterprise(self, row: dict[str, Any]) -> EnterpriseEntry:
        settings = _taken(EnterpriseSettings, row) | {"network_allowlist": json.loads(row["network_allowlist"])}
        return EnterpriseEntry(
            id=row["id"],
            name=row["name"],
            domain=row["domain"],
            retention=Retention(**_retention(row)),
            settings=EnterpriseSettings(**settings),
            state=EnterpriseState(**_taken(EnterpriseState, row)),
        )

    def _team(self, row: dict[str, Any]) -> TeamEntry:
        settings = _taken(TeamSettings, row) | {"network_allowlist": json.loads(row["network_allowlist"])}
        lone = self._lone.get(row["id"])
        if lone:
            settings |= {key: lone[key] for key in ("session_duration", "desktop_app_browser_quit")}
        return TeamEntry(
            **_taken(TeamEntry, row, without={"general"}),
            retention=LoneRetention(**_retention(lone)) if lone else UNSET,
            settings=TeamSettings(**settings),
            profile_fields=[ProfileFieldEntry(**_taken(ProfileFieldEntry, field)) for field in self._fields.get(row["id"], [])],
            state=TeamState(ekm_access_withdrawn=row["ekm_access_withdrawn"]),
            general=_or_unset(row["general"]),
        )

    def _user(self, row: dict[str, Any], organizations: set[str]) -> UserEntry:
        id = row["id"]
        memberships = [membership for own in organizations for membership in self._memberships.get((own, id), [])]
        memberships.sort(key=lambda membership: membership["workspace"])
        credentials = self._credentials.get((row["organization"], id), {})
        secret = credentials.get("two_factor_secret")
        activity = self._activity.get((row["organization"], id), {"last_activity": 0})
        channels = self._channels_of.get(id, []) if row["guest"] != "none" else []
        return UserEntry(
            **_taken(UserEntry, row, without={"email", "fields", "photo"}),
            email=_or_unset(row["email"]),
            two_factor=TwoFactorEntry(secret=secret) if secret else UNSET,
            teams=[membership["workspace"] for membership in memberships],
            team_roles={m["workspace"]: m["role"] for m in memberships if m["role"] != "member"},
            guest_channels=[channel["conversation"] for channel in channels],
            status=StatusEntry(text=row["status_text"], emoji=row["status_emoji"], expiration=row["status_expiration"]),
            fields=msgspec.json.decode(row["fields"], type=dict[str, FieldValueEntry]),
            last_activity=activity["last_activity"],
            session_settings=_session_settings(self._session_settings.get((row["organization"], id))),
        )

    def _app(self, row: dict[str, Any]) -> AppEntry:
        installations = self._installations.get(row["id"], [])
        granted = [json.loads(row["granted_teams"]) for row in installations if row["granted_teams"] is not None]
        bot = BotEntry(name=row["bot_name"], id=row["bot_user"], bot_id=row["bot_id"]) if row["bot_user"] else UNSET
        return AppEntry(
            **_taken(AppEntry, row, without=_APP_LISTS | {"developer"}),
            developer=_or_unset(row["developer"]),
            collaborators=json.loads(row["collaborators"]),
            bot=bot,
            bot_scopes=_split(row["bot_scopes"]),
            user_scopes=_split(row["user_scopes"]),
            redirect_uris=json.loads(row["redirect_uris"]),
            unfurl_domains=json.loads(row["unfurl_domains"] or "[]"),
            installed_on=[installation["target"] for installation in installations],
            granted_teams=[team for teams in granted for team in teams] if granted else UNSET,
        )

    def _conversation(self, row: dict[str, Any]) -> ConversationEntry:
        id, kind = row["id"], row["kind"]
        # The first of the people tells whose organization a direct conversation is.
        members = sorted(self._members.get(id, []), key=lambda member: member["person_organization"] != row["organization"])
        people = [member["person"] for member in members]
        direct = kind in (IM, MPIM)
        entries = [_member(member, row["created"], open=member["open"] or not direct) for member in members]
        shared = {share["workspace"] for share in (*self._shares.get(id, []), *self._connections.get(id, []))}
        teams = [row["workspace"], *sorted(shared - {row["workspace"]})]
        return ConversationEntry(
            **_taken(ConversationEntry, row, without={"name", "creator", "general", "previous_names", "posting", "threads"}),
            name=_or_unset(row["name"]),
            team=teams[0] if not direct and len(teams) == 1 else UNSET,
            teams=teams if not direct and len(teams) > 1 else UNSET,
            im=people if kind == IM else UNSET,
            mpim=people if kind == MPIM else UNSET,
            creator=_or_unset(row["creator"]),
            private=kind == PRIVATE,
            previous_names=json.loads(row["previous_names"]),
            posting=msgspec.json.decode(row["posting"], type=Posting),
            threads=msgspec.json.decode(row["threads"], type=Posting),
            members=[entry for entry in entries if not direct or isinstance(entry, MemberEntry)],
        )

    def _message(self, row: dict[str, Any]) -> MessageEntry:
        key = row["conversation"], row["ts"]
        held = self._tombstones.get(key)
        tombstone = _decode_tombstone(held["content"]) if held else None
        content, steps, reactions = (
            _decode_content(row["content"]),
            self._edits.get(key, []),
            json.loads(row["reactions"] or "[]"),
        )
        shown, attached = content, row["metadata"] or UNSET
        given = {reaction["name"]: reaction["users"] for reaction in reactions}
        if tombstone:
            original = tombstone.original
            content, attached = original.content, original.metadata
            rows = [msgspec.structs.asdict(reaction) for reaction in original.reactions]
            given = {name: [row["person"] for row in rows] for name, rows in _grouped(rows, "name").items()}
        pin = self._pins.get(key)
        return MessageEntry(
            conversation=row["conversation"],
            user=row["person"],
            ts=ts_text(row["ts"]),
            text=steps[0]["previous"] if steps else content.text,
            thread_ts=None if row["thread_ts"] is None else ts_text(row["thread_ts"]),
            subtype=content.subtype or None,
            blocks=_objects(content.blocks),
            attachments=_objects(content.attachments),
            metadata=None if attached is UNSET else msgspec.json.decode(attached),
            unfurl_links=content.unfurl_links is not False,
            unfurl_media=content.unfurl_media is not False,
            client_msg_id=content.client_msg_id or None,
            app=UNSET if row["person"] in self._bots else content.app_id,
            username=content.username,
            icons=content.icons,
            streaming_state="errored" if content.streaming_state == "in_progress" else content.streaming_state,
            reactions=given,
            topic=_or_none(content.topic),
            purpose=_or_none(content.purpose),
            name=_or_none(content.name),
            old_name=_or_none(content.old_name),
            inviter=content.inviter,
            pinned_by=pin["person"] if pin else UNSET,
            edits=_edits(content, steps),
            deleted=DeletionEntry(ts=ts_text(row["deleted_ts"]), user=row["deleted_by"]) if "deleted_ts" in row else None,
            tombstone=_tombstone(tombstone.covers, shown.attachments) if tombstone else None,
        )

    def _session(self, row: dict[str, Any]) -> SessionEntry:
        recent = row["recent_device"]
        place = {"enterprise" if row["workspace"] in self._enterprises else "team": row["workspace"]}
        return SessionEntry(
            id=row["id"],
            user=row["person"],
            **place,
            client=row["client"],
            created=msgspec.json.decode(row["device"], type=DeviceEntry),
            recent=msgspec.json.decode(recent, type=DeviceEntry) if recent else None,
            signed_in_at=row["signed_in_at"],
            last_activity=row["last_activity"],
            expires_at=row["expires_at"],
        )


def _said(rows: dict[str, Rows]) -> Rows:
    """Messages, those that were deleted in their places. What only stands in such a place comes back by itself."""
    deleted = {(row["conversation"], row["ts"]) for row in rows["deleted_messages"]}
    standing = [
        row
        for row in rows["messages"]
        if (row["conversation"], row["ts"]) not in deleted and not (row["subtype"] == TOMBSTONE and row["person"] == SLACKBOT)
    ]
    both = [*standing, *rows["deleted_messages"]]
    return sorted(both, key=lambda row: (row["organization"], row["conversation"], row["ts"]))


def _edits(content: Content, steps: Rows) -> list[EditEntry]:
    """The story of a message. Where it was not kept to its end, one edit more says what the message came to be."""
    edits = [EditEntry(ts=ts_text(step["edited_ts"]), user=step["person"], text=step["text"]) for step in steps]
    edited = content.edited
    if edited is UNSET:
        told = 0
    else:
        places = (at for at, edit in enumerate(edits, 1) if (edit.ts, edit.user) == (edited.ts, edited.user))
        told = max(places, default=0)
        if not told:
            edits.append(EditEntry(ts=edited.ts, user=edited.user, text=content.text))
            told = len(edits)
    # Edits after the last that the message tells of are those that it does not.
    edits[told:] = [msgspec.structs.replace(edit, marked=False) for edit in edits[told:]]
    if edits and edits[-1].text != content.text:
        edits.append(msgspec.structs.replace(edits[-1], text=content.text, marked=False))
    return edits


def _grouped(rows: Rows, *keys: str) -> dict[Any, Rows]:
    """Rows by one column, or by a tuple of several."""
    groups: dict[Any, Rows] = {}
    for row in rows:
        groups.setdefault(_key(row, keys), []).append(row)
    return groups


def _single(rows: Rows, *keys: str) -> dict[Any, dict[str, Any]]:
    return {_key(row, keys): row for row in rows}


def _key(row: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)


def _taken(entry: type[msgspec.Struct], row: dict[str, Any], *, without: Iterable[str] = ()) -> dict[str, Any]:
    """What an entry and a row call by the same name."""
    return {name: row[name] for name in entry.__struct_fields__ if name in row and name not in without}


def _or_unset(value: T | None) -> T | UnsetType:
    """A column that is NULL or empty, as a key that is left out."""
    return value or UNSET


def _objects(json: msgspec.Raw | UnsetType) -> list[dict[str, Any]] | None:
    return None if json is UNSET else msgspec.json.decode(json)


def _or_none(value: T | UnsetType) -> T | None:
    return None if value is UNSET else value


def _split(scopes: str) -> list[str]:
    return scopes.split(",") if scopes else []


def _retention(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "messages_days": row["retention_days"],
        "keep_edits": row["keep_edits"],
        "keep_deletes": row["keep_deletes"],
        "override_allowed": row["retention_override_allowed"],
    }


def _session_settings(row: dict[str, Any] | None) -> SessionSettingsEntry | UnsetType:
    if row is None:
        return UNSET
    duration, quits = row["duration"], row["desktop_app_browser_quit"]
    return SessionSettingsEntry(
        duration=UNSET if duration is None else duration, desktop_app_browser_quit=UNSET if quits is None else quits
    )


def _member(row: dict[str, Any], created: int, *, open: bool) -> str | MemberEntry:
    """A member's id alone, where there is no more to say."""
    if row["joined"] == created and not row["left"] and not row["last_read"] and open:
        return str(row["person"])
    last_read = ts_text(row["last_read"]) if row["last_read"] else UNSET
    return MemberEntry(user=row["person"], joined=row["joined"], left=row["left"], last_read=last_read, open=open)


def _tombstone(covers: list[Cover], attachments: msgspec.Raw | UnsetType) -> TombstoneEntry:
    first, last = covers[0], covers[-1]
    return TombstoneEntry(
        ts=ts_text(first.at),
        user=first.person,
        content=last.text,
        attachments=_objects(attachments),
        before=[
            ReplacedEntry(content=old.text, ts=ts_text(new.at), user=new.person) for old, new in itertools.pairwise(covers)
        ],
    )


def _app_request(row: dict[str, Any]) -> AppRequestEntry:
    return AppRequestEntry(
        id=row["id"],
        app=row["app"],
        user=row["person"],
        team=row["workspace"],
        scopes=_split(row["scopes"]),
        message=row["message"],
    )
