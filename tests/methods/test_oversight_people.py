"""What overseers are told of the organization, its people, and the conversations that each of them is in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import bindparam, insert, update

from gridhall.domain.work import Work
from gridhall.storage import directory, tables
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.audit import entries
from harness.databases import Databases
from harness.live import TIMEOUT, Live, live

WATCH, NORTH, SOUTH, RAZED = "E0WATCH0001", "T0NORTH0001", "T0SOUTH0001", "T0RAZED0001"
ADA, DAN, BOT, GUS, GWEN = "W0ADA000001", "W0DAN000001", "W0EYEBOT001", "W0GUS000001", "W0GWEN00001"
MIA, OWEN, UNA, OTT = "W0MIA000001", "W0OWEN00001", "W0UNA000001", "U0OTT000001"
ACTIVE = [ADA, BOT, GUS, GWEN, MIA, OWEN, UNA]

OWNER, ADMIN, MEMBER = "xoxp-owen-org", "xoxp-ada-org", "xoxp-mia-org"

ENTERPRISE, USERS, USER, CONVERSATIONS = (
    f"oversight.{name}" for name in ("enterprise.info", "users.list", "user.info", "user.conversations")
)
LISTS: dict[str, dict[str, str]] = {ENTERPRISE: {}, USERS: {}, CONVERSATIONS: {"user": MIA}}
BAD_POSITION = {ENTERPRISE: "invalid_cursor", USERS: "invalid_arguments", CONVERSATIONS: "invalid_args"}

CHANNELS = {
    "C0BOTH00001": WATCH,
    "C0FRESH0001": NORTH,
    "C0LINK00001": WATCH,
    "C0NORTH0001": NORTH,
    "C0OLD000001": NORTH,
    "C0SECRET001": SOUTH,
    "C0THEIRS001": WATCH,
    "C0THEIRS002": WATCH,
    "C0WIDE00001": WATCH,
}
"""The channels that Mia is in, and the team that each is told to be of."""
MIAS = [*CHANNELS, "D0MIAOWEN01", "G0THREE0001"]
ONCE_MIAS = ["C0AGAIN0001", "C0LEFT00001"]


@pytest.fixture
def watch(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("watch")) as running:
        yield running


def ok(watch: Live, method: str, token: str = OWNER, /, **arguments: object) -> dict[str, Any]:
    reply = watch.reply(method, token, **arguments)
    assert b"null" not in reply.body
    assert reply.json["ok"], reply.json
    return reply.json


def moves(watch: Live, verb: str, channel: str) -> None:
    """Have Mia join or leave a channel."""
    assert watch.call(f"conversations.{verb}", "xoxp-mia", channel=channel)["ok"]


def refused(watch: Live, method: str, token: str = OWNER, /, **arguments: object) -> str:
    answer = watch.call(method, token, **arguments)
    assert answer["ok"] is False
    return str(answer["error"])


def ids(answer: dict[str, Any]) -> list[str]:
    """What a page lists."""
    listed = answer["enterprise"]["teams"] if "enterprise" in answer else answer["users" if "users" in answer else "channels"]
    return [one["id"] for one in listed]


def pages(watch: Live, method: str, by: str, /, **arguments: object) -> Iterator[list[str]]:
    """The pages of a list, by its cursors, by its offsets, or by both at once as the client of the Discovery API sends them."""
    position: dict[str, str] = {}
    while True:
        answer = ok(watch, method, **LISTS[method] | arguments | position)
        yield ids(answer)
        cursor = answer["response_metadata"]["next_cursor"]
        assert bool(cursor) == ("offset" in answer)
        if not cursor:
            return
        told = {"cursor": cursor, "offset": answer["offset"]}
        position = {
            "cursor": {"cursor": cursor},
            "offset": {"offset": answer["offset"]},
            "both": told,
            "crossed": {"cursor": answer["offset"], "offset": cursor},
        }[by]


def told(watch: Live, action: str, organization: str = WATCH) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit log says of an action: who looked at what, and the details."""
    found = [entry for entry in entries(watch, organization) if entry.action == action]
    return [(entry.actor, entry.entity, json.loads(entry.details)) for entry in found]


def test_an_organization_is_told_with_its_workspaces(watch: Live) -> None:
    enterprise = ok(watch, ENTERPRISE)["enterprise"]
    north, south = enterprise.pop("teams")
    assert enterprise.pop("icon")["image_88"].startswith("http")
    url = enterprise.pop("url")
    assert "watch" in url
    assert enterprise == {"id": WATCH, "name": "Watch", "domain": "watch", "email_domain": "", "is_verified": False}
    assert south["id"] == SOUTH
    assert north.pop("icon")["image_default"] is True
    assert "north" in north.pop("url")
    assert north.pop("created") > 1_600_000_000
    assert north == {
        "id": NORTH,
        "name": "North",
        "domain": "north",
        "email_domain": "",
        "is_verified": False,
        "archived": False,
        "deleted": False,
        "discoverable": "unlisted",
        "enterprise_id": WATCH,
        "enterprise_domain": "watch",
        "is_enterprise": 0,
    }
    assert type(north["is_enterprise"]) is int


def test_a_deleted_workspace_is_told_where_it_is_asked_for(watch: Live) -> None:
    teams = ok(watch, ENTERPRISE, include_deleted="1")["enterprise"]["teams"]
    assert [(team["id"], team["deleted"]) for team in teams] == [(NORTH, False), (RAZED, True), (SOUTH, False)]


def test_a_lone_workspace_is_no_organization(watch: Live) -> None:
    assert refused(watch, ENTERPRISE, "xoxp-ott") == "not_an_enterprise"


@pytest.mark.parametrize("token", [MEMBER, "xoxp-owen", "xoxp-mia"])
@pytest.mark.parametrize(("method", "arguments"), [*LISTS.items(), (USER, {"user": MIA})])
def test_others_are_refused_and_noted(sqlite_databases: Databases, method: str, arguments: dict[str, str], token: str) -> None:
    with live(sqlite_databases.filled("watch")) as watch:
        assert refused(watch, method, token, **arguments) == "access_denied"
        ((_, entity, details),) = told(watch, "oversight_refused")
        assert entity == WATCH
        assert details == {"method": method, "error": "access_denied", **arguments}


def test_an_admin_oversees_too(watch: Live) -> None:
    assert ids(ok(watch, USERS, ADMIN)) == ACTIVE


def test_people_are_told_with_all_their_workspaces(watch: Live) -> None:
    answer = ok(watch, USERS)
    assert ids(answer) == ACTIVE
    assert "members" not in answer
    people = {user["id"]: user for user in answer["users"]}
    assert {id: user["teams"] for id, user in people.items()} == {
        ADA: [NORTH],
        BOT: [NORTH, SOUTH],
        GUS: [NORTH],
        GWEN: [SOUTH],
        MIA: [NORTH, SOUTH],
        OWEN: [NORTH],
        UNA: [NORTH],
    }
    assert [id for id, user in people.items() if user["is_bot"]] == [BOT]
    assert [id for id, user in people.items() if user["is_restricted"]] == [GUS, GWEN]
    assert [id for id, user in people.items() if user["is_ultra_restricted"]] == [GUS]
    assert [id for id, user in people.items() if user["is_admin"]] == [ADA, OWEN]
    assert [id for id, user in people.items() if user["is_primary_owner"]] == [OWEN]
    assert [id for id, user in people.items() if not (user["is_email_confirmed"] or user["is_bot"])] == [UNA]
    assert people[MIA]["profile"]["email"] == "mia@watch.test"
    assert people[MIA]["profile"]["title"] == "Clerk"
    assert people[MIA]["who_can_share_contact_card"] == "EVERYONE"
    assert not any("is_invited_user" in user for user in people.values())


def test_deactivated_people_are_listed_where_they_are_asked_for(watch: Live) -> None:
    users = {user["id"]: user for user in ok(watch, USERS, include_deleted=1)["users"]}
    assert list(users) == sorted([*ACTIVE, DAN])
    assert [id for id, user in users.items() if user["deleted"]] == [DAN]
    assert ids(ok(watch, USERS, include_deleted=0)) == ACTIVE


@pytest.mark.parametrize("by", ["cursor", "offset", "both", "crossed"])
@pytest.mark.parametrize("method", LISTS)
def test_pages_hold_what_the_whole_list_holds(watch: Live, method: str, by: str) -> None:
    whole = ids(ok(watch, method, **LISTS[method]))
    found = list(pages(watch, method, by, limit=1))
    assert found == [[id] for id in whole]
    found = list(pages(watch, method, by, limit=len(whole) - 1))
    assert found == [whole[:-1], whole[-1:]]
    assert list(pages(watch, method, by, limit=len(whole))) == [whole]


@pytest.mark.parametrize("method", LISTS)
def test_a_limit_is_taken_as_clients_send_it(watch: Live, method: str) -> None:
    whole = ids(ok(watch, method, **LISTS[method]))
    for limit in (0, "", 1000, 5000):
        assert ids(ok(watch, method, **LISTS[method], limit=limit)) == whole
    for limit in (-1, "many"):
        assert refused(watch, method, **LISTS[method], limit=limit) == "invalid_arguments"


@pytest.mark.parametrize("method", LISTS)
def test_a_position_that_is_none_is_refused(watch: Live, method: str) -> None:
    first = ok(watch, method, **LISTS[method], limit=1)
    cursor, offset, code = first["response_metadata"]["next_cursor"], first["offset"], BAD_POSITION[method]
    tampered = cursor[:-4] + ("AAAA" if not cursor.endswith("AAAA") else "BBBB")
    for wrong in (tampered, cursor[:-1], "page:3", "cGFnZToz", "w0mia", "Ω", "%"):
        assert refused(watch, method, **LISTS[method], cursor=wrong) == code
        assert refused(watch, method, **LISTS[method], offset=wrong) == code
    assert refused(watch, method, **LISTS[method], cursor=cursor, offset="Z0ELSEWHERE") == code
    assert ids(ok(watch, method, **LISTS[method], cursor="", offset=offset))[:1] != [offset]
    # An empty argument is none, as clients begin with it.
    assert ids(ok(watch, method, **LISTS[method], cursor="", offset="", limit=1)) == ids(first)


def test_a_cursor_belongs_to_its_list(watch: Live) -> None:
    cursor = ok(watch, USERS, limit=1)["response_metadata"]["next_cursor"]
    assert refused(watch, ENTERPRISE, cursor=cursor) == "invalid_cursor"
    assert refused(watch, CONVERSATIONS, user=MIA, cursor=cursor) == "invalid_args"
    assert refused(watch, USERS, include_deleted=1, cursor=cursor) == "invalid_arguments"
    assert refused(watch, USERS, ADMIN, cursor=cursor) == "invalid_arguments"
    cursor = ok(watch, CONVERSATIONS, user=MIA, limit=1)["response_metadata"]["next_cursor"]
    for other in ({"user": OWEN}, {"user": MIA, "include_historical": 1}, {"user": MIA, "only_im": 1}):
        assert refused(watch, CONVERSATIONS, cursor=cursor, **other) == "invalid_args"


def test_everybody_is_listed_once_while_people_come_and_go(watch: Live) -> None:
    crowd = [f"W0P{number:08d}" for number in range(0, 60, 2)]
    came, left = [f"W0P{number:08d}" for number in (1, 31, 59)], [crowd[3], crowd[-1]]
    _people(watch, crowd)
    found: list[str] = []
    for number, page in enumerate(pages(watch, USERS, "both", limit=7)):
        found += page
        if number == 1:
            _people(watch, came)
            _deactivate(watch, left)
    there = set(ACTIVE) | set(crowd) - set(left)
    assert len(found) == len(set(found))
    assert there <= set(found) <= there | set(came) | set(left)


def test_a_page_is_full_however_many_were_deactivated(watch: Live) -> None:
    crowd = [f"W0P{number:08d}" for number in range(300)]
    _people(watch, crowd)
    _deactivate(watch, crowd[1:-1])
    assert list(pages(watch, USERS, "offset", limit=3)) == [
        [ADA, BOT, GUS],
        [GWEN, MIA, OWEN],
        [crowd[0], crowd[-1], UNA],
    ]


def _people(watch: Live, people: list[str]) -> None:
    """Have people come to the organization."""

    async def unit(work: Work) -> None:
        assert isinstance(work, SqlWork)
        mia = await work.people.find(WATCH, MIA)
        assert mia is not None
        row = {name: getattr(mia, name) for name in mia.__struct_fields__}
        each = [row | {"id": id, "name": id.lower(), "email": f"{id.lower()}@watch.test"} for id in people]
        clause = insert(tables.people).values({column.name: bindparam(column.name) for column in tables.people.c})
        await work.connection.many(Statement(clause, tuple), each)

    watch.on_loop(watch.gridhall.storage.write(unit))


def _deactivate(watch: Live, people: list[str]) -> None:
    async def unit(work: Work) -> None:
        assert isinstance(work, SqlWork)
        clause = (
            update(tables.people)
            .where(tables.people.c.organization == WATCH, tables.people.c.id == bindparam("at_id"))
            .values(deleted=True)
        )
        for id in people:
            await work.connection.run(Statement(clause, tuple), at_id=id)

    watch.on_loop(watch.gridhall.storage.write(unit))


def test_a_person_is_found_by_id_and_by_address(watch: Live) -> None:
    listed = {user["id"]: user for user in ok(watch, USERS, include_deleted=1)["users"]}
    for id in listed:
        assert ok(watch, USER, user=id)["user"] == listed[id]
    for email in ("mia@watch.test", " MIA@Watch.Test "):
        assert ok(watch, USER, email=email)["user"] == listed[MIA]
    assert ok(watch, USER, user=MIA, email="")["user"] == listed[MIA]


def test_an_id_counts_where_both_are_given(watch: Live) -> None:
    assert ok(watch, USER, user=MIA, email="owen@watch.test")["user"]["id"] == MIA
    assert ok(watch, USER, user=MIA, email="no address")["user"]["id"] == MIA
    assert refused(watch, USER, user="W0NOBODY001", email="mia@watch.test") == "user_not_found"


def test_who_is_deactivated_keeps_their_address(watch: Live) -> None:
    user = ok(watch, USER, email="dan@WATCH.test")["user"]
    assert (user["id"], user["deleted"], user["profile"]["email"]) == (DAN, True, "Dan@watch.test")


@pytest.mark.parametrize("email", ["mia", "@watch.test", "mia@", "mia@@watch.test", "m a@watch.test", "mia@watch.test\nx", "@"])
def test_a_malformed_address_is_told_from_one_that_nobody_has(watch: Live, email: str) -> None:
    assert refused(watch, USER, email=email) == "invalid_email"
    assert refused(watch, USER, email="nobody@watch.test") == "user_not_found"


def test_somebody_has_to_be_named(watch: Live) -> None:
    assert refused(watch, USER) == "invalid_args"
    assert refused(watch, USER, user="", email="") == "invalid_args"
    assert refused(watch, CONVERSATIONS) == "invalid_arguments"


def test_other_organizations_people_are_not_told(watch: Live) -> None:
    """Also where a channel is shared with them."""
    assert refused(watch, USER, user=OTT) == "user_not_found"
    assert refused(watch, USER, email="ott@other.test") == "user_not_found"
    assert refused(watch, CONVERSATIONS, user=OTT) == "user_not_found"
    assert refused(watch, CONVERSATIONS, user="C0NORTH0001") == "user_not_found"


def test_a_persons_conversations_are_told_whoever_may_see_them(watch: Live) -> None:
    channels = {channel["id"]: channel for channel in ok(watch, CONVERSATIONS, user=MIA)["channels"]}
    assert list(channels) == MIAS
    assert {id: channels[id]["team_id"] for id in CHANNELS} == CHANNELS
    assert channels["C0NORTH0001"] == {
        "id": "C0NORTH0001",
        "team_id": NORTH,
        "date_joined": 1500000100,
        "date_left": 0,
        "is_private": False,
        "is_im": False,
        "is_mpim": False,
        "is_ext_shared": False,
    }
    assert channels["D0MIAOWEN01"] == {
        "id": "D0MIAOWEN01",
        "team_id": WATCH,
        "date_joined": 1500000000,
        "date_left": 0,
        "is_private": True,
        "is_im": True,
        "is_mpim": False,
        "is_ext_shared": False,
    }
    group = channels["G0THREE0001"]
    assert (group["team_id"], group["is_private"], group["is_im"], group["is_mpim"]) == (WATCH, True, False, True)
    assert [id for id, channel in channels.items() if channel["is_ext_shared"]] == ["C0LINK00001", "C0THEIRS001", "C0THEIRS002"]


def test_what_was_left_is_told_where_it_is_asked_for(watch: Live) -> None:
    channels = {channel["id"]: channel for channel in ok(watch, CONVERSATIONS, user=MIA, include_historical=1)["channels"]}
    assert list(channels) == sorted([*MIAS, *ONCE_MIAS])
    left = {id: (channel["date_joined"], channel["date_left"]) for id, channel in channels.items() if channel["date_left"]}
    assert left == {"C0AGAIN0001": (1500000001, 1500000002), "C0LEFT00001": (1500000010, 1500000020)}


def test_only_the_last_coming_and_going_is_told(watch: Live) -> None:
    def again() -> tuple[int, int]:
        found = ok(watch, CONVERSATIONS, user=MIA, include_historical=1)["channels"]
        channel = next(channel for channel in found if channel["id"] == "C0AGAIN0001")
        return channel["date_joined"], channel["date_left"]

    moves(watch, "join", "C0AGAIN0001")
    joined, left = again()
    assert joined > 1500000002
    assert left == 0
    assert "C0AGAIN0001" in ids(ok(watch, CONVERSATIONS, user=MIA))
    watch.move(advance=100)
    moves(watch, "leave", "C0AGAIN0001")
    assert again()[0] == joined
    assert again()[1] >= joined + 100
    assert "C0AGAIN0001" not in ids(ok(watch, CONVERSATIONS, user=MIA))


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ("only_im", ["D0MIAOWEN01"]),
        ("only_mpim", ["G0THREE0001"]),
        ("only_private", ["C0LEFT00001", "C0SECRET001", "C0THEIRS002"]),
        (
            "only_public",
            ["C0AGAIN0001", *(id for id in CHANNELS if id not in ("C0SECRET001", "C0THEIRS002"))],
        ),
    ],
)
def test_one_kind_alone_is_told(watch: Live, only: str, expected: list[str]) -> None:
    assert list(pages(watch, CONVERSATIONS, "both", include_historical=1, limit=2, **{only: "true"})) == [
        expected[start : start + 2] for start in range(0, len(expected), 2)
    ]
    assert ids(ok(watch, CONVERSATIONS, user=MIA, **{only: 0})) == MIAS


@pytest.mark.parametrize("other", ["only_mpim", "only_private", "only_public"])
def test_kinds_exclude_one_another(watch: Live, other: str) -> None:
    assert refused(watch, CONVERSATIONS, user=MIA, only_im=1, **{other: 1}) == "invalid_args"
    assert ids(ok(watch, CONVERSATIONS, user=MIA, only_im=1, **{other: 0})) == ["D0MIAOWEN01"]


def test_whoever_it_is_their_conversations_are_told(watch: Live) -> None:
    assert ids(ok(watch, CONVERSATIONS, user=DAN, include_historical=1)) == ["C0NORTH0001"]
    assert ids(ok(watch, CONVERSATIONS, user=GUS)) == ["C0LINK00001"]
    assert ids(ok(watch, CONVERSATIONS, user=BOT)) == ["C0SECRET001"]
    assert ok(watch, CONVERSATIONS, user=GWEN)["channels"] == []


def test_a_deleted_channel_is_told_for_a_day(watch: Live) -> None:
    watch.move(advance=86_300)
    assert "C0FRESH0001" in ids(ok(watch, CONVERSATIONS, user=MIA))
    watch.move(advance=200)
    assert "C0FRESH0001" not in ids(ok(watch, CONVERSATIONS, user=MIA, include_historical=1))


def test_a_look_that_takes_in_few_leads_on_to_all(watch: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "AHEAD", 2)
    for only, expected in (("only_im", ["D0MIAOWEN01"]), ("only_mpim", ["G0THREE0001"])):
        for by in ("cursor", "offset", "both"):
            found = list(pages(watch, CONVERSATIONS, by, limit=5, **{only: 1}))
            assert [id for page in found for id in page] == expected
            assert len(found) > 3


def test_each_conversation_is_told_once_while_its_people_come_and_go(watch: Live) -> None:
    found: list[str] = []
    for number, page in enumerate(pages(watch, CONVERSATIONS, "both", limit=2)):
        found += page
        if number == 1:
            # One of them is behind, the other ahead.
            moves(watch, "join", "C0AGAIN0001")
            moves(watch, "leave", "C0WIDE00001")
    assert found == [id for id in MIAS if id != "C0WIDE00001"]


def test_each_look_is_noted_before_it_is_told(watch: Live) -> None:
    ok(watch, ENTERPRISE, limit=1)
    ok(watch, USERS, include_deleted=1, limit=3)
    ok(watch, USER, email="mia@watch.test")
    ok(watch, USER, ADMIN, user=DAN)
    ok(watch, CONVERSATIONS, user=MIA, only_im=1, include_historical=1)
    assert told(watch, "oversight_enterprise_viewed") == [(OWEN, WATCH, {"teams": 1})]
    assert told(watch, "oversight_users_listed") == [(OWEN, WATCH, {"include_deleted": True, "users": 3})]
    assert told(watch, "oversight_user_viewed") == [(OWEN, MIA, {"by": "email"}), (ADA, DAN, {"by": "user"})]
    assert told(watch, "oversight_user_conversations_listed") == [
        (OWEN, MIA, {"only": "im", "include_historical": True, "conversations": 1})
    ]


def test_a_refused_address_is_in_no_log(watch: Live) -> None:
    refused(watch, USER, email="private.person@elsewhere.test")
    assert told(watch, "oversight_refused") == [(OWEN, WATCH, {"method": USER, "error": "user_not_found"})]
    assert not any("private.person" in entry.details for entry in entries(watch, WATCH))


def test_the_sdk_reads_all_of_it(watch: Live) -> None:
    client = WebClient(OWNER, base_url=f"{watch.url}/api/", timeout=TIMEOUT)
    params = {"user": MIA, "only_im": True, "only_public": False, "include_historical": True, "limit": 1000}
    assert ids(dict(client.api_call(CONVERSATIONS, params=params).data)) == ["D0MIAOWEN01"]  # type: ignore[arg-type]
    listed = client.api_call(USERS, json={"include_deleted": True, "limit": 2})
    assert [user["id"] for user in listed["users"]] == [ADA, DAN]
    # As the client of the Discovery API does: for as long as there is an offset, with both arguments.
    found, body = list(listed["users"]), listed
    while "offset" in body and body["offset"] != "":
        params = {
            "include_deleted": True,
            "limit": 2,
            "offset": body["offset"],
            "cursor": body["response_metadata"]["next_cursor"],
        }
        body = client.api_call(USERS, params=params)
        found += body["users"]
    assert [user["id"] for user in found] == sorted([*ACTIVE, DAN])
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.api_call(USER, params={"user": OTT})
