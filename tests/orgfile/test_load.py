"""Filling a database from documents, and giving documents back."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.schema import CreateTable

from gridhall.cli.orgfile.read import read
from gridhall.contract.messages import Content
from gridhall.contract.orgfile import (
    AppEntry,
    BotEntry,
    ConversationEntry,
    DeletionEntry,
    EditEntry,
    EnterpriseEntry,
    MemberEntry,
    MessageEntry,
    Mistake,
    OrgDocument,
    ProfileFieldEntry,
    SessionEntry,
    TeamEntry,
    TeamSettings,
    TokenEntry,
    TombstoneEntry,
    UserEntry,
)
from gridhall.contract.timestamps import ts_micros, ts_text
from gridhall.domain.orgfile.check import check
from gridhall.domain.secrets import hash_of
from gridhall.domain.source import Source
from gridhall.storage import tables
from gridhall.storage.engines import migrate, open_storage
from gridhall.storage.orgfile.dump import dump
from gridhall.storage.orgfile.load import Loaded, load, passwords_of
from gridhall.storage.orgfile.rows import Photos
from gridhall.storage.remembered import Remembered
from gridhall.storage.sqlite import MEMORY, connect
from gridhall.storage.sqlite_connection import SqliteConnection
from gridhall.storage.statement import SQLITE, Statement
from gridhall.storage.work import SqlWork
from harness.databases import Databases

T = TypeVar("T")

DATA = Path(__file__).parent.parent / "data"
DEMO = Path(__file__).parents[2] / "src" / "gridhall" / "cli" / "demo.yaml"
NOW = 1_700_000_000


class StoppedClock:
    def now(self) -> int:
        return NOW * 1_000_000 + 123


def source() -> Source:
    return Source(StoppedClock())


class Database:
    """An SQLite database in memory."""

    def __init__(self) -> None:
        self.raw = connect(MEMORY)
        for table in tables.metadata.sorted_tables:
            self.raw.execute(str(CreateTable(table).compile(dialect=SQLITE)))
        self.connection = SqliteConnection(self.raw, Remembered())

    def load(self, *documents: OrgDocument, photos: Photos | None = None) -> Loaded:
        return asyncio.run(load(self.connection, documents, source(), "hash of {}".format, photos or {}))

    def dump(self) -> list[OrgDocument]:
        return asyncio.run(dump(self.connection))

    def rows(self, table: Table, **wanted: Any) -> list[dict[str, Any]]:
        """The rows that have these values, by the table's key."""
        statement = Statement(
            select(*table.c).order_by(*table.primary_key.columns),
            lambda *values: dict(zip(table.c.keys(), values, strict=True)),
        )
        rows = asyncio.run(self.connection.all(statement))
        return [row for row in rows if wanted.items() <= row.items()]

    def row(self, table: Table, **wanted: Any) -> dict[str, Any]:
        (row,) = self.rows(table, **wanted)
        return row


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.raw.close()


@pytest.fixture
def full(database: Database) -> Database:
    database.load(*read(DATA / "full.yaml").documents)
    return database


@pytest.fixture
def acme(database: Database) -> Database:
    database.load(*read(DATA / "acme.yaml").documents)
    return database


@pytest.fixture
def every(tmp_path: Path) -> Path:
    """The file that gives every key a value, with the picture that it names beside it."""
    (tmp_path / "una.png").write_bytes(b"picture")
    return Path(shutil.copy(Path(__file__).parent / "every.yaml", tmp_path))


# Round trips.

# What the database keeps only as a hash, or not in the documents' form.
LEFT_OUT = {("tokens", "token"), ("users", "password"), ("users", "photo"), ("apps", "client_secret")}


def facts(document: OrgDocument) -> dict[Any, Any]:
    """What a document says, whatever order and form it says it in: by section, id and key."""
    found: dict[Any, Any] = {"enterprise": document.enterprise}
    generals = {team.general for team in document.teams}
    for section in ("teams", "users", "apps", "conversations", "messages", "sessions", "app_requests"):
        for entry in getattr(document, section):
            id = (entry.conversation, entry.ts) if section == "messages" else entry.id
            keys = msgspec.structs.asdict(entry)
            if section == "conversations":
                keys |= {"general": entry.general or entry.id in generals}
                keys["members"] = {(m if isinstance(m, str) else m.user): m for m in entry.members}
            found |= {(section, id, key): _unordered(value) for key, value in keys.items()}
        if section == "conversations":
            said_there = {c.team: c.id for c in document.conversations if c.general}
            found |= {("teams", team, "general"): id for team, id in said_there.items()}
    return found


def _unordered(value: Any) -> Any:
    if isinstance(value, TeamSettings):
        # Outside an Enterprise, 0 and false are what is meant by leaving out.
        return {key: said or None for key, said in msgspec.structs.asdict(value).items()}
    return frozenset(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else value


def assert_survives(path: Path, dumped: list[OrgDocument]) -> None:
    """Everything that the file says is in what the database gives back."""
    written = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    for raw, said, back in zip(written, read(path).documents, dumped, strict=True):
        expected, found = facts(said), facts(back)
        assert found["enterprise"] == expected["enterprise"]
        for section in raw.keys() - {"enterprise", "tokens"}:
            for entry in raw[section]:
                id = (entry["conversation"], entry["ts"]) if section == "messages" else entry["id"]
                for key in entry.keys() - {key for of, key in LEFT_OUT if of == section}:
                    place = (section, id, key)
                    if key == "members":
                        # Guests and the people of a direct conversation are members without being listed.
                        assert expected[place].items() <= found[place].items(), place
                    else:
                        assert found[place] == expected[place], place


def test_the_file_that_gives_every_key_a_value_does(every: Path) -> None:
    documents = read(every).documents
    given: dict[type[msgspec.Struct], set[str]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, msgspec.Struct):
            defaults = {
                field.name: field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
                for field in msgspec.structs.fields(value)
            }
            seen = given.setdefault(type(value), set())
            seen |= {name for name, default in defaults.items() if getattr(value, name) != default}
            walk([getattr(value, name) for name in defaults])
        elif isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                walk(item)

    walk(documents)

    assert {kind.__name__: set(kind.__struct_fields__) - names for kind, names in given.items()} == {
        kind.__name__: set() for kind in given
    }
    assert len(given) == len(msgspec.json.schema_components([OrgDocument])[1])


@pytest.mark.parametrize("name", ["acme.yaml", "full.yaml"])
def test_a_file_survives_the_database(any_databases: Databases, name: str) -> None:
    file = read(DATA / name)

    async def through(work: SqlWork) -> list[OrgDocument]:
        await load(work.connection, file.documents, work.source, str)
        return await dump(work.connection)

    assert_survives(DATA / name, _within(any_databases, through))


def test_every_key_survives_the_database(any_databases: Databases, every: Path) -> None:
    file = read(every)

    async def through(work: SqlWork) -> list[OrgDocument]:
        await load(work.connection, file.documents, work.source, str)
        return await dump(work.connection)

    assert_survives(every, _within(any_databases, through))


def _within(databases: Databases, unit: Callable[[SqlWork], Awaitable[T]]) -> T:
    """Run one unit of work on a new database."""

    class Deaf:
        def heard(self, signal: object) -> None: ...

        def caught_up(self) -> None: ...

        def lost(self) -> None: ...

    url = databases.empty()

    async def main() -> T:
        await migrate(url)
        storage = await open_storage(url, source(), Deaf(), lambda state: None)
        try:
            return await storage.write(unit)  # type: ignore[arg-type]
        finally:
            await storage.close()

    return asyncio.run(main())


@pytest.mark.parametrize("name", ["acme.yaml", "full.yaml", "every.yaml"])
def test_what_was_given_back_can_be_loaded_again(database: Database, every: Path, name: str) -> None:
    database.load(*read(every if name == every.name else DATA / name).documents)
    first = database.dump()
    check(first)
    second = Database()
    second.load(*first)

    assert second.dump() == first
    second.raw.close()


def test_lone_workspaces_are_given_back_in_one_document(every: Path, database: Database) -> None:
    database.load(*read(every).documents)

    _, lone = database.dump()

    assert [team.id for team in lone.teams] == ["T0EVERY0003", "T0EVERY0004"]
    assert [(user.id, user.teams) for user in lone.users] == [("U0EVERY0005", ["T0EVERY0003", "T0EVERY0004"])]


def test_an_empty_database_gives_nothing_back(database: Database) -> None:
    assert database.dump() == []


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_a_ts_survives_exactly(micros: int) -> None:
    assert ts_micros(ts_text(micros)) == micros


def test_a_ts_is_microseconds() -> None:
    assert ts_micros("1569520591.000500") == 1_569_520_591_000_500
    assert ts_text(1_569_520_591_000_500) == "1569520591.000500"


# What is left out.


def test_what_is_left_out_is_made_and_told(database: Database) -> None:
    document = OrgDocument(
        enterprise=EnterpriseEntry(name="Café No. 1"),
        teams=[TeamEntry(name="Café No. 1", profile_fields=[ProfileFieldEntry(label="a")]), TeamEntry(name="東京")],
        users=[UserEntry(name="ada")],
        apps=[AppEntry(name="App", bot=BotEntry(name="bot"))],
        conversations=[ConversationEntry(name="talk")],
    )

    loaded = database.load(document)

    made = {path[1:]: value for path, value in loaded.made.items()}
    assert loaded.organizations == [made["enterprise", "id"]]
    assert {path: value[:1] for path, value in made.items() if path[-1] in ("id", "bot_id")} == {
        ("enterprise", "id"): "E",
        ("teams", 0, "id"): "T",
        ("teams", 0, "profile_fields", 0, "id"): "X",
        ("teams", 1, "id"): "T",
        ("users", 0, "id"): "W",
        ("apps", 0, "id"): "A",
        ("apps", 0, "bot", "id"): "W",
        ("apps", 0, "bot", "bot_id"): "B",
        ("conversations", 0, "id"): "C",
    }
    assert made["enterprise", "domain"] == "caf-no-1"
    assert made["teams", 0, "domain"] == "caf-no-1-2"
    assert made["teams", 1, "domain"] == made["teams", 1, "id"].lower()
    assert database.row(tables.apps)["client_id"] == made["apps", 0, "client_id"]
    assert len(database.row(tables.apps)["signing_secret"]) == 48


def test_ids_outside_an_enterprise_begin_with_u(database: Database) -> None:
    loaded = database.load(OrgDocument(teams=[TeamEntry(name="a")], users=[UserEntry(name="b")]))

    assert loaded.made[0, "users", 0, "id"].startswith("U")


def test_times_that_are_left_out_are_the_loads(database: Database) -> None:
    database.load(
        OrgDocument(
            teams=[TeamEntry(name="a")],
            users=[UserEntry(id="U0A", name="b")],
            conversations=[ConversationEntry(name="c", deleted=True, members=["U0A"])],
            sessions=[SessionEntry(user="U0A")],
        )
    )

    assert database.row(tables.organizations)["created"] == NOW
    assert database.row(tables.workspaces)["created"] == NOW
    assert {key: database.row(tables.people)[key] for key in ("created", "updated")} == {"created": NOW, "updated": NOW}
    conversation = database.row(tables.conversations)
    assert (conversation["created"], conversation["deleted_at"]) == (NOW, NOW)
    assert database.row(tables.members)["joined"] == NOW
    session = database.row(tables.sessions)
    assert (session["signed_in_at"], session["last_activity"]) == (NOW, NOW)
    assert 1 <= session["id"] < 2**53


def test_a_person_of_a_lone_workspace_is_in_it(database: Database) -> None:
    database.load(OrgDocument(teams=[TeamEntry(id="T0A", name="a"), TeamEntry(name="b")], users=[UserEntry(name="c")]))

    assert database.row(tables.people)["organization"] == "T0A"
    assert database.row(tables.memberships)["workspace"] == "T0A"


def test_names_are_taken_from_one_another(acme: Database, full: Database) -> None:
    ada = acme.row(tables.people, id="W0ADA000001")
    assert (ada["first_name"], ada["last_name"]) == ("Ada", "Archer")
    solo = full.row(tables.people, id="U0SOLO00001")
    assert (solo["first_name"], solo["last_name"]) == ("Solo", "")


# Organizations and people.


def test_a_lone_workspace_is_its_own_organization(full: Database) -> None:
    organization = full.row(tables.organizations, id="T0ALONE0001")

    assert organization["enterprise"] is False
    assert organization["domain"] == "alone"
    assert organization["keep_edits"] is False
    assert full.row(tables.workspaces, id="T0ALONE0001")["organization"] == "T0ALONE0001"
    assert full.row(tables.memberships, person="U0SOLO00001")["role"] == "primary_owner"


def test_who_is_in_several_lone_workspaces_is_a_person_of_each(every: Path, database: Database) -> None:
    database.load(*read(every).documents)

    assert [row["organization"] for row in database.rows(tables.people, id="U0EVERY0005")] == ["T0EVERY0003", "T0EVERY0004"]
    roles = [(row["organization"], row["role"]) for row in database.rows(tables.memberships, person="U0EVERY0005")]
    assert roles == [("T0EVERY0003", "member"), ("T0EVERY0004", "primary_owner")]


def test_passwords_are_hashed(full: Database) -> None:
    nia = full.row(tables.credentials, person="W0NIA000001")
    assert nia["password_hash"] == "hash of nia-north-signs-in"
    otto = full.row(tables.credentials, person="W0OTTO00001")
    assert (otto["password_hash"], otto["two_factor_secret"]) == (None, None)


def test_session_settings_are_of_those_who_have_any(full: Database) -> None:
    nia = {"organization": "E0NORTH0001", "person": "W0NIA000001", "duration": 86400, "desktop_app_browser_quit": True}
    assert full.rows(tables.session_settings) == [nia]


def test_passwords_can_be_hashed_beforehand() -> None:
    assert passwords_of(read(DATA / "full.yaml").documents) == ["nia-north-signs-in"]


def test_a_picture_is_kept_in_every_size(every: Path, database: Database) -> None:
    file = read(every)

    database.load(*file.documents, photos=file.photos(lambda data: ("0123456789ab", {"24": data, "original": b"large"})))

    assert database.row(tables.people, id="W0EVERY0001")["photo"] == "0123456789ab"
    pictures = {row["size"]: row["data"] for row in database.rows(tables.photos, person="W0EVERY0001", hash="0123456789ab")}
    assert pictures == {"24": b"picture", "original": b"large"}


def test_activity_is_known_of_those_who_were_active(full: Database) -> None:
    assert full.row(tables.activity)["last_activity"] == 1569520000


# Apps and tokens.


def test_a_bot_is_a_person_where_its_app_is_installed(full: Database, acme: Database) -> None:
    bot = full.row(tables.people, id="W0NBOT00001")
    assert (bot["organization"], bot["name"], bot["real_name"]) == ("E0NORTH0001", "northstar", "northstar")
    assert (bot["app"], bot["bot_id"], bot["org_role"], bot["guest"]) == ("A0NORTH0001", "B0NORTH0001", "member", "none")
    # The installation on the organization was granted one of its two workspaces.
    assert [row["workspace"] for row in full.rows(tables.memberships, person="W0NBOT00001")] == ["T0NORTH0001"]
    assert full.rows(tables.credentials, person="W0NBOT00001") == []
    assert [row["workspace"] for row in acme.rows(tables.memberships, person="W0BOT000001")] == ["T0EAST00001"]


def test_a_bot_is_also_where_its_tokens_are(database: Database) -> None:
    database.load(
        OrgDocument(
            teams=[TeamEntry(id="T0A", name="a"), TeamEntry(id="T0B", name="b")],
            apps=[AppEntry(id="A0A", name="c", bot=BotEntry(name="d", id="U0BOT"), removed=True)],
            tokens=[TokenEntry(token="xoxb-1", app="A0A", team="T0B")],
        )
    )

    assert [(row["organization"], row["deleted"]) for row in database.rows(tables.people)] == [("T0A", True), ("T0B", True)]
    assert database.row(tables.memberships)["workspace"] == "T0B"


def test_an_installation_everywhere_grants_what_was_said(full: Database, acme: Database) -> None:
    assert full.row(tables.installations, app="A0NORTH0001") == {
        "organization": "E0NORTH0001",
        "app": "A0NORTH0001",
        "target": "E0NORTH0001",
        "granted_teams": '["T0NORTH0001"]',
    }
    assert acme.row(tables.installations, app="A0ADMIN0001")["granted_teams"] is None


def test_org_deployment_follows_from_an_installation_on_the_organization(acme: Database) -> None:
    assert acme.row(tables.apps, id="A0ADMIN0001")["org_deploy"] is True
    assert acme.row(tables.apps, id="A0DESK00001")["org_deploy"] is False


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("xoxb-east-desk", {"kind": "bot", "workspace": "T0EAST00001", "person": "W0BOT000001", "app": "A0DESK00001"}),
        ("xoxp-ada-org", {"kind": "user", "workspace": None, "person": "W0ADA000001", "organization": "E0ACME00001"}),
        ("xoxp-dev-west", {"scopes": "identity.basic,identity.email,identity.avatar,identity.team"}),
        ("xoxp-olly-east", {"scopes": "users:read", "revoked_at": 0}),
        ("xoxp-cho-expired", {"expires_at": 1569520591}),
        ("xoxp-cho-revoked", {"revoked_at": 1569520591}),
    ],
)
def test_a_token_is_kept_as_its_hash(acme: Database, text: str, wanted: dict[str, Any]) -> None:
    row = acme.row(tables.tokens, hash=hash_of(text))

    assert wanted.items() <= row.items()
    assert row["id"].startswith("Tk")
    assert text not in str(row)


def test_kinds_of_tokens(database: Database) -> None:
    app = AppEntry(id="A0A", name="c", bot=BotEntry(name="d"), bot_scopes=["b"], user_scopes=["u"], installed_on=["E0A", "T0A"])
    texts = ["xoxb-1", "xoxe.xoxb-1", "xapp-1"]
    of_people = ["xoxp-1", "xoxe.xoxp-1"]
    database.load(
        OrgDocument(
            enterprise=EnterpriseEntry(id="E0A", name="a"),
            teams=[TeamEntry(id="T0A", name="a")],
            users=[UserEntry(id="W0A", name="u", teams=["T0A"])],
            apps=[app],
            tokens=[
                *(TokenEntry(token=text, app="A0A") for text in texts),
                *(TokenEntry(token=text, app="A0A", user="W0A") for text in of_people),
                TokenEntry(token="xoxs-1", user="W0A"),
            ],
        )
    )

    found = {text: database.row(tables.tokens, hash=hash_of(text)) for text in [*texts, *of_people, "xoxs-1"]}
    assert {text: (row["kind"], row["scopes"], row["workspace"]) for text, row in found.items()} == {
        "xoxb-1": ("bot", "b", None),
        "xoxe.xoxb-1": ("bot_rotating", "b", None),
        "xapp-1": ("app", "", None),
        "xoxp-1": ("user", "u", None),
        "xoxe.xoxp-1": ("user_rotating", "u", None),
        "xoxs-1": ("legacy", "", "T0A"),
    }


def test_an_app_without_a_client_secret_has_a_hash_that_nothing_has(database: Database) -> None:
    database.load(OrgDocument(teams=[TeamEntry(name="a")], apps=[AppEntry(name="b")]))

    assert database.row(tables.apps)["client_secret_hash"] == ""


# Conversations and messages.


def test_a_channel_of_two_organizations_has_a_host_and_a_connection(full: Database) -> None:
    assert full.row(tables.conversations, id="C0CONNECT01")["organization"] == "E0NORTH0001"
    assert full.row(tables.shares, conversation="C0CONNECT01")["workspace"] == "T0NORTH0001"
    assert full.row(tables.connections) == {
        "organization": "E0NORTH0001",
        "conversation": "C0CONNECT01",
        "other_organization": "E0SOUTH0001",
        "workspace": "T0SOUTH0001",
    }
    members = {row["person"]: row["person_organization"] for row in full.rows(tables.members, conversation="C0CONNECT01")}
    assert members == {"W0NIA000001": "E0NORTH0001", "W0SOL000001": "E0SOUTH0001"}


def test_a_general_channel_is_said_here_or_there(acme: Database, full: Database) -> None:
    assert acme.row(tables.workspaces, id="T0EAST00001")["general"] == "C0GENERAL01"
    assert full.row(tables.conversations, id="C0NGENERAL1")["general"] is True
    assert full.row(tables.workspaces, id="T0NORTH0002")["general"] is None


def test_direct_and_group_conversations(acme: Database) -> None:
    im = acme.row(tables.conversations, id="D0ADABEN001")
    assert (im["kind"], im["name"], im["workspace"], im["creator"]) == ("im", "", None, "W0ADA000001")
    assert [row["person"] for row in acme.rows(tables.members, conversation="D0ADABEN001")] == ["W0ADA000001", "W0BEN000001"]
    assert acme.row(tables.conversations, id="G0ADABENCHO")["name"] == "mpdm-ada--ben--cho-1"


def test_a_group_conversation_is_named_after_its_people_and_bots(database: Database) -> None:
    database.load(
        OrgDocument(
            teams=[TeamEntry(name="a")],
            users=[UserEntry(id="U0A", name="ada"), UserEntry(id="U0B", name="ben")],
            apps=[AppEntry(name="c", bot=BotEntry(id="U0BOT", name="helper"))],
            conversations=[ConversationEntry(mpim=["U0B", "U0BOT", "U0A"])],
        )
    )

    assert database.row(tables.conversations)["name"] == "mpdm-ben--helper--ada-1"


def test_a_guest_is_a_member_of_what_they_are_confined_to(every: Path, database: Database) -> None:
    database.load(*read(every).documents)

    channels = [row["conversation"] for row in database.rows(tables.members, person="W0EVERY0003")]
    assert channels == ["C0EVERY0001", "C0EVERY0002"]


def test_a_tombstoned_message_is_out_of_sight(every: Path, database: Database) -> None:
    database.load(*read(every).documents)
    ts = 1_500_000_020_999_999

    row = database.row(tables.messages, ts=ts)
    assert json.loads(row["content"]) == {
        "type": "message",
        "subtype": "dlp_tombstone",
        "username": "Every",
        "icons": {"emoji": ":wave:"},
        "text": "Look away",
        "ts": "1500000020.999999",
        "team": "T0EVERY0002",
        "app_id": "A0EVERY0001",
        "bot_id": "B0EVERY0001",
        "thread_ts": "1500000010.000001",
        "parent_user_id": "W0EVERY0001",
        "attachments": [{"text": "From here", "fallback": "Here"}],
    }
    assert (row["subtype"], row["pinned"], row["metadata"]) == ("dlp_tombstone", True, None)
    kept = json.loads(database.row(tables.tombstones, ts=ts)["content"])
    original = kept["original"]
    assert (original["content"]["text"], original["content"]["blocks"]) == ("Still out of sight", [])
    assert original["metadata"] == {"event_type": "hidden", "event_payload": {"n": [1, 2.5, True, None, {"deep": ["on"]}]}}
    assert kept["covers"] == [
        {"at": 1_500_000_022_000_000, "person": "W0EVERY0004", "text": "Look there"},
        {"at": 1_500_000_023_000_001, "person": "W0EVERY0001", "text": "Look away"},
    ]
    edit = database.row(tables.message_edits, ts=ts)
    assert (edit["edited_ts"], edit["person"]) == (ts // 10**6 * 10**6 + 10**6, "W0EVERYBOT1")
    assert (edit["previous"], edit["text"]) == ("Out of sight", "Still out of sight")


def plain(*lines: MessageEntry, channels: list[ConversationEntry] | None = None) -> OrgDocument:
    """A workspace with three people, one of them outside the channel, a bot, and these messages."""
    return OrgDocument(
        teams=[TeamEntry(id="T0A", name="a")],
        users=[UserEntry(id=id, name=id.lower()) for id in ("U0ADA", "U0BEN", "U0CHO")],
        apps=[AppEntry(id="A0BOT", name="b", bot=BotEntry(name="bot", id="U0BOT", bot_id="B0BOT"), installed_on=["T0A"])],
        conversations=channels or [ConversationEntry(id="C0A", name="talk", members=["U0ADA", "U0BEN", "U0BOT"])],
        messages=list(lines),
    )


def said(second: int, user: str, text: str = "", **more: Any) -> MessageEntry:
    """A message; `to` is the second of the one that it replies to."""
    to = more.pop("to", None)
    thread_ts = None if to is None else f"{to}.000000"
    return MessageEntry(conversation="C0A", user=user, ts=f"{second}.000000", text=text, thread_ts=thread_ts, **more)


def content(database: Database, second: int, table: Table = tables.messages) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(database.row(table, ts=second * 10**6)["content"])
    return found


def test_a_message_is_as_if_it_had_been_posted(database: Database) -> None:
    blocks: list[dict[str, Any]] = [{"type": "divider"}]
    database.load(plain(said(1, "U0BOT", "hi", blocks=blocks, client_msg_id="m-1"), said(2, "U0CHO", app="A0BOT")))

    row = database.row(tables.messages, ts=10**6)
    assert (row["person"], row["app"], row["in_channel"], row["thread"], row["pinned"]) == ("U0BOT", "A0BOT", True, None, False)
    assert content(database, 1) == {
        "type": "message",
        "user": "U0BOT",
        "text": "hi",
        "ts": "1.000000",
        "team": "T0A",
        "client_msg_id": "m-1",
        "app_id": "A0BOT",
        "bot_id": "B0BOT",
        "blocks": blocks,
    }
    # A person who posts through an app is its author all the same; it tells the app's bot.
    assert database.row(tables.messages, ts=2 * 10**6)["app"] == "A0BOT"
    assert content(database, 2) == {
        "type": "message", "user": "U0CHO", "text": "", "ts": "2.000000", "team": "T0A", "app_id": "A0BOT", "bot_id": "B0BOT"
    }  # fmt: skip
    claim = database.row(tables.client_messages)
    assert (claim["organization"], claim["person"], claim["client_msg_id"], claim["ts"]) == ("T0A", "U0BOT", "m-1", 10**6)
    assert database.row(tables.conversation_clocks)["last_ts"] == 2 * 10**6


def test_every_part_of_a_message_has_its_key() -> None:
    """A part that an export left out would be lost: `team` and the like are found anew, `hidden` is a placeholder's."""
    found_anew = {"type", "team", "bot_id", "parent_user_id", "edited", "hidden"}
    keys = set(MessageEntry.__struct_fields__) | {"app_id"}

    assert set(Content.__struct_fields__) - found_anew <= keys


EVENT = {"event_type": "task_created", "event_payload": {"id": "11223", "hours": 1.5, "tags": ["a"], "owner": {"name": "é"}}}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"edits": [EditEntry(ts="2.000000", user="U0BOT", text="b")]},
        {"deleted": DeletionEntry(ts="9.000000", user="U0BEN")},
        {"tombstone": TombstoneEntry(ts="8.000000", user="U0BEN")},
        {"deleted": DeletionEntry(ts="9.000000", user="U0BEN"), "tombstone": TombstoneEntry(ts="8.000000", user="U0BEN")},
    ],
    ids=["live", "edited", "deleted", "tombstoned", "both"],
)
def test_metadata_survives(database: Database, more: dict[str, Any]) -> None:
    entry = said(1, "U0BOT", "a", metadata=EVENT, **more)
    database.load(plain(entry, said(2, "U0BEN", "a reply", to=1)))

    table = tables.deleted_messages if "deleted" in more else tables.messages
    stored = database.row(table, ts=10**6)["metadata"]
    assert stored is None if "tombstone" in more else json.loads(stored) == EVENT
    if "deleted" in more:
        assert database.row(tables.messages, ts=10**6)["metadata"] is None
    assert database.dump()[0].messages[0] == entry


def test_a_thread_is_counted_and_followed(database: Database) -> None:
    database.load(
        plain(
            said(1, "U0ADA", "who comes?"),
            said(4, "U0CHO", "and I, <@U0BOT>, <@U0CHO> and <@U0NOBODY>", to=3),
            said(2, "U0BEN", "I", to=1),
            said(3, "U0BEN", "really", to=2, subtype="thread_broadcast"),
            said(5, "U0ADA", "never mind", to=1, deleted=DeletionEntry(ts="6.000000", user="U0ADA")),
            said(7, "U0ADA", "a parent as clients show it", to=7),
        )
    )

    thread = json.loads("{" + database.row(tables.messages, ts=10**6)["thread"] + "}")
    assert thread == {
        "reply_count": 3,
        "reply_users_count": 2,
        "latest_reply": "4.000000",
        "reply_users": ["U0BEN", "U0CHO"],
        "is_locked": False,
    }
    rows = [(row["ts"] // 10**6, row["thread_ts"], row["in_channel"]) for row in database.rows(tables.messages)]
    assert rows == [(1, None, True), (2, 10**6, False), (3, 10**6, True), (4, 10**6, False), (7, None, True)]
    assert content(database, 4)["thread_ts"] == "1.000000"
    assert content(database, 4)["parent_user_id"] == "U0ADA"
    parts = {
        row["person"]: (row["replies"], row["first_reply"] // 10**6, row["last_read"] // 10**6)
        for row in database.rows(tables.thread_members)
    }
    # Who is no member of the channel follows what they wrote in, and nothing because somebody mentions them.
    assert parts == {"U0ADA": (0, 5, 5), "U0BEN": (2, 2, 3), "U0BOT": (0, 0, 0), "U0CHO": (1, 4, 4)}


def test_a_deleted_message_is_kept_apart(database: Database) -> None:
    ended = DeletionEntry(ts="9.500000", user="U0BEN")
    edits = [EditEntry(ts="3.000000", user="U0ADA", text="c"), EditEntry(ts="2.000000", user="U0BEN", text="b")]
    database.load(plain(said(1, "U0ADA", "a", edits=edits, reactions={"ski": ["U0BEN"]}, pinned_by="U0BEN", deleted=ended)))

    assert database.rows(tables.messages) == database.rows(tables.reactions) == database.rows(tables.pins) == []
    row = database.row(tables.deleted_messages)
    assert (row["deleted_ts"], row["deleted_by"]) == (9_500_000, "U0BEN")
    assert row["reactions"] == '[{"name":"ski","users":["U0BEN"],"count":1}]'
    assert content(database, 1, tables.deleted_messages)["text"] == "c"
    assert content(database, 1, tables.deleted_messages)["edited"] == {"user": "U0ADA", "ts": "3.000000"}
    story = [(row["position"], row["previous"], row["text"]) for row in database.rows(tables.message_edits)]
    assert story == [(0, "a", "b"), (1, "b", "c")]


@pytest.mark.parametrize("known", [True, False])
def test_a_parent_that_is_gone_leaves_a_placeholder(database: Database, known: bool) -> None:
    gone = said(1, "U0BOT", "gone", deleted=DeletionEntry(ts="9.000000", user="U0BEN"))
    database.load(plain(*([gone] if known else []), said(2, "U0BEN", "but why", to=1)))

    row = database.row(tables.messages, ts=10**6)
    assert (row["person"], row["app"]) == (("U0BOT", "A0BOT") if known else ("USLACKBOT", None))
    assert (row["subtype"], row["in_channel"]) == ("tombstone", True)
    assert '"reply_count":1' in row["thread"]
    assert content(database, 1) == {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "ts": "1.000000",
        "hidden": True,
    }
    assert content(database, 2)["parent_user_id"] == row["person"]
    (document,) = database.dump()
    assert [message.ts for message in document.messages] == ["1.000000", "2.000000"][not known :]
    assert document.messages[-1].thread_ts == "1.000000"


def test_a_placeholder_whose_author_is_known_survives(database: Database) -> None:
    """Where deleted messages are not kept, only it is left."""
    database.load(plain(said(1, "U0ADA", "This message was deleted.", subtype="tombstone"), said(2, "U0BEN", to=1)))

    assert content(database, 1)["user"] == "USLACKBOT"
    (document,) = database.dump()
    assert [(message.user, message.subtype) for message in document.messages] == [("U0ADA", "tombstone"), ("U0BEN", None)]


def test_that_a_message_was_edited_survives_where_its_story_was_not_kept(database: Database) -> None:
    database.load(plain(said(1, "U0ADA", "a", edits=[EditEntry(ts="2.000000", user="U0BEN", text="b")])))
    database.raw.execute("DELETE FROM message_edits")

    (document,) = database.dump()

    assert document.messages == [said(1, "U0ADA", "b", edits=[EditEntry(ts="2.000000", user="U0BEN", text="b")])]


@pytest.mark.parametrize("marked", [[True, False], [False, False], [True, True], [False, True]])
def test_edits_that_a_message_does_not_tell_of_survive(database: Database, marked: list[bool]) -> None:
    story = [EditEntry(ts=f"{at + 2}.000000", user="U0BEN", text=str(at), marked=one) for at, one in enumerate(marked)]
    database.load(plain(said(1, "U0ADA", "a", edits=story)))

    told = content(database, 1)
    assert told["text"] == "1"
    last = [edit.ts for edit in story if edit.marked][-1:]
    assert [told["edited"]["ts"]] == last if last else "edited" not in told
    # That an edit before the last told one was not told of, is of no consequence.
    (document,) = database.dump()
    assert [edit.marked for edit in document.messages[0].edits] == ([True, True] if marked[1] else marked)


def test_a_wording_that_no_edit_tells_of_survives(database: Database) -> None:
    """Retention kept edits for a while, and then an edit was neither kept nor told of."""
    database.load(plain(said(1, "U0ADA", "a", edits=[EditEntry(ts="2.000000", user="U0BEN", text="b")])))
    database.raw.execute("""UPDATE messages SET content = replace(content, '"text":"b"', '"text":"c"')""")

    (document,) = database.dump()
    again = Database()
    again.load(document)

    assert [(edit.text, edit.marked) for edit in document.messages[0].edits] == [("b", True), ("c", False)]
    assert content(again, 1) == content(database, 1)
    again.raw.close()


def test_a_deleted_message_that_was_out_of_sight_is_both(database: Database) -> None:
    entry = said(
        1,
        "U0ADA",
        "secret",
        deleted=DeletionEntry(ts="9.000000", user="U0BEN"),
        tombstone=TombstoneEntry(ts="8.000000", user="U0BEN", content="Removed"),
        reactions={"ski": ["U0BEN"]},
    )
    database.load(plain(entry))

    row = database.row(tables.deleted_messages)
    assert (row["subtype"], row["reactions"], "secret" in row["content"]) == ("dlp_tombstone", None, False)
    assert database.dump()[0].messages == [entry]


def test_reactions_are_told_with_the_message_and_kept_in_their_order(database: Database) -> None:
    database.load(plain(said(1, "U0ADA", reactions={"ski": ["U0BEN", "U0BOT"], "a": ["U0ADA"]})))

    assert json.loads(database.row(tables.messages)["reactions"]) == [
        {"name": "ski", "users": ["U0BEN", "U0BOT"], "count": 2},
        {"name": "a", "users": ["U0ADA"], "count": 1},
    ]
    order = sorted(database.rows(tables.reactions), key=lambda row: row["reacted"])
    assert [(row["name"], row["person"], row["person_organization"]) for row in order] == [
        ("ski", "U0BEN", "T0A"),
        ("ski", "U0BOT", "T0A"),
        ("a", "U0ADA", "T0A"),
    ]


def test_an_author_speaks_from_a_workspace_that_the_channel_is_in(every: Path, full: Database) -> None:
    whole = read(DATA / "full.yaml").documents[0]
    sol = MessageEntry(conversation="C0CONNECT01", user="W0SOL000001", ts="1.000000")
    database = Database()
    database.load(msgspec.structs.replace(whole, messages=[sol]), *read(DATA / "full.yaml").documents[1:])

    row = database.row(tables.messages)
    assert (row["organization"], row["person_organization"]) == ("E0NORTH0001", "E0SOUTH0001")
    assert json.loads(row["content"])["team"] == "T0SOUTH0001"
    database.raw.close()


# Who is in, and under which name.


def test_everyone_of_a_workspace_is_in_its_general_channel(database: Database) -> None:
    database.load(
        OrgDocument(
            enterprise=EnterpriseEntry(id="E0A", name="a"),
            teams=[TeamEntry(id="T0A", name="a"), TeamEntry(id="T0B", name="b")],
            users=[
                UserEntry(id="W0IN", name="in", teams=["T0A"]),
                UserEntry(id="W0LISTED", name="listed", teams=["T0A"]),
                UserEntry(id="W0LEFT", name="left", teams=["T0A"]),
                UserEntry(id="W0CLOSED", name="closed", teams=["T0A"], deleted=True),
                UserEntry(id="W0OTHER", name="other", teams=["T0B"]),
                UserEntry(id="W0GUEST", name="guest", teams=["T0A"], guest="multi_channel"),
                UserEntry(id="W0HERE", name="here", teams=["T0A"], guest="single_channel", guest_channels=["C0GEN"]),
            ],
            apps=[AppEntry(name="c", bot=BotEntry(name="bot", id="W0BOT"), installed_on=["T0A"])],
            conversations=[
                ConversationEntry(
                    id="C0GEN",
                    name="general",
                    general=True,
                    created=5,
                    members=[MemberEntry(user="W0LISTED", joined=9), MemberEntry(user="W0LEFT", left=8)],
                )
            ],
        )
    )

    rows = {row["person"]: (row["joined"], row["left"]) for row in database.rows(tables.members)}
    assert rows == {"W0IN": (5, 0), "W0LISTED": (9, 0), "W0LEFT": (5, 8), "W0HERE": (5, 0)}
    assert database.row(tables.conversations)["num_members"] == 3


def test_direct_conversations_have_their_peoples_key(database: Database) -> None:
    database.load(
        plain(
            channels=[
                ConversationEntry(id="D0A", im=["U0BEN", "U0ADA"]),
                ConversationEntry(id="D0B", im=["U0ADA", "U0BEN"], deleted=True),
                ConversationEntry(id="D0C", im=["U0ADA"]),
                ConversationEntry(id="G0A", mpim=["U0CHO", "U0BOT", "U0ADA"]),
                ConversationEntry(id="C0A", name="talk"),
            ]
        )
    )

    assert {row["id"]: row["people_key"] for row in database.rows(tables.conversations)} == {
        "D0A": "U0ADA,U0BEN",
        "D0B": None,
        "D0C": "U0ADA",
        "G0A": "U0ADA,U0BOT,U0CHO",
        "C0A": None,
    }
    assert all(row["open"] is True for row in database.rows(tables.members))


def test_a_name_is_in_a_workspace_once(database: Database) -> None:
    database.load(
        plain(
            channels=[
                ConversationEntry(id="C0OLD", name="news", archived=True),
                ConversationEntry(id="C0GONE", name="gone", deleted=True),
                ConversationEntry(id="C0NEWS", name="news"),
                ConversationEntry(id="C0AWAY", name="away", archived=True),
            ]
        )
    )

    names = {row["conversation"]: row["name"] for row in database.rows(tables.shares)}
    assert names == {"C0NEWS": "news", "C0AWAY": "away", "C0OLD": "C0OLD", "C0GONE": "C0GONE"}


def test_a_topic_was_set_by_the_creator_and_none_by_nobody(acme: Database) -> None:
    general = acme.row(tables.conversations, id="C0GENERAL01")
    assert (general["topic"], general["topic_creator"], general["topic_set"]) == ("Announcements", "W0ADA000001", NOW)
    west = acme.row(tables.conversations, id="C0WESTGEN01")
    assert (west["topic"], west["topic_creator"], west["topic_set"]) == ("", "", 0)


# All or nothing, and once.


def second(**sections: Any) -> OrgDocument:
    return OrgDocument(teams=[TeamEntry(id="T0OTHER", name="Other")], **sections)


@pytest.mark.parametrize(
    ("document", "path", "told"),
    [
        (OrgDocument(enterprise=EnterpriseEntry(id="E0ACME00001", name="x")), ("enterprise", "id"), "id already E0ACME00001"),
        (OrgDocument(teams=[TeamEntry(name="x", domain="acme")]), ("teams", 0, "domain"), "domain already acme"),
        (OrgDocument(teams=[TeamEntry(name="Acme East")]), ("teams", 0, "domain"), "domain already acme-east"),
        (OrgDocument(teams=[TeamEntry(id="T0EAST00001", name="x")]), ("teams", 0, "id"), "id already T0EAST00001"),
        (second(users=[UserEntry(id="W0ADA000001", name="x")]), ("users", 0, "id"), "id already W0ADA000001"),
        (second(apps=[AppEntry(id="A0DESK00001", name="x")]), ("apps", 0, "id"), "id already A0DESK00001"),
        (second(apps=[AppEntry(name="x", client_id="1000.1001")]), ("apps", 0, "client_id"), "client id already 1000.1001"),
        (
            second(apps=[AppEntry(name="x", bot=BotEntry(name="y", bot_id="B0DESK00001"))]),
            ("apps", 0, "bot", "bot_id"),
            "bot id already B0DESK00001",
        ),
        (
            second(users=[UserEntry(id="U0A", name="x")], tokens=[TokenEntry(token="xoxs-1", user="U0A")]),
            ("tokens", 0, "token"),
            "token already",
        ),
        (second(conversations=[ConversationEntry(id="C0GENERAL01", name="x")]), ("conversations", 0, "id"), "C0GENERAL01"),
        (
            second(users=[UserEntry(id="U0A", name="x")], sessions=[SessionEntry(id=1112275520242, user="U0A")]),
            ("sessions", 0, "id"),
            "id already 1112275520242",
        ),
    ],
)
def test_what_the_database_holds_already_is_taken(
    acme: Database, document: OrgDocument, path: tuple[str | int, ...], told: str
) -> None:
    acme.load(
        OrgDocument(
            teams=[TeamEntry(id="T0FIRST", name="First")],
            users=[UserEntry(id="U0FIRST", name="first")],
            tokens=[TokenEntry(token="xoxs-1", user="U0FIRST")],
        )
    )
    before = acme.raw.total_changes

    with pytest.raises(Mistake) as caught:
        acme.load(document)

    assert caught.value.path == (0, *path)
    assert caught.value.message.endswith(told)
    assert acme.raw.total_changes == before


def test_another_organization_can_be_loaded_beside(acme: Database) -> None:
    loaded = acme.load(*read(DATA / "full.yaml").documents)

    assert loaded.organizations == ["E0NORTH0001", "E0SOUTH0001", "T0ALONE0001"]
    assert len(acme.rows(tables.organizations)) == 4


def test_the_demonstration_loads(database: Database) -> None:
    database.load(*read(DEMO).documents)

    assert {row["guest"] for row in database.rows(tables.people)} == {"none", "single_channel", "multi_channel"}
    assert {row["org_role"] for row in database.rows(tables.people)} == {"primary_owner", "owner", "admin", "member"}
    assert {row["kind"] for row in database.rows(tables.conversations)} == {"public", "private", "im", "mpim"}
    tokens = {text: database.row(tables.tokens, hash=hash_of(text)) for text in ("xoxb-demo-bot", "xoxp-demo-admin")}
    assert tokens["xoxb-demo-bot"]["person"] == "W0KETTLEBOT"
    assert (tokens["xoxp-demo-admin"]["workspace"], tokens["xoxp-demo-admin"]["person"]) == (None, "W0MIRA00001")
