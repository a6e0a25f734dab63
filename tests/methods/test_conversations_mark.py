"""conversations.mark"""

import pytest

from methods.clubs import BOARD, TOWN, Clubs


def last_read(clubs: Clubs, who: object, channel: str) -> str:
    return str(clubs.ok("info", who, channel=channel)["channel"]["last_read"])  # type: ignore[arg-type]


def test_the_mark_goes_where_one_says(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    assert last_read(clubs, mia, id) == "0000000000.000000"
    for ts in ("1593473566.000200", "1893456000.000000", "1500000000.000001"):
        assert clubs.call("mark", mia, channel=id, ts=ts) == {"ok": True}
        assert last_read(clubs, mia, id) == ts


def test_everything_can_be_unread_again(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.ok("open", max, users=mia.id)["channel"]["id"]
    for _ in range(3):
        clubs.live.call("chat.postMessage", max.token, channel=id, text="Hello")
    newest = clubs.history(mia, id)[-1]["ts"]
    clubs.ok("mark", mia, channel=id, ts=newest)
    assert clubs.ok("info", mia, channel=id)["channel"]["unread_count"] == 0
    clubs.ok("mark", mia, channel=id, ts="0000000000.000000")
    assert clubs.ok("info", mia, channel=id)["channel"]["unread_count"] == 3


def test_everybody_has_a_mark_of_their_own(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max, BOARD)
    clubs.ok("mark", mia, channel=id, ts="1593473566.000200")
    clubs.ok("mark", "xoxb-board", channel=id, ts="1593473566.000300")
    assert last_read(clubs, mia, id) == "1593473566.000200"
    assert last_read(clubs, max, id) == "0000000000.000000"
    assert last_read(clubs, "xoxb-board", id) == "1593473566.000300"


@pytest.mark.parametrize("ts", ["", "now", "1593473566", "x.y", "-1.000000", "1593473566.0000001", "1593473566,000200"])
def test_what_is_no_timestamp_is_refused(clubs: Clubs, ts: str) -> None:
    mia = clubs.person()
    assert clubs.error("mark", mia, channel=clubs.channel(mia), ts=ts) == "invalid_timestamp"


def test_only_members_have_a_mark(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    ts = "1593473566.000200"
    assert clubs.error("mark", clubs.person(), channel=id, ts=ts) == "not_in_channel"
    clubs.ok("leave", max, channel=id)
    assert clubs.error("mark", max, channel=id, ts=ts) == "not_in_channel"
    assert clubs.error("mark", max, channel=clubs.channel(mia, private=True), ts=ts) == "channel_not_found"
    assert clubs.error("mark", mia, ts=ts) == "channel_not_found"


def test_every_kind_of_conversation_is_marked_with_its_scope(clubs: Clubs) -> None:
    mia, tom, ts = clubs.person(), clubs.person(organization=TOWN), "1593473566.000200"
    max = clubs.person(scopes=["im:write", "im:read"])
    people = clubs.people(2)
    pair = clubs.ok("open", mia, users=max.id)["channel"]["id"]
    group = clubs.ok("open", mia, users=",".join(people))["channel"]["id"]
    channel, archived = clubs.channel(mia, max), clubs.channel(mia)
    clubs.ok("archive", mia, channel=archived)
    for id in (pair, group, channel, archived):
        assert clubs.ok("mark", mia, channel=id, ts=ts)
        assert clubs.ok("mark", mia.org, channel=id, ts=ts)
    assert clubs.ok("mark", max, channel=pair, ts=ts)
    assert clubs.error("mark", max, channel=channel, ts=ts) == "missing_scope"
    clubs.connect(channel)
    clubs.ok("join", tom, channel=channel)
    assert clubs.ok("mark", tom, channel=channel, ts=ts)
