"""Channels of one name, where somebody posts by the name."""

from sqlalchemy import insert

from gridhall.storage import tables
from methods.clubs import CHESS, CLUBS, TOWN, VALE, Clubs
from methods.rows import change


def connected(clubs: Clubs, host: str, name: str) -> str:
    """A public channel of another organization that is connected to the chess club."""
    channel = clubs.channel(clubs.person(organization=host), name=name)
    row = {"organization": host, "conversation": channel, "other_organization": CLUBS, "workspace": CHESS}
    change(clubs.live, insert(tables.connections).values(**row))
    return channel


def test_a_channel_that_one_does_not_see_hides_no_other_of_its_name(clubs: Clubs) -> None:
    owner, mia = clubs.person(), clubs.person()
    private = clubs.channel(owner, private=True, name="twins")
    link = connected(clubs, TOWN, "twins")
    clubs.ok("join", mia, channel=link)
    for token in (mia.token, owner.token):
        answer = clubs.live.call("chat.postMessage", token, channel="#twins", text="See #twins", link_names="true")
        assert answer["channel"] == (link if token == mia.token else private)
        assert answer["message"]["text"] == f"See <#{answer['channel']}|twins>"


def test_the_first_that_one_sees_counts(clubs: Clubs) -> None:
    owner, mia = clubs.person(), clubs.person()
    public = clubs.channel(owner, mia, name="triplets")
    for host in (TOWN, VALE):
        connected(clubs, host, "triplets")
    assert clubs.live.call("chat.postMessage", mia.token, channel="triplets", text="Hi")["channel"] == public


def test_of_a_name_that_nobody_lets_one_know_of_there_is_none(clubs: Clubs) -> None:
    clubs.channel(clubs.person(), private=True, name="unseen")
    answer = clubs.live.call("chat.postMessage", clubs.person().token, channel="#unseen", text="Hi")
    assert answer["error"] == "channel_not_found"
