"""What migrations make of the data that they find, on both engines."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
from sqlalchemy import Table

from gridhall.contract.orgfile import OrgDocument
from gridhall.domain.orgfile.check import check
from gridhall.domain.work import Work
from gridhall.storage import tables
from gridhall.storage.engines import migrate
from gridhall.storage.orgfile.dump import dump
from gridhall.storage.orgfile.load import load
from gridhall.storage.work import SqlWork
from harness.databases import Databases, run
from harness.storage import opened
from storage.older import Row, built_at, organization, person, rows_of, workspace

SECOND = 1_000_000
CHANNEL = {"organization": "E1", "conversation": "C1"}


def bot(organization: str, id: str, app: str) -> list[tuple[str, Row]]:
    texts = dict.fromkeys(["name", "description", "client_secret_hash", "signing_secret", "bot_scopes", "user_scopes"], "x")
    row: Row = texts | {"organization": organization, "id": app, "client_id": app, "distribution": "internal"}
    row |= {"reduced_history_limits": False, "token_rotation": False, "developer": None, "collaborators": "[]"}
    row |= {"bot_name": id.lower(), "bot_user": id, "bot_id": app.replace("A", "B"), "redirect_uris": "[]"}
    row |= {"org_deploy": False, "removed": False, "updated": 1}
    installation = {"organization": organization, "app": app, "target": "T1", "granted_teams": None}
    return [("apps", row), ("installations", installation), *person(organization, id, "T1", app=app)]


def conversation(
    id: str, kind: str, name: str, *people: str, teams: tuple[str, ...] = (), **more: Any
) -> list[tuple[str, Row]]:
    row: Row = {"organization": "E1", "id": id, "kind": kind, "name": name, "creator": "W1", "created": 100}
    row |= {"updated": more.get("created", 100)}
    row |= {"workspace": teams[0] if teams else None, "general": False, "archived": False, "deleted": False, "deleted_at": 0}
    row |= {
        "org_wide": False,
        "topic": "t",
        "topic_creator": "W1",
        "topic_set": more.get("created", 100),
        "purpose": "",
        "purpose_creator": "",
    }
    row |= {"purpose_set": 0, "previous_names": "[]", "posting": '"everyone"', "threads": '"everyone"', "retention_days": 0}
    row |= {"ekm_access_withdrawn": False}
    of = {"organization": "E1", "conversation": id}
    members = [("members", of | member(who)) for who in people]
    return [("conversations", row | more), *members, *(("shares", of | {"workspace": team}) for team in teams)]


def member(who: str) -> Row:
    """`-` before a name: they have left."""
    there = {"person": who.removeprefix("-"), "joined": 100, "left": 200 if who.startswith("-") else 0, "last_read": 5}
    return there | {"person_organization": "E2" if "STRANGER" in who else "E1"}


def message(ts: float, who: str, text: str = "", **more: Any) -> tuple[str, Row]:
    empty = ("thread_ts", "subtype", "blocks", "attachments", "client_msg_id", "pinned_by", "deleted_ts", "deleted_by")
    row = CHANNEL | dict.fromkeys(empty) | {"ts": int(ts * SECOND), "person": who, "text": text}
    times = {key: int(value * SECOND) for key, value in more.items() if key in ("thread_ts", "deleted_ts")}
    return "messages", row | more | times


def edit(ts: int, edited: int, who: str, text: str) -> tuple[str, Row]:
    row = {"ts": ts * SECOND, "edited_ts": edited * SECOND, "person": who, "text": text}
    return "message_edits", CHANNEL | row


def reaction(ts: int, position: int, name: str, who: str) -> tuple[str, Row]:
    return "reactions", CHANNEL | {"ts": ts * SECOND, "name": name, "person": who, "position": position}


def tombstone(ts: int, content: Row) -> tuple[str, Row]:
    kept: Row = {"subtype": None, "blocks": None, "attachments": None, "edits": []} | content
    row = {"ts": ts * SECOND, "tombstoned_ts": 900 * SECOND, "person": "W1", "content": msgspec.json.encode(kept).decode()}
    return "tombstones", CHANNEL | row


OLD = [
    *(organization(id) for id in ("E1", "E2")),
    *(
        workspace("E1", "T1"),
        workspace("E1", "T2", "some_word"),
        workspace("E2", "T3", "owners"),
        workspace("E1", "T4", general="C6"),
    ),
    *person("E1", "W1", "T1", "T2"),
    *person("E1", "W2", "T2"),
    *person("E1", "W3", "T1"),
    *person("E1", "W4"),
    *person("E2", "WSTRANGER", "T3"),
    *bot("E1", "W5BOT", "A1"),
    ("memberships", {"organization": "E1", "workspace": "T4", "person": "W5BOT", "role": "member"}),
    *person("E1", "WHOST", "T4"),
    *person("E1", "WLISTED", "T4"),
    *person("E1", "WLEFT", "T4"),
    *person("E1", "WGUEST", "T4", guest="multi_channel"),
    *person("E1", "WGONE", "T4", deleted=True),
    *conversation("C1", "public", "talk", "W1", "W2", "-W3", "WSTRANGER", "W5BOT", teams=("T1", "T2")),
    ("connections", CHANNEL | {"other_organization": "E2", "workspace": "T3"}),
    *conversation("C2", "public", "news", teams=("T1",), archived=True, created=1),
    *conversation("C3", "private", "news", teams=("T1",)),
    *conversation("C4", "public", "news", teams=("T1",), deleted=True, deleted_at=9, created=1),
    *conversation("C5", "public", "old", teams=("T1",), archived=True),
    ("connections", {"organization": "E1", "conversation": "C5", "other_organization": "E2", "workspace": "T3"}),
    *conversation("C6", "public", "hall", "WLISTED", "-WLEFT", teams=("T4",), general=True),
    *conversation("D1", "im", "", "W2", "W1"),
    *conversation("D2", "im", "", "W2", "W1", created=101),
    *conversation("D3", "im", "", "W2", "W1", created=1, deleted=True, deleted_at=9),
    *conversation("D4", "im", "", "WSTRANGER", "W1"),
    *conversation("G1", "mpim", "mpdm", "W3", "W2", "W1", "W5BOT"),
    # What was merely said.
    message(1, "W1", "plain"),
    message(2, "W2", "first", blocks='[{"type":"divider"}]', attachments="[]", client_msg_id="c-1", subtype="me_message"),
    edit(2, 20, "W2", "second"),
    edit(2, 21, "W1", "third"),
    reaction(2, 0, "wave", "W1"),
    reaction(2, 1, "+1", "WSTRANGER"),
    reaction(2, 2, "wave", "W5BOT"),
    message(3, "W5BOT", "beep", pinned_by="W1"),
    message(4, "WSTRANGER", "hello"),
    message(5, "W2", "again", client_msg_id="c-1"),
    message(6, "W4", "nowhere at home", thread_ts=6),
    # A thread: a reply to a reply, one that the channel shows, one that was deleted.
    message(10, "W1", "parent"),
    message(11, "W2", "reply", thread_ts=10),
    message(12, "W3", "reply to it", thread_ts=11),
    message(13, "W2", "shown", thread_ts=10, subtype="thread_broadcast"),
    message(14, "W4", "not said", thread_ts=10, deleted_ts=15, deleted_by="W1"),
    # A thread whose replies are all gone, and another whose parent is gone as well.
    message(15, "W1", "anyone?"),
    message(16, "W2", "no", thread_ts=15, deleted_ts=17, deleted_by="W2"),
    message(18, "W1", "nobody?", deleted_ts=19, deleted_by="W1"),
    message(19, "W2", "no", thread_ts=18, deleted_ts=19, deleted_by="W2"),
    # What was deleted: by itself, with a story, with replies, and where nothing of it is left.
    message(20, "W1", "gone", deleted_ts=25.5, deleted_by="W2", pinned_by="W1"),
    edit(20, 22, "W1", "going"),
    reaction(20, 0, "wave", "W2"),
    message(30, "W5BOT", "gone, though", deleted_ts=35, deleted_by="W2"),
    message(31, "W1", "but why", thread_ts=30),
    message(41, "W1", "to whom", thread_ts=40),
    # Out of sight.
    message(50, "W2", "removed", subtype="dlp_tombstone", thread_ts=10, client_msg_id="c-2"),
    tombstone(
        50,
        {
            "text": "secret",
            "subtype": "thread_broadcast",
            "blocks": '[{"type":"section"}]',
            "edits": [{"edited_ts": 55 * SECOND, "person": "W2", "text": "secret, still"}],
        },
    ),
    reaction(50, 0, "eyes", "W1"),
    # What a channel tells of somebody, be it a bot; such a message may be out of sight, too.
    message(56, "W5BOT", "has joined", subtype="channel_join"),
    message(57, "W5BOT", "removed", subtype="dlp_tombstone"),
    tombstone(57, {"text": "has left", "subtype": "channel_leave"}),
    # A time before the parent's cannot be: what says so is no reply.
    message(60, "W1", "odd", thread_ts=61),
]


CARRIED = (
    tables.conversations,
    tables.conversation_clocks,
    tables.shares,
    tables.connections,
    tables.members,
    tables.messages,
    tables.client_messages,
    tables.message_edits,
    tables.deleted_messages,
    tables.thread_members,
    tables.reactions,
    tables.pins,
    tables.tombstones,
)


class Migrated:
    """A database that was built and filled as of 0001, and then migrated."""

    def __init__(self, databases: Databases) -> None:
        self.url = databases.empty()

        async def main() -> dict[str, list[Row]]:
            await built_at(self.url, "0001", OLD)
            await migrate(self.url)
            return await rows_of(self.url, *CARRIED, tables.workspaces)

        self._rows: dict[str, list[Row]] = run(main())

    def rows(self, table: Table, **wanted: Any) -> list[Row]:
        return [dict(row) for row in self._rows[table.name] if wanted.items() <= row.items()]

    def row(self, table: Table, **wanted: Any) -> Row:
        (row,) = self.rows(table, **wanted)
        return row

    def message(self, second: int, table: Table = tables.messages) -> Row:
        """A message with its content and reactions read."""
        row = self.row(table, ts=second * SECOND)
        row = row | {"content": msgspec.json.decode(row["content"])}
        return row | {"reactions": msgspec.json.decode(row["reactions"] or "null")}


_MIGRATED: dict[str, Migrated] = {}


@pytest.fixture
def migrated(any_databases: Databases) -> Migrated:
    """Built once for each engine: no test changes it."""
    if any_databases.engine not in _MIGRATED:
        _MIGRATED[any_databases.engine] = Migrated(any_databases)
    return _MIGRATED[any_databases.engine]


def plain(ts: int, who: str, text: str, team: str, **more: Any) -> Row:
    """The content of a message that nothing happened to."""
    return {"type": "message", "user": who, "text": text, "ts": f"{ts}.000000", "team": team, **more}


def test_a_message_has_its_json_ready(migrated: Migrated) -> None:
    row = migrated.message(1)
    assert row == CHANNEL | {
        "ts": SECOND,
        "person_organization": "E1",
        "person": "W1",
        "app": None,
        "thread_ts": None,
        "in_channel": True,
        "subtype": None,
        "content": plain(1, "W1", "plain", "T1"),
        "thread": None,
        "reactions": None,
        "pinned": False,
        "metadata": None,
    }
    # From the workspace that they and the conversation are in, else from their organization.
    assert migrated.message(2)["content"]["team"] == "T2"
    stranger = migrated.message(4)
    assert (stranger["person_organization"], stranger["content"]["team"]) == ("E2", "T3")
    alone = migrated.message(6)
    assert (alone["thread_ts"], alone["content"]) == (None, plain(6, "W4", "nowhere at home", "E1"))


def test_an_edited_message_has_its_last_wording_and_its_story(migrated: Migrated) -> None:
    content = migrated.message(2)["content"]
    assert content == {
        "type": "message",
        "subtype": "me_message",
        "user": "W2",
        "text": "third",
        "ts": "2.000000",
        "team": "T2",
        "client_msg_id": "c-1",
        "blocks": [{"type": "divider"}],
        "attachments": [],
        "edited": {"user": "W1", "ts": "21.000000"},
    }
    story = [(row["position"], row["previous"], row["text"]) for row in migrated.rows(tables.message_edits, ts=2 * SECOND)]
    assert story == [(0, "first", "second"), (1, "second", "third")]


def test_reactions_are_told_first_come_first(migrated: Migrated) -> None:
    assert migrated.message(2)["reactions"] == [
        {"name": "wave", "users": ["W1", "W5BOT"], "count": 2},
        {"name": "+1", "users": ["WSTRANGER"], "count": 1},
    ]
    given = {(row["name"], row["person"]): row["reacted"] for row in migrated.rows(tables.reactions, ts=2 * SECOND)}
    assert sorted(given, key=lambda reaction: given[reaction]) == [("wave", "W1"), ("+1", "WSTRANGER"), ("wave", "W5BOT")]
    assert migrated.row(tables.reactions, name="+1")["person_organization"] == "E2"


def test_a_bots_message_tells_its_app_and_a_pin_is_a_row(migrated: Migrated) -> None:
    row = migrated.message(3)
    assert (row["app"], row["pinned"]) == ("A1", True)
    assert row["content"] == plain(3, "W5BOT", "beep", "T1", app_id="A1", bot_id="B1")
    assert migrated.rows(tables.pins) == [CHANNEL | {"ts": 3 * SECOND, "person": "W1", "pinned": 3}]


def test_what_a_channel_tells_of_a_bot_tells_no_app(migrated: Migrated) -> None:
    row = migrated.message(56)
    assert (row["app"], row["content"]) == (None, plain(56, "W5BOT", "has joined", "T1", subtype="channel_join"))
    row = migrated.message(57)
    assert (row["app"], row["content"]) == (None, plain(57, "W5BOT", "removed", "T1", subtype="dlp_tombstone"))


def test_everybody_of_a_workspace_is_in_its_general_channel(migrated: Migrated) -> None:
    inside = {row["person"]: row for row in migrated.rows(tables.members, conversation="C6")}
    assert {person: row["left"] for person, row in inside.items()} == {"WHOST": 0, "WLEFT": 200, "WLISTED": 0}
    assert inside["WHOST"] == {
        "organization": "E1",
        "conversation": "C6",
        "person_organization": "E1",
        "person": "WHOST",
        "joined": 100,
        "left": 0,
        "last_read": 0,
        "open": True,
    }
    assert migrated.row(tables.conversations, id="C6")["num_members"] == 2


def test_a_clients_id_stands_for_the_first_that_bore_it(migrated: Migrated) -> None:
    claims = {row["client_msg_id"]: row["ts"] // SECOND for row in migrated.rows(tables.client_messages)}
    assert claims == {"c-1": 2, "c-2": 50}
    assert "client_msg_id" not in migrated.message(5)["content"]


def test_a_thread_is_counted(migrated: Migrated) -> None:
    parent = migrated.message(10)
    assert msgspec.json.decode(f"{{{parent['thread']}}}") == {
        "reply_count": 4,
        "reply_users_count": 2,
        "latest_reply": "50.000000",
        "reply_users": ["W2", "W3"],
        "is_locked": False,
    }
    to_a_reply = migrated.message(12)
    assert (to_a_reply["thread_ts"], to_a_reply["in_channel"]) == (10 * SECOND, False)
    assert (to_a_reply["content"]["thread_ts"], to_a_reply["content"]["parent_user_id"]) == ("10.000000", "W1")
    assert migrated.message(13)["in_channel"] is True
    parts = {
        row["person"]: (row["replies"], row["first_reply"] // SECOND, row["last_read"] // SECOND) for row in parts_of(migrated)
    }
    assert parts == {"W1": (0, 0, 0), "W2": (3, 11, 50), "W3": (1, 12, 12), "W4": (0, 14, 14)}
    assert all(row["subscribed"] for row in parts_of(migrated))


def test_a_parent_goes_on_telling_of_its_thread_when_the_replies_are_gone(migrated: Migrated) -> None:
    thread = migrated.message(15)["thread"]
    assert thread == '"reply_count":0,"reply_users_count":0,"reply_users":[],"is_locked":false'
    assert {row["person"] for row in migrated.rows(tables.thread_members, thread_ts=15 * SECOND)} == {"W1", "W2"}
    assert migrated.rows(tables.messages, ts=18 * SECOND) == migrated.rows(tables.thread_members, thread_ts=18 * SECOND) == []


def parts_of(migrated: Migrated) -> list[Row]:
    return migrated.rows(tables.thread_members, thread_ts=10 * SECOND)


def test_what_was_deleted_is_kept_apart(migrated: Migrated) -> None:
    assert {row["ts"] // SECOND for row in migrated.rows(tables.deleted_messages)} == {14, 16, 18, 19, 20, 30}
    row = migrated.message(20, tables.deleted_messages)
    assert (row["deleted_ts"], row["deleted_by"]) == (25 * SECOND + SECOND // 2, "W2")
    assert row["content"] == plain(20, "W1", "going", "T1", edited={"user": "W1", "ts": "22.000000"})
    assert row["reactions"] == [{"name": "wave", "users": ["W2"], "count": 1}]
    assert len(migrated.rows(tables.message_edits, ts=20 * SECOND)) == 1
    assert migrated.rows(tables.messages, ts=20 * SECOND) == migrated.rows(tables.reactions, ts=20 * SECOND) == []


@pytest.mark.parametrize(("second", "person", "app"), [(30, "W5BOT", "A1"), (40, "USLACKBOT", None)])
def test_a_parent_that_is_gone_leaves_a_placeholder(migrated: Migrated, second: int, person: str, app: str | None) -> None:
    row = migrated.message(second)
    assert (row["person"], row["app"], row["subtype"], row["in_channel"]) == (person, app, "tombstone", True)
    assert row["content"] == {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "ts": f"{second}.000000",
        "hidden": True,
    }
    assert '"reply_count":1' in row["thread"]
    assert migrated.message(second + 1)["content"]["parent_user_id"] == person


def test_what_is_out_of_sight_stays_there(migrated: Migrated) -> None:
    row = migrated.message(50)
    assert (row["subtype"], row["in_channel"], row["reactions"]) == ("dlp_tombstone", True, None)
    assert row["content"] == plain(
        50, "W2", "removed", "T2", subtype="dlp_tombstone", thread_ts="10.000000", parent_user_id="W1"
    )
    kept = msgspec.json.decode(migrated.row(tables.tombstones, ts=50 * SECOND)["content"])
    assert kept["covers"] == [{"at": 900 * SECOND, "person": "W1", "text": "removed"}]
    original = kept["original"]
    assert original["content"]["text"] == "secret, still"
    assert original["content"]["blocks"] == [{"type": "section"}]
    assert (original["content"]["subtype"], original["content"]["client_msg_id"]) == ("thread_broadcast", "c-2")
    assert [(given["name"], given["person"]) for given in original["reactions"]] == [("eyes", "W1")]
    assert original["told"] == [{"name": "eyes", "users": ["W1"], "count": 1}]
    [edit] = migrated.rows(tables.message_edits, ts=50 * SECOND)
    assert (edit["previous"], edit["text"], edit["edited_ts"]) == ("secret", "secret, still", 55 * SECOND)
    assert migrated.rows(tables.reactions, ts=50 * SECOND) == []


def test_a_reply_to_the_future_is_none(migrated: Migrated) -> None:
    row = migrated.message(60)
    assert (row["thread_ts"], row["in_channel"], "thread_ts" in row["content"]) == (None, True, False)


def test_conversations_have_their_clock_and_count_their_members(migrated: Migrated) -> None:
    clocks = {row["conversation"]: row["last_ts"] // SECOND for row in migrated.rows(tables.conversation_clocks)}
    assert clocks == {"C1": 60} | dict.fromkeys(["C2", "C3", "C4", "C5", "C6", "D1", "D2", "D3", "D4", "G1"], 0)
    row = migrated.row(tables.conversations, id="C1")
    assert (row["num_members"], row["people_key"], row["org_wide"], row["topic"]) == (4, None, False, "t")
    assert all(row["open"] is True for row in migrated.rows(tables.members))
    assert migrated.row(tables.members, person="W3", conversation="C1")["left"] == 200


def test_what_is_in_no_workspace_alone_is_told_apart(migrated: Migrated) -> None:
    wide = {row["id"] for row in migrated.rows(tables.conversations) if row["wide"]}
    assert wide == {"C1", "C5", "D1", "D2", "D3", "D4", "G1"}


def test_one_conversation_bears_the_key_of_its_people(migrated: Migrated) -> None:
    keys = {id: migrated.row(tables.conversations, id=id)["people_key"] for id in ("D1", "D2", "D3", "D4", "G1")}
    assert keys == {"D1": "W1,W2", "D2": None, "D3": None, "D4": "E2/WSTRANGER,W1", "G1": "W1,W2,W3,W5BOT"}


def test_a_name_is_in_a_workspace_once(migrated: Migrated) -> None:
    names = {(row["conversation"], row["workspace"]): row["name"] for row in migrated.rows(tables.shares)}
    assert names == {
        ("C1", "T1"): "talk",
        ("C1", "T2"): "talk",
        ("C2", "T1"): "C2",
        ("C3", "T1"): "news",
        ("C4", "T1"): "C4",
        ("C5", "T1"): "old",
        ("C6", "T4"): "hall",
    }


def test_words_that_nobody_knows_meant_admins(migrated: Migrated) -> None:
    who = {row["id"]: row["who_can_post_general"] for row in migrated.rows(tables.workspaces)}
    assert who == {"T1": "everyone", "T2": "admins", "T3": "owners", "T4": "everyone"}


def _unit(what: Callable[[SqlWork], Coroutine[Any, Any, Any]]) -> Callable[[Work], Coroutine[Any, Any, Any]]:
    async def unit(work: Work) -> Any:
        assert isinstance(work, SqlWork)
        return await what(work)

    return unit


def test_what_was_carried_over_is_what_would_be_loaded(migrated: Migrated, any_databases: Databases) -> None:
    """The migration knows nothing of the program, and the program nothing of the migration: they agree all the same."""
    again = any_databases.empty()

    async def main() -> dict[str, list[Row]]:
        async with opened(migrated.url) as storage:
            documents: list[OrgDocument] = await storage.read(_unit(lambda work: dump(work.connection)))
        for at, document in enumerate(documents):
            # A file may not have two direct conversations of the same people.
            conversations = [entry for entry in document.conversations if entry.id != "D2"]
            documents[at] = msgspec.structs.replace(document, conversations=conversations)
        check(documents)
        await migrate(again)
        async with opened(again) as storage:
            await storage.write(_unit(lambda work: load(work.connection, documents, work.source, str)))
        return await rows_of(again, *CARRIED)

    loaded: dict[str, list[Row]] = asyncio.run(main())
    for table in CARRIED:
        carried = [row for row in migrated.rows(table) if "D2" not in (row.get("conversation"), row.get("id"))]
        # A file tells the order of those who gave one emoji, not that among several.
        for row in (*carried, *loaded[table.name]):
            row.pop("reacted", None)
            # An old migration writes the parts of a message in the order of its day.
            if "content" in row:
                row["content"] = msgspec.json.decode(row["content"])
        assert loaded[table.name] == carried, table.name
