"""What overseers are told of conversations, and of who is in them."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import bindparam, insert, update

from gridhall.domain.work import Work
from gridhall.storage import directory, tables
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.audit import entries
from harness.databases import Databases
from harness.live import TIMEOUT, Live, live
from methods.rows import change

VAULT, EAST, WEST, EMPTY = "E0VAULT0001", "T0EAST00001", "T0WEST00001", "T0EMPTY0001"
PIER, REEF = "T0PIER00001", "T0REEF00001"
OWEN, MIA, MAX, PAT, SAM = "W0OWEN00001", "W0MIA000001", "W0MAX000001", "U0PAT000001", "U0SAM000001"
OWNER, MAXS, MIAS, TORCH = "xoxp-owen-org", "xoxp-max-org", "xoxp-mia-org", "xoxp-owen-torch"
LIST, INFO, MEMBERS = (f"oversight.conversations.{name}" for name in ("list", "info", "members"))

SHARED = ["C0BOTH00001", "C0LENT00001", "C0THEIRS001", "C0THEIRS002", "C0WIDE00001"]
DIRECT = ["D0MIAMAX001", "D0PATMAX001", "D0PATMIA001"]
GROUPS = ["G0THREE0001"]
OF_EAST = ["C0EAST00001", "C0FRESH0001", "C0OLD000001", "C0PLAIN0001", "C0SECRET001"]
LISTED = {"": SHARED + DIRECT + GROUPS, EAST: OF_EAST, WEST: ["C0WEST00001"], EMPTY: []}
"""What is listed without a workspace, and for each."""

ONLY = ["only_ext_shared", "only_im", "only_mpim", "only_private", "only_public"]
DAY = 86_400


def _serve(databases: Databases) -> Iterator[Live]:
    with live(databases.filled("vault")) as running:
        yield running


@pytest.fixture(scope="module")
def _vault_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    yield from _serve(sqlite_databases)


@pytest.fixture(scope="module")
def _vault_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    yield from _serve(postgres_databases)


@pytest.fixture
def vault(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine for all tests that change nothing."""
    running: Live = request.getfixturevalue(f"_vault_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


@pytest.fixture
def own_vault(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own on each engine."""
    yield from _serve(any_databases)


def ok(vault: Live, method: str, token: str = OWNER, /, **arguments: object) -> dict[str, Any]:
    reply = vault.reply(method, token, **arguments)
    assert b"null" not in reply.body
    assert reply.json["ok"], reply.json
    return reply.json


def refused(vault: Live, method: str, token: str = OWNER, /, **arguments: object) -> str:
    answer = vault.call(method, token, **arguments)
    assert answer["ok"] is False
    return str(answer["error"])


def rows(vault: Live, **arguments: object) -> dict[str, dict[str, Any]]:
    """The conversations of a page by id."""
    return {row["id"]: row for row in ok(vault, LIST, **arguments)["channels"]}


def told(vault: Live, channel: str, **arguments: object) -> dict[str, Any]:
    """What is told of one conversation."""
    (info,) = ok(vault, INFO, channel=channel, **arguments)["info"]
    found: dict[str, Any] = info
    return found


def stays(vault: Live, channel: str, **arguments: object) -> dict[str, tuple[int, int]]:
    """Who is in a conversation, since when and until when."""
    found = ok(vault, MEMBERS, channel=channel, **arguments)["members"]
    return {one["id"]: (one["date_joined"], one["date_left"]) for one in found}


def pages(vault: Live, method: str, by: str, /, **arguments: object) -> Iterator[list[str]]:
    """The pages of a list, by its cursors, by its offsets, or by both at once as the client of the Discovery API sends them."""
    position: dict[str, str] = {}
    while True:
        answer = ok(vault, method, **arguments | position)
        yield [one["id"] for one in answer["channels" if method == LIST else "members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        assert bool(cursor) == ("offset" in answer)
        if not cursor:
            return
        position = {
            "cursor": {"cursor": cursor},
            "offset": {"offset": answer["offset"]},
            "both": {"cursor": cursor, "offset": answer["offset"]},
            "crossed": {"cursor": answer["offset"], "offset": cursor},
        }[by]


def logged(vault: Live, action: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit log says of an action: who looked at what, and the details."""
    found = [entry for entry in entries(vault, VAULT) if entry.action == action]
    return [(entry.actor, entry.entity, json.loads(entry.details)) for entry in found]


def test_each_conversation_is_listed_once_in_the_organization_or_in_its_one_workspace(vault: Live) -> None:
    for team, expected in LISTED.items():
        assert list(rows(vault, team=team)) == expected
    assert list(rows(vault, team=VAULT)) == LISTED[""]


@pytest.mark.parametrize(
    ("only", "of_organization", "of_east"),
    [
        ("only_ext_shared", ["C0LENT00001", "C0THEIRS001", "C0THEIRS002"], []),
        ("only_im", DIRECT, []),
        ("only_mpim", GROUPS, []),
        ("only_private", ["C0LENT00001", "C0THEIRS002"], ["C0SECRET001"]),
        (
            "only_public",
            ["C0BOTH00001", "C0THEIRS001", "C0WIDE00001"],
            ["C0EAST00001", "C0FRESH0001", "C0OLD000001", "C0PLAIN0001"],
        ),
    ],
)
def test_a_filter_keeps_one_kind(vault: Live, only: str, of_organization: list[str], of_east: list[str]) -> None:
    assert list(rows(vault, **{only: "true"})) == of_organization
    assert list(rows(vault, team=EAST, **{only: True})) == of_east
    walked = [id for page in pages(vault, LIST, "cursor", limit=1, **{only: True}) for id in page]
    assert walked == of_organization
    assert list(rows(vault, **{only: "false"})) == LISTED[""]


def test_two_filters_do_not_go_together(vault: Live) -> None:
    for first, second in itertools.pairwise(ONLY):
        assert refused(vault, LIST, **{first: True, second: 1}) == "invalid_args"
    assert list(rows(vault, only_im=True, only_mpim=False)) == DIRECT


def test_a_row_tells_what_a_conversation_is(vault: Live) -> None:
    none = {"text": "", "set_by": "", "date_set": 0}
    rest = {
        "created": 1500000000,
        "is_ext_shared": False,
        "is_private": False,
        "is_im": False,
        "is_mpim": False,
        "is_dm": False,
        "is_deleted": False,
        "is_archived": False,
        "is_general": False,
        "topic": none,
        "purpose": none,
    }
    east, wide = rows(vault, team=EAST), rows(vault)
    assert east["C0PLAIN0001"] == rest | {
        "id": "C0PLAIN0001",
        "name": "plain",
        "topic": {"text": "Plainness", "set_by": OWEN, "date_set": 1500000000},
        "purpose": {"text": "To be plain", "set_by": OWEN, "date_set": 1500000000},
    }
    assert east["C0FRESH0001"] == rest | {"id": "C0FRESH0001", "name": "fresh", "is_deleted": True}
    assert east["C0OLD000001"] == rest | {"id": "C0OLD000001", "name": "old", "is_archived": True}
    assert east["C0EAST00001"] == rest | {"id": "C0EAST00001", "name": "east", "is_general": True}
    assert wide["C0LENT00001"] == rest | {"id": "C0LENT00001", "name": "lent", "is_ext_shared": True, "is_private": True}
    direct = {"is_im": True, "is_dm": True, "is_private": True}
    assert wide["D0MIAMAX001"] == rest | direct | {"id": "D0MIAMAX001", "name": "D0MIAMAX001"}
    group = {"is_mpim": True, "is_private": True}
    assert wide["G0THREE0001"] == rest | group | {"id": "G0THREE0001", "name": "mpdm-mia--max--owen"}


@pytest.mark.parametrize("by", ["cursor", "offset", "both", "crossed"])
@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_a_list_is_walked_in_either_way_of_paging(vault: Live, by: str, limit: int) -> None:
    for team, expected in LISTED.items():
        walked = list(pages(vault, LIST, by, limit=limit, team=team))
        assert [id for page in walked for id in page] == expected
        assert all(len(page) == limit for page in walked[:-1])
    members = {"channel": "C0LENT00001", "limit": limit}
    assert [id for page in pages(vault, MEMBERS, by, **members) for id in page] == [PAT, SAM, MIA]


def test_a_position_belongs_to_its_list(vault: Live) -> None:
    cursor = ok(vault, LIST, limit=1)["response_metadata"]["next_cursor"]
    offset = ok(vault, MEMBERS, channel="C0LENT00001", limit=1)["offset"]
    assert offset == PAT
    for arguments in (
        {"cursor": "nonsense"},
        {"offset": "no id"},
        {"cursor": cursor, "team": EAST},
        {"cursor": cursor, "only_im": True},
        {"cursor": cursor, "offset": "C0WIDE00001"},
    ):
        assert refused(vault, LIST, **arguments) == "invalid_args"
    for arguments in ({"cursor": cursor}, {"offset": "nobody!"}, {"cursor": PAT, "offset": SAM}):
        assert refused(vault, MEMBERS, channel="C0LENT00001", **arguments) == "invalid_args"
    # An id is a place among ids, whoever's it is or was.
    assert list(stays(vault, "C0LENT00001", offset="U0PAX000001")) == [SAM, MIA]
    assert next(iter(rows(vault, offset="C0NOBODYS01"))) == "C0THEIRS001"


def test_a_limit_is_at_most_a_thousand(vault: Live) -> None:
    assert list(rows(vault, limit=0)) == list(rows(vault, limit=5000)) == LISTED[""]
    assert list(stays(vault, "C0LENT00001", limit=0)) == list(stays(vault, "C0LENT00001", limit=5000)) == [PAT, SAM, MIA]
    for method in (LIST, MEMBERS):
        for limit in ("-1", "many"):
            assert refused(vault, method, channel="C0LENT00001", limit=limit) == "invalid_arguments"
    assert refused(vault, INFO) == refused(vault, MEMBERS) == "invalid_arguments"


def test_a_channel_is_told_whole(vault: Live) -> None:
    assert told(vault, "C0PLAIN0001") == {
        "id": "C0PLAIN0001",
        "name": "plain",
        "created": 1500000000,
        "is_archived": False,
        "is_general": False,
        "unlinked": 0,
        "creator": OWEN,
        "name_normalized": "plain",
        "is_moved": 0,
        "is_shared": False,
        "is_global_shared": False,
        "is_org_default": False,
        "is_org_mandatory": False,
        "is_org_shared": False,
        "is_private": False,
        "is_mpim": False,
        "is_dm": False,
        "previous_names": [],
        "is_deleted": False,
        "member_count": 1,
        "purpose": {"text": "To be plain", "set_by": OWEN, "date_set": 1500000000},
        "topic": {"text": "Plainness", "set_by": OWEN, "date_set": 1500000000},
        "retention": {"type": "default", "duration": "90"},
        "shared": {"shared_team_ids": [EAST], "connected_team_ids": [], "internal_team_ids": []},
    }
    assert ok(vault, INFO, channel="C0PLAIN0001").keys() == {"ok", "info"}
    old = told(vault, "C0OLD000001")
    assert (old["is_archived"], old["previous_names"]) == (True, ["older", "oldest"])


@pytest.mark.parametrize(
    ("channel", "flags", "own", "others"),
    [
        ("C0BOTH00001", {"is_shared", "is_org_shared"}, [EAST, WEST], []),
        ("C0LENT00001", {"is_shared", "is_private"}, [EAST], [PIER, REEF]),
        ("C0THEIRS001", {"is_shared"}, [EAST], [PIER]),
        ("C0THEIRS002", {"is_shared", "is_org_shared", "is_private"}, [EAST, WEST], [PIER]),
        ("D0MIAMAX001", {"is_dm", "is_private"}, [], []),
        ("D0PATMAX001", {"is_dm", "is_private"}, [], []),
        ("G0THREE0001", {"is_mpim", "is_private"}, [], []),
    ],
)
def test_where_a_conversation_is(vault: Live, channel: str, flags: set[str], own: list[str], others: list[str]) -> None:
    info = told(vault, channel)
    assert {name for name, value in info.items() if value is True} == flags
    assert info["shared"] == {
        "shared_team_ids": sorted(own + others),
        "connected_team_ids": others,
        "internal_team_ids": own if own != [EAST] or others else [],
    }


def test_the_general_channel_of_all_workspaces_is_the_default_one(vault: Live) -> None:
    wide = told(vault, "C0WIDE00001")
    assert wide["is_global_shared"] is wide["is_org_default"] is wide["is_org_mandatory"] is wide["is_org_shared"] is True
    general = told(vault, "C0EAST00001")
    assert general["is_general"] is True
    assert general["is_org_default"] is general["is_org_mandatory"] is False


def test_names_are_those_of_lists(vault: Live) -> None:
    direct, group = told(vault, "D0MIAMAX001"), told(vault, "G0THREE0001")
    assert direct["name"] == direct["id"]
    assert group["name"] == group["name_normalized"] == "mpdm-mia--max--owen"


def test_retention_is_told_as_it_is_in_force(own_vault: Live) -> None:
    assert told(own_vault, "C0OLD000001")["retention"] == {"type": "custom", "duration": "30"}
    set_days = {"channel_id": "C0PLAIN0001", "duration_days": 7}
    assert own_vault.call("admin.conversations.setCustomRetention", OWNER, **set_days)["ok"]
    assert told(own_vault, "C0PLAIN0001")["retention"] == {"type": "custom", "duration": "7"}
    assert own_vault.call("admin.conversations.removeCustomRetention", OWNER, channel_id="C0PLAIN0001")["ok"]
    assert told(own_vault, "C0PLAIN0001")["retention"] == {"type": "default", "duration": "90"}
    # The host's rules: Pier keeps messages for ever.
    assert told(own_vault, "C0THEIRS001")["retention"] == {"type": "default", "duration": "0"}
    change(own_vault, update(tables.organizations).values(retention_override_allowed=False))
    assert told(own_vault, "C0OLD000001")["retention"] == {"type": "default", "duration": "90"}


def test_team_narrows_and_is_refused_where_it_is_none(vault: Live) -> None:
    for team in ("", VAULT, EAST):
        assert told(vault, "C0SECRET001", team=team)["id"] == "C0SECRET001"
        assert list(stays(vault, "C0SECRET001", team=team)) == [MIA]
    for team in ("", VAULT):
        assert told(vault, "D0MIAMAX001", team=team)["is_dm"] is True
    for team in (EAST, WEST):
        assert told(vault, "C0THEIRS002", team=team)["id"] == "C0THEIRS002"
        assert told(vault, "C0WIDE00001", team=team)["id"] == "C0WIDE00001"
    for method in (INFO, MEMBERS):
        assert refused(vault, method, channel="C0SECRET001", team=WEST) == "channel_not_found"
        assert refused(vault, method, channel="D0MIAMAX001", team=EAST) == "channel_not_found"
        for team in (PIER, "T0NOSUCH001"):
            assert refused(vault, method, channel="C0SECRET001", team=team) == "team_not_found"
        assert refused(vault, method, TORCH, channel="C0WEST00001", team=WEST) == "team_access_not_granted"
    for team in (PIER, "T0NOSUCH001"):
        assert refused(vault, LIST, team=team) == "team_not_found"
    assert refused(vault, LIST, TORCH, team=WEST) == "team_access_not_granted"
    assert [row["id"] for row in ok(vault, LIST, TORCH, team=EAST)["channels"]] == OF_EAST


@pytest.mark.parametrize("channel", ["C0NOSUCH001", "C0TOTHEM001", "D0PATSOWN01", "C0BYGONE001"])
def test_what_is_not_of_the_organization_or_is_gone_is_not_found(vault: Live, channel: str) -> None:
    assert refused(vault, INFO, channel=channel) == refused(vault, MEMBERS, channel=channel) == "channel_not_found"


def test_a_deleted_channel_is_told_for_a_day_and_no_second_longer(own_vault: Live) -> None:
    deleted = own_vault.gridhall.clock.now() // 1_000_000
    own_vault.move(to=deleted)
    assert own_vault.call("admin.conversations.delete", OWNER, channel_id="C0SECRET001")["ok"]
    assert own_vault.call("admin.conversations.delete", OWNER, channel_id="C0LENT00001")["ok"]
    own_vault.move(to=deleted + DAY - 1)
    for channel, team in (("C0SECRET001", EAST), ("C0LENT00001", "")):
        assert rows(own_vault, team=team)[channel]["is_deleted"] is True
        assert told(own_vault, channel)["is_deleted"] is True
        assert MIA in stays(own_vault, channel)
        assert channel in list(rows(own_vault, only_private=True, team=team))
    assert "C0LENT00001" in rows(own_vault, only_ext_shared=True)
    own_vault.move(to=deleted + DAY)
    for channel, team in (("C0SECRET001", EAST), ("C0LENT00001", "")):
        assert channel not in rows(own_vault, team=team)
        assert channel not in rows(own_vault, only_private=True, team=team)
        assert refused(own_vault, INFO, channel=channel) == refused(own_vault, MEMBERS, channel=channel) == "channel_not_found"
    assert "C0LENT00001" not in rows(own_vault, only_ext_shared=True)


def test_members_are_told_with_when_they_came_and_left(vault: Live) -> None:
    assert stays(vault, "C0PLAIN0001") == {OWEN: (1500000000, 0)}
    both = {MAX: (1500000100, 1500000200), OWEN: (1500000000, 0)}
    assert stays(vault, "C0PLAIN0001", include_member_left=True) == stays(vault, "C0PLAIN0001", include_member_left=1) == both
    assert stays(vault, "C0LENT00001")[PAT] == (1500000300, 0)
    assert list(stays(vault, "D0PATMAX001")) == [PAT, MAX]
    assert list(stays(vault, "C0THEIRS001")) == [PAT, MIA]
    assert list(stays(vault, "G0THREE0001")) == [MAX, MIA, OWEN]
    assert stays(vault, "C0WEST00001") == {}


def test_who_comes_again_has_come_then_and_not_left(own_vault: Live) -> None:
    now = own_vault.gridhall.clock.now() // 1_000_000
    moves = [(now + 10, "join", (now + 10, 0)), (now + 20, "leave", (now + 10, now + 20)), (now + 30, "join", (now + 30, 0))]
    for at, verb, expected in moves:
        own_vault.move(to=at)
        assert own_vault.call(f"conversations.{verb}", MAXS, channel="C0PLAIN0001")["ok"]
        assert stays(own_vault, "C0PLAIN0001", include_member_left=True)[MAX] == expected
        assert (MAX in stays(own_vault, "C0PLAIN0001")) == (verb == "join")


def test_people_of_several_organizations_with_one_id_are_each_told(own_vault: Live) -> None:
    """An id is somebody's of one organization; two may have the same, as an app's bot has wherever it is."""
    row = {"conversation": "C0LENT00001", "person": MIA, "last_read": 0, "open": False, "left": 0}
    for number, organization in enumerate((PIER, REEF)):
        joined = 1600000000 + number
        change(
            own_vault,
            insert(tables.members).values(**row, organization=VAULT, person_organization=organization, joined=joined),
        )
    found: list[tuple[str, int]] = []
    cursor = ""
    while cursor or not found:
        page = ok(own_vault, MEMBERS, channel="C0LENT00001", limit=1, cursor=cursor)
        found += [(one["id"], one["date_joined"]) for one in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert found == [(PAT, 1500000300), (SAM, 1500000000), (MIA, 1500000000), (MIA, 1600000000), (MIA, 1600000001)]


def test_a_walk_tells_everyone_once_while_people_join_leave_and_archive(own_vault: Live) -> None:
    """Each page is followed by a change before and a change behind where the walk is."""
    seen: list[str] = []
    moving = iter(
        [
            ("conversations.archive", OWNER, "C0EAST00001"),
            ("conversations.join", MAXS, "C0PLAIN0001"),
            ("conversations.archive", OWNER, "C0PLAIN0001"),
            ("conversations.unarchive", OWNER, "C0PLAIN0001"),
        ]
    )
    for page in pages(own_vault, LIST, "offset", limit=1, team=EAST):
        seen += page
        for method, token, channel in (move for move in [next(moving, None)] if move is not None):
            own_vault.call(method, token, channel=channel)
    assert seen == OF_EAST
    walk = pages(own_vault, MEMBERS, "cursor", channel="G0THREE0001", limit=1)
    assert next(walk) == [MAX]
    plain = pages(own_vault, MEMBERS, "cursor", channel="C0PLAIN0001", limit=1, include_member_left=True)
    assert next(plain) == [MAX]
    assert own_vault.call("conversations.leave", MAXS, channel="C0PLAIN0001")["ok"]
    assert [id for page in plain for id in page] == [OWEN]
    assert [id for page in walk for id in page] == [MIA, OWEN]


def test_a_filter_that_passes_over_many_makes_short_pages(own_vault: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look ends after so many, whatever it finds, and the next page goes on from there."""
    monkeypatch.setattr("gridhall.storage.oversight.AHEAD", 2)
    walked = list(pages(own_vault, LIST, "offset", team=EAST, only_private=True))
    assert [id for page in walked for id in page] == ["C0SECRET001"]
    assert [] in walked
    for team, expected in LISTED.items():
        assert [id for page in pages(own_vault, LIST, "cursor", team=team, limit=3) for id in page] == expected
    assert [id for page in pages(own_vault, LIST, "cursor", only_ext_shared=True) for id in page] == [
        "C0LENT00001",
        "C0THEIRS001",
        "C0THEIRS002",
    ]
    leavers = [f"U0LEFT{number:05d}" for number in range(7)]
    row = {"organization": VAULT, "conversation": "C0PLAIN0001", "person_organization": VAULT, "last_read": 0, "open": False}
    for id in leavers:
        change(own_vault, insert(tables.members).values(**row, person=id, joined=1, left=2))
    walked = list(pages(own_vault, MEMBERS, "offset", channel="C0PLAIN0001"))
    assert [id for page in walked for id in page] == [OWEN]
    assert len(walked) > 2
    everyone = [
        id for page in pages(own_vault, MEMBERS, "cursor", channel="C0PLAIN0001", include_member_left=True) for id in page
    ]
    assert everyone == [*leavers, MAX, OWEN]


def test_a_channel_shared_with_more_workspaces_than_a_look_takes_in_is_listed_once(own_vault: Live) -> None:
    row = {"organization": PIER, "conversation": "C0THEIRS001", "other_organization": VAULT}
    statement = Statement(
        insert(tables.connections).values(**{column.name: bindparam(column.name) for column in tables.connections.c}), tuple
    )

    async def unit(work: Work) -> None:
        assert isinstance(work, SqlWork)
        await work.connection.many(statement, [row | {"workspace": f"T1{n:08d}"} for n in range(directory.AHEAD + 50)])

    own_vault.on_loop(own_vault.gridhall.storage.write(unit))
    for only in ({}, {"only_ext_shared": True}, {"only_public": True}):
        walked = [id for page in pages(own_vault, LIST, "cursor", **only) for id in page]
        assert walked.count("C0THEIRS001") == 1
        assert walked == list(dict.fromkeys(walked))
    assert [id for page in pages(own_vault, LIST, "offset") for id in page] == LISTED[""]


def test_only_overseers_are_told(own_vault: Live) -> None:
    for method, arguments in ((LIST, {}), (INFO, {"channel": "C0PLAIN0001"}), (MEMBERS, {"channel": "C0PLAIN0001"})):
        assert refused(own_vault, method, MIAS, **arguments) == "access_denied"
    assert {action for entry in entries(own_vault, VAULT) if (action := entry.action).startswith("oversight")} == {
        "oversight_refused"
    }


def test_each_look_is_logged(own_vault: Live) -> None:
    rows(own_vault, team=EAST, only_private=True)
    rows(own_vault)
    told(own_vault, "D0MIAMAX001")
    stays(own_vault, "C0LENT00001", include_member_left=True)
    assert logged(own_vault, "oversight_conversations_listed") == [
        (OWEN, VAULT, {"team": EAST, "only": "private", "conversations": 1}),
        (OWEN, VAULT, {"conversations": len(LISTED[""])}),
    ]
    assert logged(own_vault, "oversight_conversation_viewed") == [(OWEN, "D0MIAMAX001", {})]
    members = {"include_member_left": True, "members": 3}
    assert logged(own_vault, "oversight_members_listed") == [(OWEN, "C0LENT00001", members)]


def test_the_sdk_walks_them(vault: Live) -> None:
    client = WebClient(OWNER, base_url=f"{vault.url}/api/", timeout=TIMEOUT)
    found = [one["id"] for page in client.api_call(LIST, params={"limit": 2}) for one in page["channels"]]
    assert found == LISTED[""]
    channel = {"channel": "C0LENT00001", "include_member_left": 1, "limit": 2, "unknown": "x"}
    assert [one["id"] for page in client.api_call(MEMBERS, params=channel) for one in page["members"]] == [PAT, SAM, MIA]
