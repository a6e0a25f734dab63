"""reactions.list"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.domain import reactions
from gridhall.storage import tables
from harness.databases import Databases
from harness.live import Live, live
from harness.rich import in_words
from methods.rows import change
from methods.zoo import ANN, BEN, CAT, CAVE, DEN, DIRECT, FAY, KEEPER, LINK, OLD, ONCE, POND, YARD, delete, keeper, post


@pytest.fixture
def zoo(any_databases: Databases) -> Iterator[Live]:
    """A server of the test's own on each engine: everything that somebody reacts to is listed."""
    with live(any_databases.filled("items")) as running:
        yield running


@pytest.fixture
def one_zoo(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the test's own, for what no engine can make different."""
    with live(sqlite_databases.filled("items")) as running:
        yield running


def react(zoo: Live, token: str, channel: str, *names: str, ts: str = "") -> str:
    """React to a message, by default to a new one; gives its `ts`."""
    ts = ts or post(zoo, channel, "xoxp-dee" if channel == POND else "xoxp-ann")
    for name in names:
        assert zoo.call("reactions.add", token, channel=channel, timestamp=ts, name=name)["ok"]
    return ts


def listed(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """The items: channel and `ts`."""
    assert answer["ok"], answer
    assert {item["type"] for item in answer["items"]} <= {"message"}
    return [(item["channel"], item["message"]["ts"]) for item in answer["items"]]


def walked(zoo: Live, token: str, **arguments: object) -> list[list[tuple[str, str]]]:
    """Every page that cursors lead through."""
    pages, cursor = [], ""
    while True:
        answer = zoo.call("reactions.list", token, cursor=cursor, **arguments)
        pages.append(listed(answer))
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            return pages


def test_the_newest_reaction_comes_first_and_each_is_an_item(zoo: Live) -> None:
    first, second = react(zoo, "xoxp-ann", DEN), react(zoo, "xoxp-ann", YARD)
    react(zoo, "xoxp-ann", YARD, "wave", ts=second)
    react(zoo, "xoxp-ann", DEN, "wave", ts=first)
    react(zoo, "xoxp-ann", YARD, "tada", ts=second)
    react(zoo, "xoxp-cat", DEN, "tada", ts=first)
    answer = zoo.call("reactions.list", "xoxp-ann")
    # Two are there from the beginning, of the den and of the archive.
    items = listed(answer)
    assert items[:3] == [(YARD, second), (DEN, first), (YARD, second)]
    assert [channel for channel, _ in items[3:]] == [OLD, DEN]
    assert answer["items"][0] == answer["items"][2]
    assert answer["items"][1] == {
        "type": "message",
        "channel": DEN,
        "message": {
            "type": "message",
            "user": ANN,
            "text": "Hello",
            "blocks": in_words("Hello"),
            "ts": first,
            "team": "T0LIONS0001",
            "app_id": "A0KEEPER001",
            "bot_id": "B0KEEPER001",
            "bot_profile": keeper(zoo),
            "reactions": [{"name": "wave", "users": [ANN], "count": 1}, {"name": "tada", "users": [CAT], "count": 1}],
            "permalink": f"{zoo.url}/w/lions/archives/{DEN}/p{first.replace('.', '')}",
        },
    }
    assert answer["paging"] == {"count": 100, "total": 5, "page": 1, "pages": 1}
    assert answer["response_metadata"] == {"next_cursor": ""}
    assert zoo.call("reactions.list", "xoxp-ann", full="true") == answer


def test_what_is_taken_back_or_deleted_is_listed_no_more(zoo: Live) -> None:
    kept, taken_back, deleted = (react(zoo, "xoxp-cat", DEN, "wave") for _ in range(3))
    zoo.call("reactions.remove", "xoxp-cat", channel=DEN, timestamp=taken_back, name="wave")
    delete(zoo, deleted)
    assert listed(zoo.call("reactions.list", "xoxp-cat")) == [(DEN, kept)]


def test_reactions_are_in_order_also_where_the_clock_stands_still(zoo: Live) -> None:
    ts = post(zoo)
    zoo.move(advance=1)
    for name in ("wave", "tada", "eyes", "bug", "apple"):
        react(zoo, "xoxp-cat", DEN, name, ts=ts)
    last = react(zoo, "xoxp-cat", DEN, "wave")
    assert [page[0] for page in walked(zoo, "xoxp-cat", limit=1)] == [(DEN, last), *[(DEN, ts)] * 5]


# Pages.


def test_cursors_lead_through_all(zoo: Live) -> None:
    everything = [(DEN, react(zoo, "xoxp-cat", DEN, "wave")) for _ in range(7)][::-1]
    for limit in (1, 3, 7, 8, 5000):
        pages = walked(zoo, "xoxp-cat", limit=limit)
        assert [*chain(*pages)] == everything
        assert [len(page) for page in pages[:-1]] == [min(limit, 7)] * (len(pages) - 1)
    assert "paging" not in zoo.call("reactions.list", "xoxp-cat", limit=3)


def test_what_comes_between_moves_no_page(zoo: Live) -> None:
    everything = [(DEN, react(zoo, "xoxp-cat", DEN, "wave")) for _ in range(4)][::-1]
    cursor = zoo.call("reactions.list", "xoxp-cat", limit=2)["response_metadata"]["next_cursor"]
    react(zoo, "xoxp-cat", DEN, "wave")
    zoo.call("reactions.remove", "xoxp-cat", channel=DEN, timestamp=everything[1][1], name="wave")
    assert listed(zoo.call("reactions.list", "xoxp-cat", cursor=cursor)) == everything[2:]


def test_many_that_were_given_at_one_time_are_all_listed(zoo: Live) -> None:
    for _ in range(5):
        react(zoo, "xoxp-cat", DEN, "wave", "tada")
    change(zoo, update(tables.reactions).where(tables.reactions.c.person == CAT).values(reacted=1600000000000000))
    whole = walked(zoo, "xoxp-cat", limit=100)[0]
    assert len(whole) == 10
    for limit in (1, 3, 4):
        assert [*chain(*walked(zoo, "xoxp-cat", limit=limit))] == whole
    assert [listed(zoo.call("reactions.list", "xoxp-cat", count=4, page=page)) for page in (1, 2, 3, 4)] == [
        whole[:4],
        whole[4:8],
        whole[8:],
        [],
    ]


def test_pages_go_by_their_number(zoo: Live) -> None:
    everything = [(DEN, react(zoo, "xoxp-cat", DEN, "wave")) for _ in range(5)][::-1]
    answers = [zoo.call("reactions.list", "xoxp-cat", count=2, page=page) for page in (1, 2, 3, 4)]
    assert [listed(answer) for answer in answers] == [everything[:2], everything[2:4], everything[4:], []]
    assert [answer["paging"] for answer in answers] == [
        {"count": 2, "total": 5, "page": page, "pages": 3} for page in (1, 2, 3, 4)
    ]
    cursors = [answer["response_metadata"]["next_cursor"] for answer in answers]
    assert listed(zoo.call("reactions.list", "xoxp-cat", cursor=cursors[0])) == everything[2:]
    assert cursors[2:] == ["", ""]


def test_counts_and_pages_have_bounds(one_zoo: Live) -> None:
    def paging(**arguments: object) -> object:
        return one_zoo.call("reactions.list", "xoxp-ann", **arguments)["paging"]

    assert paging(count=5000, page=500) == {"count": 1000, "total": 2, "page": 100, "pages": 1}
    assert paging(limit=0) == paging(user="") == {"count": 100, "total": 2, "page": 1, "pages": 1}
    for wrong in ({"count": 0}, {"count": "many"}, {"page": 0}, {"limit": -1}, {"page": "-1"}):
        assert one_zoo.call("reactions.list", "xoxp-ann", **wrong)["error"] == "invalid_arguments"


def test_pages_by_number_end_where_cursors_go_on(one_zoo: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = [(DEN, react(one_zoo, "xoxp-cat", DEN, "wave")) for _ in range(6)][::-1]
    monkeypatch.setattr(reactions, "AHEAD", 4)
    answer = one_zoo.call("reactions.list", "xoxp-cat", count=2, page=2)
    assert (listed(answer), answer["paging"]["total"]) == (everything[2:4], 4)
    rest = one_zoo.call("reactions.list", "xoxp-cat", cursor=answer["response_metadata"]["next_cursor"])
    assert listed(rest) == everything[4:]


@pytest.mark.parametrize("cursor", ["x", "dXNlcjpVMDYxTkZUVDI=", "é"])
def test_a_cursor_has_to_be_one(one_zoo: Live, cursor: str) -> None:
    assert one_zoo.call("reactions.list", "xoxp-ann", cursor=cursor)["error"] == "invalid_arguments"


def test_a_cursor_opens_only_what_it_was_made_for(one_zoo: Live) -> None:
    cursor = one_zoo.call("reactions.list", "xoxp-ann", limit=1)["response_metadata"]["next_cursor"]
    assert one_zoo.call("reactions.list", "xoxp-ann", user=ANN, cursor=cursor)["ok"]
    assert one_zoo.call("reactions.list", "xoxp-ann", user=BEN, cursor=cursor)["error"] == "invalid_arguments"
    assert one_zoo.call("reactions.list", "xoxp-ben", user=ANN, cursor=cursor)["error"] == "invalid_arguments"


# Other people's.


def test_of_others_what_the_caller_may_read_is_listed(zoo: Live) -> None:
    den, yard, cave = (react(zoo, "xoxp-cat", channel, "wave") for channel in (DEN, YARD, CAVE))
    pond = react(zoo, "xoxp-cat-bears", POND, "wave")
    assert listed(zoo.call("reactions.list", "xoxp-ann", user=CAT)) == [(CAVE, cave), (YARD, yard), (DEN, den)]
    answer = zoo.call("reactions.list", "xoxp-ben", user=CAT)
    assert (listed(answer), answer["paging"]["total"]) == ([(YARD, yard), (DEN, den)], 2)
    # Of a public channel a bot reads only what it was added to; a guest sees nothing else.
    assert listed(zoo.call("reactions.list", "xoxb-keeper", user=CAT)) == [(DEN, den)]
    assert listed(zoo.call("reactions.list", "xoxp-guy", user=CAT)) == [(DEN, den)]
    # Where else the person is is another workspace's.
    assert listed(zoo.call("reactions.list", "xoxp-dee", user=CAT)) == [(POND, pond)]
    assert listed(zoo.call("reactions.list", "xoxp-cat")) == [(CAVE, cave), (YARD, yard), (DEN, den)]


def test_what_is_not_for_the_caller_counts_nowhere(zoo: Live) -> None:
    den = [react(zoo, "xoxp-cat", DEN, "wave")]
    for _ in range(3):
        react(zoo, "xoxp-cat", CAVE, "wave")
    den.append(react(zoo, "xoxp-cat", DEN, "wave"))
    assert walked(zoo, "xoxp-ben", user=CAT, limit=2) == [[(DEN, den[1]), (DEN, den[0])]]
    assert walked(zoo, "xoxp-ben", user=CAT, limit=1) == [[(DEN, den[1])], [(DEN, den[0])]]
    pages = [zoo.call("reactions.list", "xoxp-ben", user=CAT, count=1, page=page) for page in (1, 2)]
    assert [listed(page) for page in pages] == [[(DEN, den[1])], [(DEN, den[0])]]
    assert {page["paging"]["total"] for page in pages} == {2}


def test_a_look_ends_behind_many_that_are_not_for_the_caller(zoo: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    den = react(zoo, "xoxp-cat", DEN, "wave")
    for _ in range(7):
        react(zoo, "xoxp-cat", CAVE, "wave")
    monkeypatch.setattr(reactions, "AHEAD", 3)
    assert walked(zoo, "xoxp-ben", user=CAT, limit=2) == [[], [(DEN, den)]]
    numbered = zoo.call("reactions.list", "xoxp-ben", user=CAT)
    assert (listed(numbered), numbered["paging"]["total"]) == ([], 0)
    rest = zoo.call("reactions.list", "xoxp-ben", user=CAT, cursor=numbered["response_metadata"]["next_cursor"])
    assert listed(rest) == [(DEN, den)]


def test_who_left_reads_no_more(zoo: Live) -> None:
    react(zoo, "xoxp-cat", CAVE, "wave")
    members = tables.members.c
    change(zoo, update(tables.members).where(members.conversation == CAVE, members.person == CAT).values(left=1700000000))
    assert listed(zoo.call("reactions.list", "xoxp-cat")) == []


def test_a_conversation_whose_key_was_withdrawn_is_left_out(one_zoo: Live) -> None:
    react(one_zoo, "xoxp-cat", DEN, "wave")
    yard = react(one_zoo, "xoxp-cat", YARD, "wave")
    rows = tables.conversations
    change(one_zoo, update(rows).where(rows.c.id == DEN).values(ekm_access_withdrawn=True))
    assert listed(one_zoo.call("reactions.list", "xoxp-cat")) == [(YARD, yard)]


def test_direct_messages_are_listed_for_who_is_in_them(zoo: Live) -> None:
    direct = react(zoo, "xoxp-ben", DIRECT, "wave")
    assert listed(zoo.call("reactions.list", "xoxp-ben"))[0] == (DIRECT, direct)
    assert listed(zoo.call("reactions.list", "xoxp-ann", user=BEN)) == [(DIRECT, direct), (OLD, ONCE)]
    assert listed(zoo.call("reactions.list", "xoxp-cat", user=BEN)) == [(OLD, ONCE)]


def test_a_connected_channel_is_listed_on_both_sides(zoo: Live) -> None:
    ts = react(zoo, "xoxp-fay", LINK, "wave")
    assert listed(zoo.call("reactions.list", "xoxp-fay")) == [(LINK, ts)]
    assert listed(zoo.call("reactions.list", "xoxp-ann", user=FAY)) == [(LINK, ts)]
    react(zoo, "xoxp-ann", LINK, "wave", ts=ts)
    assert listed(zoo.call("reactions.list", "xoxp-fay", user=ANN)) == [(LINK, ts)]


@pytest.mark.parametrize("user", ["W0NOBODY001", "ann", FAY])
def test_who_is_not_there_has_no_reactions(one_zoo: Live, user: str) -> None:
    token = "xoxp-ann" if user != FAY else "xoxp-guy"
    assert one_zoo.call("reactions.list", token, user=user) == {"ok": False, "error": "user_not_found"}


# Tokens.


def test_a_bot_lists_its_own(one_zoo: Live) -> None:
    ts = react(one_zoo, "xoxb-keeper", DEN, "wave")
    assert listed(one_zoo.call("reactions.list", "xoxb-keeper")) == [(DEN, ts)]
    assert listed(one_zoo.call("reactions.list", "xoxp-ann", user=KEEPER)) == [(DEN, ts)]


def test_an_org_level_token_names_a_workspace(one_zoo: Live) -> None:
    lions = one_zoo.call("reactions.list", "xoxp-ann-org", team_id="T0LIONS0001")
    assert [channel for channel, _ in listed(lions)] == [OLD, DEN]
    assert listed(one_zoo.call("reactions.list", "xoxp-ann-org", team_id="T0BEARS0001")) == []
    assert one_zoo.call("reactions.list", "xoxp-ann-org")["error"] == "invalid_arguments"
    assert one_zoo.call("reactions.list", "xoxp-ann-org", team_id="T0FARM00001")["error"] == "team_access_not_granted"
