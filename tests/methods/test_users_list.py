"""users.list"""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, literal, select, update

from gridhall.storage.tables import members, memberships, people, workspaces
from harness.databases import Databases
from harness.live import Live, live
from methods.rows import change

# fmt: off
ARTS = [
    "W0ABE000001", "W0DAN000001", "W0EASEL0001", "W0GIA000001", "W0GUS000001", "W0MAX000001", "W0MIA000001", "W0OLA000001",
    "W0PIA000001", "W0RUIN00001", "W0WES000001", "W0WIN000001",
]
# fmt: on
INVALID_CURSOR = {"ok": False, "error": "invalid_cursor"}


def ids(answer: dict[str, Any]) -> list[str]:
    assert answer["ok"], answer
    return [member["id"] for member in answer["members"]]


def next_of(answer: dict[str, Any]) -> str:
    cursor: str = answer["response_metadata"]["next_cursor"]
    return cursor


def pages(
    live: Live, token: str, limit: int, between: Callable[[], None] = lambda: None, **arguments: object
) -> list[list[str]]:
    """Every page's ids; `between` runs after the first."""
    answer = live.call("users.list", token, limit=limit, **arguments)
    found = [ids(answer)]
    between()
    while cursor := next_of(answer):
        answer = live.call("users.list", token, limit=limit, cursor=cursor, **arguments)
        found.append(ids(answer))
    return found


def test_everybody_is_listed_deactivated_people_bots_and_guests_included(any_campus: Live) -> None:
    any_campus.move(to=1700000000)
    answer = any_campus.call("users.list", "xoxp-mia")
    assert ids(answer) == ARTS
    assert (answer["cache_ts"], next_of(answer)) == (1700000000, "")
    by_id = {member["id"]: member for member in answer["members"]}
    assert (by_id["W0DAN000001"]["deleted"], by_id["W0RUIN00001"]["deleted"]) == (True, True)
    assert (by_id["W0EASEL0001"]["is_bot"], by_id["W0GIA000001"]["is_restricted"]) == (True, True)


def test_a_member_is_listed_as_users_info_tells_them(campus: Live) -> None:
    listed = campus.call("users.list", "xoxp-mia", include_locale="true")["members"]
    for member in listed:
        told = campus.call("users.info", "xoxp-mia", user=member["id"], include_locale="true")["user"]
        assert member == {name: told[name] for name in told.keys() - {"enterprise_id", "enterprise_name", "teams"}}


def test_addresses_and_languages_come_as_users_info_gives_them(campus: Live) -> None:
    with_scope = campus.call("users.list", "xoxp-max")["members"]
    without = campus.call("users.list", "xoxp-mia-plain")["members"]
    assert [member["id"] for member in with_scope if "email" not in member["profile"]] == ["W0EASEL0001", "W0RUIN00001"]
    assert not any("email" in member["profile"] for member in without)
    assert not any("locale" in member for member in with_scope)


def test_another_workspace_has_other_members(campus: Live) -> None:
    assert ids(campus.call("users.list", "xoxp-lea", limit="9")) == ["W0GAVEL0001", "W0LEA000001", "W0LOU000001", "W0MIA000001"]
    assert ids(campus.call("users.list", "xoxp-tom")) == ["U0TED000001", "U0TIA000001", "U0TOM000001"]


def test_an_org_level_token_names_a_workspace(campus: Live) -> None:
    assert campus.call("users.list", "xoxp-mia-org")["error"] == "missing_argument"
    assert ids(campus.call("users.list", "xoxp-mia-org", team_id="T0ARTS00001")) == ARTS
    for team in ("T0LAWS00001", "T0TOWN00001", "E0CAMPUS001", "T0GONE00001"):
        assert campus.call("users.list", "xoxp-mia-org", team_id=team)["error"] == "team_access_not_granted"


def test_a_workspace_token_lists_its_own_whatever_it_names(campus: Live) -> None:
    assert ids(campus.call("users.list", "xoxp-mia", team_id="T0LAWS00001")) == ARTS


def test_the_scope_is_needed(reading: Live) -> None:
    assert reading.call("users.list", "xoxp-dev-west")["needed"] == "users:read"


# Limits.


def test_a_workspace_over_its_size_is_listed_by_pages_only(campus: Live) -> None:
    for limit in ({}, {"limit": "0"}):
        assert campus.call("users.list", "xoxp-lea", **limit) == {"ok": False, "error": "limit_required"}
    assert len(ids(campus.call("users.list", "xoxp-lea", limit="1000"))) == 4


def test_a_workspace_of_just_its_size_is_not_over_it(any_campus: Live) -> None:
    change(any_campus, update(workspaces).where(workspaces.c.id == "T0ARTS00001").values(limit_required_over=len(ARTS)))
    assert ids(any_campus.call("users.list", "xoxp-mia")) == ARTS
    change(any_campus, update(workspaces).where(workspaces.c.id == "T0ARTS00001").values(limit_required_over=len(ARTS) - 1))
    assert any_campus.call("users.list", "xoxp-mia") == {"ok": False, "error": "limit_required"}


@pytest.mark.parametrize("limit", [1, 5, 6, 11, 12])
def test_pages_of_any_size_meet_end_to_end(campus: Live, limit: int) -> None:
    found = pages(campus, "xoxp-mia", limit)
    assert [id for page in found for id in page] == ARTS
    assert all(len(page) == limit for page in found[:-1])
    assert 0 < len(found[-1]) <= limit


@pytest.mark.parametrize("limit", ["-1", "ten", "1.5", "9" * 30])
def test_a_limit_is_a_number_of_people(campus: Live, limit: str) -> None:
    assert campus.call("users.list", "xoxp-mia", limit=limit)["error"] == "invalid_arguments"


def test_a_larger_limit_than_there_is_counts_as_the_largest(campus: Live) -> None:
    assert ids(campus.call("users.list", "xoxp-mia", limit="5000")) == ARTS


# Cursors.


def test_people_who_join_or_leave_between_two_pages_shift_nobody(any_campus: Live) -> None:
    def join_and_leave() -> None:
        lea = {"organization": "E0CAMPUS001", "workspace": "T0ARTS00001", "person": "W0LEA000001", "role": "member"}
        gone = memberships.c.workspace == "T0ARTS00001"
        change(
            any_campus,
            insert(memberships).values(**lea),
            delete(memberships).where(gone, memberships.c.person == "W0ABE000001"),
            delete(memberships).where(gone, memberships.c.person == "W0GIA000001"),
        )

    found = [id for page in pages(any_campus, "xoxp-mia", 4, join_and_leave) for id in page]
    assert found == sorted([*ARTS, "W0LEA000001"])


def test_the_person_that_a_page_ended_with_may_leave(own_campus: Live) -> None:
    last = delete(memberships).where(memberships.c.workspace == "T0ARTS00001", memberships.c.person == "W0GIA000001")
    assert pages(own_campus, "xoxp-mia", 4, lambda: change(own_campus, last))[1][0] == "W0GUS000001"


def test_a_cursor_outlives_a_restart(sqlite_databases: Databases) -> None:
    database = sqlite_databases.filled("campus")
    with live(database) as before:
        cursor = next_of(before.call("users.list", "xoxp-mia", limit="5"))
    with live(database) as after:
        assert ids(after.call("users.list", "xoxp-mia", limit="5", cursor=cursor)) == ARTS[5:10]


def test_a_cursor_does_not_show_its_position(campus: Live) -> None:
    answer = campus.call("users.list", "xoxp-mia", limit="1")
    cursor, [member] = next_of(answer), answer["members"]
    # Two characters alone may be there by chance.
    assert member["id"] not in cursor
    assert member["id"].encode() not in urlsafe_b64decode(cursor)


def test_a_cursor_is_refused_once_one_character_differs(campus: Live) -> None:
    cursor = next_of(campus.call("users.list", "xoxp-mia", limit="5"))
    for at, character in enumerate(cursor):
        tampered = cursor[:at] + ("A" if character != "A" else "B") + cursor[at + 1 :]
        assert campus.call("users.list", "xoxp-mia", limit="5", cursor=tampered) == INVALID_CURSOR


@pytest.mark.parametrize("cursor", ["x", "dXNlcjpVMDYxTkZUVDI=", "W0MIA000001", "é", "=" * 9, "A" * 4000])
def test_what_is_no_cursor_is_refused(campus: Live, cursor: str) -> None:
    assert campus.call("users.list", "xoxp-mia", limit="5", cursor=cursor) == INVALID_CURSOR


def test_a_cursor_opens_only_the_listing_that_it_was_made_for(campus: Live) -> None:
    cursor = next_of(campus.call("users.list", "xoxp-mia", limit="5"))
    for token in ("xoxp-max", "xoxp-mia-laws", "xoxp-gia", "xoxp-tom"):
        assert campus.call("users.list", token, limit="5", cursor=cursor) == INVALID_CURSOR
    assert campus.call("users.conversations", "xoxp-mia", cursor=cursor) == INVALID_CURSOR
    assert campus.call("auth.teams.list", "xoxp-mia", cursor=cursor) == INVALID_CURSOR
    assert ids(campus.call("users.list", "xoxp-mia-org", team_id="T0ARTS00001", limit="5", cursor=cursor)) == ARTS[5:10]


# What guests see.

SEEN_BY_GIA = ["W0EASEL0001", "W0GIA000001", "W0GUS000001", "W0MIA000001"]


@pytest.mark.parametrize("token", ["xoxp-gia", "xoxp-gus"])
def test_a_guest_sees_whom_they_share_a_conversation_with(each_campus: Live, token: str) -> None:
    assert ids(each_campus.call("users.list", token)) == SEEN_BY_GIA


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_a_guest_turns_pages_too(campus: Live, limit: int) -> None:
    found = pages(campus, "xoxp-gus", limit)
    assert [id for page in found for id in page] == SEEN_BY_GIA
    assert all(len(page) == limit for page in found[:-1])


def _crowd(size: int) -> list[Executable]:
    """Brings people like Mia into her workspace and into a channel with Gia."""
    clauses: list[Executable] = []
    for number in range(size):
        id = f"W0CROWD{number:04}"
        own = {"id": literal(id), "name": literal(f"crowd{number}"), "email": literal("")}
        copy = select(*(own.get(column.name, column) for column in people.c)).where(people.c.id == "W0MIA000001")
        clauses += [
            insert(people).from_select([column.name for column in people.c], copy),
            insert(memberships).values(organization="E0CAMPUS001", workspace="T0ARTS00001", person=id, role="member"),
            insert(members).from_select(
                [column.name for column in members.c],
                select(*({"person": literal(id)}.get(column.name, column) for column in members.c)).where(
                    members.c.person == "W0GIA000001"
                ),
            ),
        ]
    return clauses


def test_a_guest_in_a_large_channel_sees_all_of_it(any_campus: Live) -> None:
    change(any_campus, *_crowd(120), delete(memberships).where(memberships.c.person == "W0CROWD0007"))
    expected = sorted({*SEEN_BY_GIA, *(f"W0CROWD{number:04}" for number in range(120))} - {"W0CROWD0007"})
    assert ids(any_campus.call("users.list", "xoxp-gia")) == expected
    found = pages(any_campus, "xoxp-gia", 49)
    assert [len(page) for page in found] == [49, 49, 25]
    assert [id for page in found for id in page] == expected


def test_a_guest_in_no_conversation_sees_themselves(own_campus: Live) -> None:
    change(own_campus, update(members).where(members.c.person == "W0GIA000001").values(left=1700000000))
    assert ids(own_campus.call("users.list", "xoxp-gia")) == ["W0GIA000001"]


def test_a_listing_shows_who_was_deactivated_meanwhile(own_campus: Live) -> None:
    change(own_campus, update(people).where(people.c.id == "W0MAX000001").values(deleted=True))
    by_id = {member["id"]: member["deleted"] for member in own_campus.call("users.list", "xoxp-mia")["members"]}
    assert [id for id, deleted in by_id.items() if deleted] == ["W0DAN000001", "W0MAX000001", "W0RUIN00001"]
