"""conversations.members"""

import pytest
from sqlalchemy import insert, update

from gridhall.storage.tables import members
from harness.live import Live
from methods.rows import change

INVALID_CURSOR = {"ok": False, "error": "invalid_cursor"}
STACKS = ["W0ANN000001", "W0BOB000001", "W0EVE000001", "W0GIL000001", "W0GOT000001", "W0READER001", "W0SLOWLY001"]


def page(live: Live, token: str, channel: str, **arguments: object) -> tuple[list[str], str]:
    answer = live.call("conversations.members", token, channel=channel, **arguments)
    assert answer["ok"], answer
    return answer["members"], answer["response_metadata"]["next_cursor"]


def walk(live: Live, token: str, channel: str, **arguments: object) -> tuple[list[str], int]:
    """Everybody on all pages, and how many pages there are."""
    found: list[str] = []
    cursor, pages = "", 0
    while cursor or not pages:
        some, cursor = page(live, token, channel, cursor=cursor, **arguments)
        found += some
        pages += 1
    return found, pages


@pytest.mark.parametrize(
    ("token", "channel", "found"),
    [
        ("xoxp-ann", "C0STACKS001", STACKS),
        ("xoxp-ann", "C0SECRET001", ["W0ANN000001"]),
        ("xoxp-ann", "D0ANNBOB001", ["W0ANN000001", "W0BOB000001"]),
        ("xoxp-cat", "G0THREE0001", ["W0ANN000001", "W0BOB000001", "W0CAT000001"]),
        ("xoxp-ann", "C0LENT00001", ["W0ANN000001", "U0ZED000001"]),
        ("xoxp-zed", "C0LENT00001", ["W0ANN000001", "U0ZED000001"]),
        ("xoxp-ann-org", "C0SCIENCE01", ["W0ANN000001", "W0CAT000001"]),
    ],
)
def test_members_are_listed_bots_and_deactivated_people_among_them(
    library: Live, token: str, channel: str, found: list[str]
) -> None:
    assert page(library, token, channel) == (found, "")


def test_whoever_sees_a_channel_may_ask(library: Live) -> None:
    for token in ("xoxp-eve", "xoxb-reader", "xoxp-gil"):
        assert page(library, token, "C0SHELF0001")[0] == ["W0ANN000001", "W0GIL000001"]
    assert page(library, "xoxp-eve", "C0OLDEN0001")[0] == ["W0ANN000001"]


@pytest.mark.parametrize(
    ("token", "channel"),
    [
        ("xoxp-bob", "C0SECRET001"),
        ("xoxp-eve", "D0ANNBOB001"),
        ("xoxp-cat", "C0STACKS001"),
        ("xoxp-ann", "C0GONE00001"),
        ("xoxp-gil", "C0BOTHS0001"),
        ("xoxp-ann", "C0NOWHERE01"),
    ],
)
def test_nobody_else_does(library: Live, token: str, channel: str) -> None:
    assert library.call("conversations.members", token, channel=channel) == {"ok": False, "error": "channel_not_found"}


def test_a_conversation_has_to_be_named(library: Live) -> None:
    assert library.call("conversations.members", "xoxp-ann")["error"] == "channel_not_found"


def test_each_kind_needs_its_scope(library: Live) -> None:
    answer = library.call("conversations.members", "xoxp-ann-channels", channel="C0SECRET001")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


@pytest.mark.parametrize("limit", ["0", "-1", "1000", "ten"])
def test_a_limit_is_a_number_from_1_to_999(library: Live, limit: str) -> None:
    assert library.call("conversations.members", "xoxp-ann", channel="C0STACKS001", limit=limit)["error"] == "invalid_limit"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 999])
def test_pages_of_any_size_meet_end_to_end(library: Live, limit: int) -> None:
    assert walk(library, "xoxp-ann", "C0STACKS001", limit=limit) == (STACKS, -(-len(STACKS) // limit))
    whole = ["W0ANN000001", "U0ZED000001"]
    assert walk(library, "xoxp-zed", "C0LENT00001", limit=limit) == (whole, -(-len(whole) // limit))


def test_people_who_come_and_go_between_two_pages_shift_nothing(any_library: Live) -> None:
    first, cursor = page(any_library, "xoxp-ann", "C0STACKS001", limit=3)
    stacks = members.c.conversation == "C0STACKS001"
    came = {"organization": "E0LIBRARY01", "conversation": "C0STACKS001", "person_organization": "E0LIBRARY01"}
    change(
        any_library,
        update(members).where(stacks, members.c.person == "W0ANN000001").values(left=1700000000),
        update(members).where(stacks, members.c.person == "W0GOT000001").values(left=1700000000),
        insert(members).values(**came, person="W0CAT000001", joined=1, left=0, last_read=0, open=True),
        insert(members).values(**came, person="W0ZOE000001", joined=1, left=0, last_read=0, open=True),
    )
    rest, _ = page(any_library, "xoxp-ann", "C0STACKS001", cursor=cursor)
    assert first == STACKS[:3]
    assert rest == ["W0GIL000001", "W0READER001", "W0SLOWLY001", "W0ZOE000001"]


def test_the_usual_page_has_100(any_library: Live) -> None:
    came = {"organization": "E0LIBRARY01", "conversation": "C0STACKS001", "person_organization": "E0LIBRARY01"}
    rows = [
        came | {"person": f"W0ADDED{number:04}", "joined": 1, "left": 0, "last_read": 0, "open": True} for number in range(120)
    ]
    change(any_library, insert(members).values(rows))
    first, cursor = page(any_library, "xoxp-ann", "C0STACKS001")
    rest, end = page(any_library, "xoxp-ann", "C0STACKS001", cursor=cursor)
    assert (len(first), len(rest), end) == (100, 27, "")


def test_a_cursor_is_for_one_conversation_and_one_caller(library: Live) -> None:
    _, cursor = page(library, "xoxp-ann", "C0STACKS001", limit=1)
    assert library.call("conversations.members", "xoxp-ann", channel="C0LENT00001", cursor=cursor) == INVALID_CURSOR
    assert library.call("conversations.members", "xoxp-bob", channel="C0STACKS001", cursor=cursor) == INVALID_CURSOR
    assert library.call("conversations.members", "xoxp-ann", channel="C0STACKS001", cursor="W0ANN000001") == INVALID_CURSOR
