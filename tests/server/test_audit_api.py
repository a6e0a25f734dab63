"""The audit log over its API, read with the platform's own clients."""

import asyncio
import http.client
import itertools
import json
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from slack_sdk.audit_logs import AuditLogsClient
from slack_sdk.audit_logs.async_client import AsyncAuditLogsClient
from sqlalchemy import update

from gridhall.__main__ import main
from gridhall.contract.errors import FatalError, ServiceUnavailable
from gridhall.contract.roles import Role
from gridhall.domain import sessions, tokens
from gridhall.domain.actions import KNOWN
from gridhall.domain.audit import Entry
from gridhall.domain.devices import Device
from gridhall.domain.secrets import hash_of
from gridhall.domain.signals import AuthorityChanged
from gridhall.domain.work import Work
from gridhall.server.audit_api import MOST_BYTES
from gridhall.storage import tables
from gridhall.storage.audit import LOOKED_THROUGH, SqlAudit
from harness.audit import Owner, entries
from harness.databases import ENGINES, Databases
from harness.live import Live, Reply, live
from methods.clubs import CLUBS, TOWN, Clubs, Someone
from methods.rows import change

ACME, EAST = "E0ACME00001", "T0EAST00001"
ADA, BEN, CHO, DESK = "W0ADA000001", "W0BEN000001", "W0CHO000001", "W0BOT000001"
GENERAL = "C0GENERAL01"
OWNER, ADMIN, MEMBER = "xoxp-ada-org", "xoxp-ben-org", "xoxp-cho-admin-scopes"
FIRST = 1_519_862_400


def get(server: Live, path: str, token: str | None = OWNER, /, **asked: Any) -> Reply:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return server.request("GET", path + ("?" + urlencode(asked) if asked else ""), headers=headers)


def logs(server: Live, token: str | None = OWNER, /, **asked: Any) -> Reply:
    return get(server, "/audit/v1/logs", token, **asked)


def told(server: Live, **asked: object) -> list[dict[str, Any]]:
    reply = logs(server, **asked)
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = reply.json["entries"]
    return found


def error(reply: Reply) -> tuple[int, str]:
    assert reply.json["ok"] is False
    return reply.status, reply.json["error"]


# What an entry tells.


def test_an_entry_tells_who_did_what_to_what_and_where_from(server: Live) -> None:
    server.move(to=1_900_000_000.25)
    agent = {"authorization": "Bearer xoxb-east-desk", "user-agent": "Robot/1.0", "content-type": "application/json"}
    made = server.request("POST", "/api/conversations.create", b'{"name":"made-by-a-robot","is_private":true}', agent).json
    (entry,) = told(server, limit=1)
    assert entry.pop("id")
    app = entry["context"].pop("app")
    channel = {"id": made["channel"]["id"], "name": "made-by-a-robot", "privacy": "private"}
    assert entry == {
        "date_create": 1_900_000_000,
        "action": "private_channel_created",
        "actor": {"type": "user", "user": {"id": DESK, "name": "frontdesk", "email": "", "team": EAST}},
        "entity": {
            "type": "channel",
            "channel": channel | {"is_shared": False, "is_org_shared": False, "teams_shared_with": []},
        },
        "context": {
            "location": {"type": "workspace", "id": EAST, "name": "Acme East", "domain": "acme-east"},
            "ua": "Robot/1.0",
            "ip_address": "127.0.0.1",
            "session_id": None,
        },
    }
    assert (app["id"], app["name"], app["is_distributed"], app["creator"], app["team"]) == (
        "A0DESK00001",
        "Front Desk",
        False,
        BEN,
        ACME,
    )
    assert app["scopes"] == []
    assert "channels:manage" in app["scopes_bot"]


def test_what_was_loaded_is_where_the_log_begins(server: Live) -> None:
    *_, first = told(server)
    assert (first["action"], first["actor"]["user"]["id"]) == ("organization_created", "USLACKUSER")
    assert first["entity"] == {"type": "enterprise", "enterprise": {"id": ACME, "name": "Acme Corp", "domain": "acme"}}
    assert first["context"]["location"] == {"type": "enterprise", "id": ACME, "name": "Acme Corp", "domain": "acme"}
    made = told(server, action="workspace_created")
    assert sorted(entry["entity"]["workspace"]["id"] for entry in made) == ["T0EAST00001", "T0LABS00001", "T0WEST00001"]


def test_what_operators_do_at_the_command_line_is_told(any_databases: Databases, capsys: pytest.CaptureFixture[str]) -> None:
    database = any_databases.filled()
    with live(database) as server:
        assert main(["token", "create", "--user", "cho", "--scopes", "users:read", "--database", database]) == 0
        token = capsys.readouterr().out.strip()
        assert main(["token", "revoke", token, "--database", database]) == 0
        revoked, created, *_ = told(server)
        for entry, action in ((created, "token_created"), (revoked, "token_revoked")):
            assert (entry["action"], entry["actor"]["user"]["id"]) == (action, "USLACKUSER")
            assert (entry["entity"]["type"], entry["entity"]["user"]["id"]) == ("user", CHO)
            assert (entry["context"]["ua"], entry["context"]["ip_address"], entry["context"]["session_id"]) == ("", "", None)
        assert created["details"] == revoked["details"]
        assert token not in str(told(server))


def test_what_happens_in_a_session_tells_its_id_as_text(server: Live) -> None:
    cookie, token, session = signed_in(server, CHO, EAST)
    headers = {"authorization": f"Bearer {token}", "cookie": f"d={cookie}", "content-type": "application/json"}
    assert server.request("POST", "/api/users.profile.set", b'{"name":"title","value":"Clerk"}', headers).json["ok"]
    (entry,) = told(server, actor=CHO, action="user_profile_updated")
    assert entry["context"]["session_id"] == str(session)
    assert "app" not in entry["context"]
    assert entry["details"] == {"previous_profile": {"title": ""}, "new_profile": {"title": "Clerk"}}


def test_who_was_brought_acts_from_where_the_inviter_is(any_databases: Databases) -> None:
    with live(any_databases.filled("clubs")) as server:
        clubs, owner = Clubs(server), Owner(server, CLUBS, "W0OLGA00001")
        mia, max, tom = clubs.person(), clubs.person(), clubs.person(organization=TOWN)
        id = clubs.channel(mia, max)
        clubs.connect(id)
        clubs.ok("kick", mia, channel=id, user=max.id)
        clubs.ok("invite", mia, channel=id, users=tom.id)
        came, went = owner.page(entity=id, limit=2)["entries"]
        by = {"type": "user", "user": {"id": mia.id, "name": mia.name, "email": _address(mia), "team": "T0CHESS0001"}}
        assert (came["action"], came["actor"]["user"]["id"], came["actor"]["user"]["team"]) == (
            "user_channel_join",
            tom.id,
            TOWN,
        )
        assert came["details"] == {"inviter": by, "actor_organization": TOWN}
        assert came["context"]["location"]["id"] == "T0CHESS0001"
        assert went["details"] == {"kicker": by}
        assert went["entity"]["channel"]["teams_shared_with"] == [TOWN]
        assert came["entity"] == went["entity"]
        assert went["entity"]["channel"]["is_shared"] is True
        # What happens at TOWN alone is TOWN's.
        assert {entry["context"]["location"]["id"] for entry in owner.pages(action="workspace_created")} == {CLUBS}


def test_a_log_tells_of_others_people_who_they_are_and_nothing_of_where_they_came_from(any_databases: Databases) -> None:
    with live(any_databases.filled("clubs")) as server:
        clubs = Clubs(server)
        mia, tom = clubs.person(), clubs.person(organization=TOWN)
        id = clubs.channel(mia)
        clubs.connect(id)
        headers = {"authorization": f"Bearer {mia.token}", "user-agent": "Club/1", "content-type": "application/json"}
        asked = json.dumps({"channel": id, "users": tom.id}).encode()
        assert server.request("POST", "/api/conversations.invite", asked, headers).json["ok"]
        clubs.ok("leave", tom, channel=id)
        at_home, abroad = (
            [entry for entry in entries(server, log) if entry.entity == id and entry.action == "user_channel_join"][-1]
            for log in (CLUBS, TOWN)
        )
        context = json.loads(at_home.context)
        assert (context["ua"], context["ip_address"], context["location"]["id"]) == ("Club/1", "127.0.0.1", "T0CHESS0001")
        # TOWN's log, of what a person of CLUBS did.
        context = json.loads(abroad.context)
        assert (context["ua"], context["ip_address"], context["session_id"], "app" in context) == ("", "", None, False)
        assert context["location"]["id"] == TOWN
        inviter = {"id": mia.id, "name": mia.name, "email": "", "team": CLUBS}
        assert json.loads(abroad.details)["inviter"] == {"type": "user", "user": inviter}
        assert json.loads(abroad.actor_told)["user"]["email"] == _address(tom)
        assert json.loads(at_home.actor_told)["user"] == {"id": tom.id, "name": tom.name, "email": "", "team": TOWN}
        # CLUBS' log, of what a person of TOWN did.
        left = [entry for entry in entries(server, CLUBS) if entry.action == "user_channel_leave"][-1]
        context = json.loads(left.context)
        assert (context["ua"], context["ip_address"], context["location"]["id"]) == ("", "", CLUBS)
        assert json.loads(left.actor_told)["user"] == {"id": tom.id, "name": tom.name, "email": "", "team": TOWN}


def test_a_page_of_long_entries_ends_early_and_goes_on(server: Live) -> None:
    details = json.dumps({"user_ids": ["W0CHO000001"] * 1000})
    row = Entry(ACME, "", 0, "bulk_session_reset_by_admin", ADA, ACME, "{}", "{}", "{}", details)

    async def fill(work: Work) -> None:
        at = work.source.micros()
        await work.audit.add_all([replace(row, id=f"{number:03}", at=at + number) for number in range(400)])

    server.on_loop(server.gridhall.storage.write(fill))
    sizes, ids, cursor = [], list[str](), ""
    while True:
        reply = logs(server, action="bulk_session_reset_by_admin", **({"cursor": cursor} if cursor else {}))
        sizes.append(len(reply.body))
        ids += [entry["id"] for entry in reply.json["entries"]]
        if not (cursor := reply.json["response_metadata"]["next_cursor"]):
            break
    assert ids == [f"{number:03}" for number in reversed(range(400))]
    assert len(sizes) > 2
    assert max(sizes) < MOST_BYTES + len(details) + 1000
    assert min(sizes[:-1]) > MOST_BYTES / 2


def _address(who: Someone) -> str:
    """The address that `Clubs` gives people."""
    return f"{who.id}@{who.organization}.test".lower()


# What kinds of things and actions there are.


def test_schemas_and_actions_are_told_to_everybody(reading: Live) -> None:
    for token in (None, "xoxb-east-desk", "nonsense", OWNER):
        schemas, actions = get(reading, "/audit/v1/schemas", token), get(reading, "/audit/v1/actions", token)
        assert schemas.status == actions.status == 200
        assert schemas.json.keys() == {"schemas"}
        assert actions.json.keys() == {"actions"}
    names = actions.json["actions"]
    assert "user_login" in names["user"]
    assert "bulk_session_reset_by_admin" in names["workspace_or_org"]
    assert {name for of_one in names.values() for name in of_one} == KNOWN


def test_every_entity_has_the_fields_of_its_schema(any_databases: Databases) -> None:
    with live(any_databases.filled("clubs")) as server:
        clubs, owner = Clubs(server), Owner(server, CLUBS, "W0OLGA00001")
        mia, max = clubs.person(role="admin", org_role="admin"), clubs.person()
        id = clubs.channel(mia, max)
        ts = server.call("chat.postMessage", max.token, channel=id, text="Words")["ts"]
        assert server.call("chat.delete", mia.token, channel=id, ts=ts)["ok"]
        clubs.ok("kick", mia, channel=id, user=max.id)
        clubs.ok("leave", max, channel=clubs.channel(max, mia))

        async def end_of_app(work: Work) -> None:
            row = await work.tokens.find(hash_of("xoxb-board"))
            assert row is not None
            row.person = None
            await tokens.revoke(work, row, actor=None)

        server.on_loop(server.gridhall.storage.write(end_of_app))
        schemas = {schema["type"]: schema[schema["type"]] for schema in owner.client.schemas().body["schemas"]}  # type: ignore[index]
        types = {"string": str, "boolean": bool, "array": list}
        seen = set()
        for entry in owner.pages():
            for thing in (entry["actor"], entry["entity"]):
                kind = thing["type"]
                assert thing.keys() == {"type", kind}
                assert thing[kind].keys() == schemas[kind].keys()
                assert all(isinstance(value, types[schemas[kind][name]]) for name, value in thing[kind].items())
                seen.add(kind)
            if "app" in entry["context"]:
                assert entry["context"]["app"].keys() == schemas["app"].keys()
        assert seen == schemas.keys()


# Paging.


def test_pages_go_on_while_entries_are_written(server: Live) -> None:
    for number in range(12):
        assert server.call("users.profile.set", "xoxp-cho-east", name="title", value=f"Before {number}")["ok"]
    before = [entry.id for entry in entries(server, ACME)][::-1]
    stop = threading.Event()

    def write(name: str) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            assert server.call("users.profile.set", "xoxp-cho-east", name=name, value=f"Meanwhile {number}")["ok"]

    writers = [threading.Thread(target=write, args=(name,)) for name in ("title", "pronouns", "display_name")]
    for writer in writers:
        writer.start()
    try:
        seen = [entry["id"] for entry in Owner(server, ACME, ADA).pages(limit=2)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert len(set(seen)) == len(seen)
    assert [id for id in seen if id in set(before)] == before


def test_the_asynchronous_client_pages_too(server: Live) -> None:
    server.call("users.profile.set", "xoxp-cho-east", name="title", value="Clerk")

    async def read() -> list[str | None]:
        client = AsyncAuditLogsClient(OWNER, base_url=f"{server.url}/audit/v1/")
        first = await client.logs(limit=1)
        assert (first.status_code, len(first.typed_body.entries or [])) == (200, 1)  # type: ignore[union-attr]
        metadata = first.typed_body.response_metadata  # type: ignore[union-attr]
        assert metadata is not None
        second = await client.logs(limit=1, cursor=metadata.next_cursor)
        assert (await client.schemas()).status_code == (await client.actions()).status_code == 200
        return [entry.action for page in (first, second) for entry in page.typed_body.entries or []]  # type: ignore[union-attr]

    newest = [entry.action for entry in entries(server, ACME)][::-1]
    assert asyncio.run(read()) == newest[:2]
    assert newest[0] == "user_profile_updated"


def test_the_clients_read_what_an_entry_tells(server: Live) -> None:
    server.call("conversations.kick", "xoxb-east-desk", channel=GENERAL, user=CHO)
    server.call("users.profile.set", OWNER, user=CHO, name="title", value="Clerk")
    answer = AuditLogsClient(OWNER, base_url=f"{server.url}/audit/v1/").logs(
        action="user_profile_updated,user_login", actor=ADA
    )
    (entry,) = answer.typed_body.entries  # type: ignore[union-attr, misc]
    assert (entry.actor.user.id, entry.entity.user.id, entry.entity.type) == (ADA, CHO, "user")  # type: ignore[union-attr]
    assert (entry.context.location.type, entry.context.location.id) == ("enterprise", ACME)  # type: ignore[union-attr]
    assert entry.context.ip_address == "127.0.0.1"  # type: ignore[union-attr]


# What is asked for. A log as other services leave it: many entries of few, several at the same moment.

ASKED = ("user_login", "user_logout", "user_session_invalidated", "channel_renamed")
PEOPLE = ("W0A", "W0B", "W0C")
THINGS = ("C0A", "C0B", "W0A")
MANY = 2 * LOOKED_THROUGH + 500
BEGAN = 1_700_000_000


def _many() -> list[Entry]:
    made = []
    for number in range(MANY):
        # The rarest of each are far from each other.
        action = ASKED[3] if number % 4000 == 7 else ASKED[number % 3]
        actor = PEOPLE[2] if number % 3000 == 9 else PEOPLE[number % 7 == 0]
        entity = THINGS[2] if number % 2500 == 11 else THINGS[number % 5 == 0]
        at = BEGAN * 1_000_000 + number // 3 * 400_000
        whole = '{"type":"user","user":{"id":"W0","name":"","email":"","team":""}}'
        made.append(Entry(ACME, f"{number * 7919 % MANY:08d}", at, action, actor, entity, whole, whole, "{}", "{}"))
    return made


@pytest.fixture(scope="module", params=ENGINES)
def full(request: pytest.FixtureRequest) -> Iterator[tuple[Owner, list[Entry]]]:
    """Whoever reads a long log, and what it holds, the newest first."""
    databases: Databases = request.getfixturevalue("sqlite_databases" if request.param == "sqlite" else "postgres_databases")
    made = _many()
    with live(databases.filled()) as running:
        running.on_loop(running.gridhall.storage.write(lambda work: work.audit.add_all(made)))
        owner = Owner(running, ACME, ADA)
        running.gridhall.clock.move(int((BEGAN + MANY) * 1e6), frozen=True)
        yield owner, sorted(made, key=lambda entry: (entry.at, entry.id), reverse=True)


questions = st.fixed_dictionaries(
    {"limit": st.sampled_from([700, 3000, 9999])},
    optional={
        "oldest": st.integers(BEGAN - 10, BEGAN + MANY // 6),
        "latest": st.integers(BEGAN - 10, BEGAN + MANY // 6),
        "action": st.lists(st.sampled_from(ASKED), min_size=1, max_size=5),
        "actor": st.sampled_from([*PEOPLE, "W0NOBODY"]),
        "entity": st.sampled_from([*THINGS, "C0NOTHING"]),
    },
)


@settings(deadline=None, max_examples=60)
@given(questions)
def test_the_pages_hold_what_is_asked_for_and_nothing_else(full: tuple[Owner, list[Entry]], question: dict[str, Any]) -> None:
    owner, held = full
    oldest, latest = question.get("oldest", 0), question.get("latest", BEGAN + MANY)
    wanted = [
        entry.id
        for entry in held
        if oldest <= entry.at // 1_000_000 <= latest
        and ("action" not in question or entry.action in question["action"])
        and question.get("actor", entry.actor) == entry.actor
        and question.get("entity", entry.entity) == entry.entity
    ]
    asked = question | ({"action": ",".join(question["action"])} if "action" in question else {})
    found: list[str] = []
    cursor = ""
    pages = 0
    while True:
        pages += 1
        page = owner.page(
            **({"oldest": BEGAN - 10, "latest": BEGAN + MANY - 1} | asked), **({"cursor": cursor} if cursor else {})
        )
        assert len(page["entries"]) <= question["limit"]
        found += [entry["id"] for entry in page["entries"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == wanted
    # Pages are full, but for those that looked through a great deal without finding enough.
    assert pages <= 1 + len(wanted) // question["limit"] + MANY // LOOKED_THROUGH + 1


def test_a_page_is_full_where_one_thing_is_asked_for(full: tuple[Owner, list[Entry]]) -> None:
    owner, held = full
    for asked in ({}, {"action": ASKED[0]}, {"action": ",".join(ASKED)}, {"actor": PEOPLE[0]}, {"entity": THINGS[0]}):
        assert len(owner.page(limit=1500, **asked)["entries"]) == 1500
    assert len(owner.page()["entries"]) == len(owner.page(limit=10_000)["entries"]) > 5000, "as many as fit into a page"
    assert len(held) > 9999


# Who may read, and what else is refused.


@pytest.mark.parametrize(
    "path", ["/audit", "/audit/v1", "/audit/v1/", "/audit/v1/nothing", "/audit/v2/logs", "/audit/v1/logs/", "/audit/v1/logs/1"]
)
def test_what_is_not_there_is_a_bad_endpoint(reading: Live, path: str) -> None:
    assert error(get(reading, path)) == (404, "bad_endpoint")


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("what", ["logs", "schemas", "actions"])
def test_there_is_nothing_but_reading(reading: Live, verb: str, what: str) -> None:
    reply = reading.request(verb, f"/audit/v1/{what}", headers={"authorization": f"Bearer {OWNER}"})
    assert error(reply) == (405, "method_not_allowed")
    assert reply.headers["allow"] == "GET"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", f"Basic {OWNER}", OWNER])
def test_the_token_is_in_the_header(reading: Live, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header}
    reply = reading.request("GET", f"/audit/v1/logs?token={OWNER}", headers=headers)
    assert error(reply) == (401, "missing_authentication")
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "token", ["nonsense", "xoxp-unknown", "xoxp-cho-expired", "xoxp-cho-revoked", "xoxp-olly-east", "xoxc-unknown"]
)
def test_a_token_that_is_none_is_told(reading: Live, token: str) -> None:
    assert error(logs(reading, token)) == (401, "invalid_authentication")


def test_a_missing_scope_is_told(server: Live) -> None:
    token = made(server, ACME, None, ADA, "user", ["users:read", "admin"])
    reply = logs(server, token)
    assert (reply.status, reply.json) == (
        401,
        {"ok": False, "error": "invalid_authentication", "needed": "auditlogs:read", "provided": "users:read,admin"},
    )


def made(server: Live, organization: str, workspace: str | None, person: str | None, kind: str, scopes: list[str]) -> str:
    of: dict[str, Any] = {"person": person, "app": None, "kind": kind, "scopes": scopes, "actor": None}

    async def unit(work: Work) -> str:
        return await tokens.create(work, organization=organization, workspace=workspace, **of)

    text: str = server.on_loop(server.gridhall.storage.write(unit))
    return text


def signed_in(server: Live, person: str, workspace: str) -> tuple[str, str, int]:
    """The cookie, the client token and the id of a new session."""

    async def unit(work: Work) -> tuple[str, str, int]:
        organization, found = await work.organizations.find(ACME), await work.people.find_member(ACME, None, person)
        assert organization is not None
        assert found is not None
        session, secrets = await sessions.begin(
            work, organization, found, workspace=workspace, client=sessions.WEB, device=Device()
        )
        return secrets.cookie, secrets.token, session.id

    begun: tuple[str, str, int] = server.on_loop(server.gridhall.storage.write(unit))
    return begun


def test_owners_of_organizations_read_with_user_tokens_of_the_organization(any_databases: Databases) -> None:
    """Every kind of token, every role, both levels, with the scope and without."""
    with live(any_databases.filled("clubs")) as server:
        clubs = Clubs(server)
        for role, guest in [*((role, "none") for role in Role if role), (Role.MEMBER, "multi_channel")]:
            someone = clubs.person(org_role=role.name.lower(), guest=guest)
            for kind, level, scopes in itertools.product(
                ("user", "user_rotating", "bot", "bot_rotating", "legacy"),
                (None, "T0CHESS0001"),
                (["auditlogs:read"], ["users:read"]),
            ):
                expected = _expected(kind, level, scopes, role if guest == "none" else Role.GUEST)
                reply = logs(server, made(server, CLUBS, level, someone.id, kind, scopes))
                assert (reply.status, reply.json.get("error")) == expected, (role, guest, kind, level, scopes)
        lone = clubs.person(organization=TOWN, role="primary_owner")
        assert error(logs(server, made(server, TOWN, TOWN, lone.id, "user", ["auditlogs:read"]))) == (
            403,
            "feature_not_enabled",
        )


def _expected(kind: str, level: str | None, scopes: list[str], role: Role) -> tuple[int, str | None]:
    if not kind.startswith("user"):
        return 403, "method_not_allowed"
    if level is not None:
        return 403, "team_not_authorized"
    if scopes != ["auditlogs:read"]:
        return 401, "invalid_authentication"
    return (200, None) if role >= Role.OWNER else (403, "user_not_authorized")


def test_a_client_token_does_not_read(server: Live) -> None:
    cookie, token, _ = signed_in(server, ADA, ACME)
    for headers, expected in (
        ({"cookie": f"d={cookie}"}, (403, "method_not_allowed")),
        ({}, (401, "invalid_authentication")),
    ):
        reply = server.request("GET", "/audit/v1/logs", headers={"authorization": f"Bearer {token}", **headers})
        assert error(reply) == expected


def test_administrators_do_not_read(reading: Live) -> None:
    assert logs(reading, OWNER).status == 200
    assert error(logs(reading, ADMIN)) == error(logs(reading, MEMBER)) == (403, "user_not_authorized")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"network_allowlist": '["203.0.113.0/24"]'}, (403, "user_not_authorized")),
        ({"two_factor_required": True}, (403, "user_not_authorized")),
        ({"ekm_access_withdrawn": True}, (403, "invalid_workspace")),
        ({"maintenance": True}, (503, "service_unavailable")),
    ],
)
def test_what_keeps_everybody_out_is_told(server: Live, state: dict[str, object], expected: tuple[int, str]) -> None:
    assert logs(server).status == 200
    organizations = tables.organizations
    change(server, update(organizations).where(organizations.c.id == ACME).values(**state))

    async def tell(work: Work) -> None:
        work.signal(AuthorityChanged(ACME))

    server.on_loop(server.gridhall.storage.write(tell))
    assert error(logs(server)) == expected
    assert get(server, "/audit/v1/actions").status == 200


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (ServiceUnavailable(), (503, "service_unavailable")),
        (FatalError(), (500, "fatal_error")),
        (ZeroDivisionError(), (500, "internal_error")),
    ],
)
def test_a_failure_is_told_without_its_cause(
    sqlite_server: Live, monkeypatch: pytest.MonkeyPatch, failure: Exception, expected: tuple[int, str]
) -> None:
    async def fail(*asked: object) -> None:
        raise failure

    assert logs(sqlite_server).status == 200
    monkeypatch.setattr(SqlAudit, "list", fail)
    reply = logs(sqlite_server)
    assert error(reply) == expected
    assert reply.json.keys() == {"ok", "error"}


LAST_SECOND = 2**53


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"action": "nonsense"}, "invalid_action"),
        ({"action": "user_login,nonsense"}, "invalid_action"),
        ({"action": "user_login,"}, "invalid_action"),
        ({"action": "user_login, user_logout"}, "invalid_action"),
        ({"action": ",".join(sorted(KNOWN)[:31])}, "invalid_action"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": "dGVhbTpDMDYxRkE1UEI="}, "invalid_cursor"),
        ({"oldest": FIRST - 1}, "invalid_range"),
        ({"latest": FIRST - 1}, "invalid_range"),
        ({"oldest": 1_900_000_061}, "invalid_range"),
        ({"latest": LAST_SECOND}, "invalid_range"),
        ({"latest": "9" * 400}, "invalid_range"),
        ({"oldest": "yesterday"}, "invalid_range"),
        ({"oldest": "1700000000.5"}, "invalid_range"),
        ({"oldest": "-1700000000"}, "invalid_range"),
        ({"limit": 0}, "invalid_arguments"),
        ({"limit": -1}, "invalid_arguments"),
        ({"limit": "ten"}, "invalid_arguments"),
        ({"actor": "W0\0"}, "invalid_arguments"),
        ({"actor": b"\xff"}, "invalid_arguments"),
    ],
)
def test_what_cannot_be_asked_is_refused(server: Live, asked: dict[str, Any], code: str) -> None:
    server.move(to=1_900_000_000)
    assert error(logs(server, **asked)) == (400, code)


@pytest.mark.parametrize(
    "asked",
    [
        {"oldest": FIRST, "latest": 1_900_000_060},
        {"action": ",".join(sorted(KNOWN)[:30])},
        {"action": "", "actor": "", "entity": "", "cursor": "", "limit": "", "oldest": "", "latest": ""},
        {"limit": 10_000},
        {"limit": "9" * 400},
        {"unknown": "argument", "token": "xoxp-other"},
        {"oldest": 1_800_000_000, "latest": 1_700_000_000},
    ],
)
def test_what_can_be_asked_is_answered(server: Live, asked: dict[str, Any]) -> None:
    server.move(to=1_900_000_000)
    assert logs(server, **asked).status == 200


def test_several_actions_may_come_with_their_commas_encoded(server: Live) -> None:
    assert server.call("users.profile.set", "xoxp-cho-east", name="title", value="Clerk")["ok"]
    for comma in (",", "%2C"):
        path = f"/audit/v1/logs?action=user_login{comma}user_profile_updated"
        reply = server.request("GET", path, headers={"authorization": f"Bearer {OWNER}"})
        assert [entry["action"] for entry in reply.json["entries"]] == ["user_profile_updated"]


def test_a_cursor_goes_on_with_its_own_question_alone(any_databases: Databases) -> None:
    with live(any_databases.filled("clubs")) as server:
        owner = Owner(server, CLUBS, "W0OLGA00001")
        cursor = owner.page(limit=1, actor="USLACKUSER")["response_metadata"]["next_cursor"]
        assert owner.page(limit=5, actor="USLACKUSER", cursor=cursor)["entries"]
        for other in ({}, {"actor": "W0OLGA00001"}, {"actor": "USLACKUSER", "oldest": FIRST}):
            assert error(logs(server, owner.token, cursor=cursor, **other)) == (400, "invalid_cursor")
        changed = cursor[:-5] + ("A" if cursor[-5] != "A" else "B") + cursor[-4:]
        assert error(logs(server, owner.token, actor="USLACKUSER", cursor=changed)) == (400, "invalid_cursor")


def test_nothing_is_kept_in_between_and_each_answer_has_an_id(reading: Live) -> None:
    first, second = logs(reading), logs(reading)
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.headers["x-slack-req-id"] != second.headers["x-slack-req-id"]
    assert "ok" not in first.json


def test_the_request_log_names_the_endpoint_and_tells_no_secret(server: Live) -> None:
    logs(server, actor=CHO)
    logs(server, "xoxp-secret-token")
    get(server, "/audit/v1/" + quote("xoxp secret"))
    server.on_loop(asyncio.sleep(0.1))
    text = server.log.getvalue()
    assert "audit.logs ok" in text
    assert "audit.logs invalid_authentication" in text
    assert "secret" not in text
    assert CHO not in text


# How often.


def spend(server: Live, calls: int, *who: str) -> list[int]:
    """The statuses of so many calls, by these tokens in turn."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    statuses = []
    for token in itertools.islice(itertools.cycle(who), calls):
        connection.request("GET", "/audit/v1/logs?limit=1", headers={"authorization": f"Bearer {token}"})
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    return statuses


def test_fifty_a_minute_are_for_the_whole_organization(any_databases: Databases) -> None:
    with live(any_databases.filled(), rate_factor=1.0) as server:
        server.move()
        other = Owner(server, ACME, ADA).token
        assert spend(server, 50, OWNER, other) == [200] * 50
        refused = logs(server, other)
        assert error(refused) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 2
        assert error(logs(server, ADMIN)) == (403, "user_not_authorized"), "who may not read counts for nothing"
        assert server.call("auth.test", OWNER)["ok"], "nor do its other calls"
        server.move(advance=int(refused.headers["retry-after"]))
        assert logs(server).status == 200
        server.move(advance=60)
        assert spend(server, 50, OWNER) == [200] * 50


def test_workers_count_together(postgres_databases: Databases) -> None:
    database = postgres_databases.filled()
    with live(database, rate_factor=1.0) as one, live(database, rate_factor=1.0) as other:
        one.move()
        other.gridhall.clock.move(one.gridhall.clock.now(), frozen=True)
        passed = (spend(one, 30, OWNER) + spend(other, 30, OWNER)).count(200)
        # A slice that one has reserved is the other's again a second later.
        assert 45 <= passed <= 50


def test_what_everybody_may_know_is_counted_by_address(any_databases: Databases) -> None:
    with live(any_databases.filled(), rate_factor=1.0) as server:
        server.move()
        assert {get(server, "/audit/v1/actions", None).status for _ in range(25)} == {200}
        assert {get(server, "/audit/v1/schemas", None).status for _ in range(25)} == {200}
        assert error(get(server, "/audit/v1/schemas", None)) == (429, "rate_limited")
        assert logs(server).status == 200


def test_without_limits_nothing_is_counted(sqlite_server: Live) -> None:
    assert spend(sqlite_server, 60, OWNER) == [200] * 60


# The whole of it.


def test_ids_are_uuids_and_in_the_order_of_the_log(server: Live) -> None:
    for number in range(5):
        server.call("users.profile.set", "xoxp-cho-east", name="title", value=f"Clerk {number}")
    ids = [entry["id"] for entry in told(server)]
    assert len(ids) > 5
    assert ids == sorted(set(ids), reverse=True)
    assert all(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id) for id in ids)
