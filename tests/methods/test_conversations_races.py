"""Many at once in one conversation. Whoever wins, nothing is there twice and nothing is half done."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, or_, select, update

from gridhall.storage.tables import conversations, shares
from methods.clubs import CHESS, CLUBS, MUSIC, TOWN, Clubs, Someone, at_once
from methods.rows import change

ROUNDS = 4
EACH = 8


def calling(clubs: Clubs, method: str, who: Someone, **arguments: object) -> Callable[[], dict[str, Any]]:
    return lambda: clubs.call(method, who, **arguments)


def test_somebody_is_invited_once(clubs: Clubs) -> None:
    owners = [clubs.person() for _ in range(EACH)]
    for _ in range(ROUNDS):
        id = clubs.channel(owners[0], *owners[1:])
        lea = clubs.person()
        told = at_once(*[calling(clubs, "invite", owner, channel=id, users=lea.id) for owner in owners])
        assert told == ["already_in_channel"] * (EACH - 1) + ["ok"]
        assert clubs.told(lea, id) == ["channel_join"] * EACH
        assert [message["user"] for message in clubs.history(lea, id)].count(lea.id) == 1
        assert clubs.row(id)["num_members"] == len(clubs.inside(id)) == EACH + 1
        assert [action for action, actor, _ in clubs.audited(id) if actor == lea.id] == ["user_channel_join"]


def test_who_joins_and_is_invited_comes_in_once(clubs: Clubs) -> None:
    mia = clubs.person()
    for _ in range(ROUNDS):
        id, lea = clubs.channel(mia), clubs.person()
        joins = [calling(clubs, "join", lea, channel=id)] * 4
        invites = [calling(clubs, "invite", mia, channel=id, users=lea.id)] * 4
        told = at_once(*joins, *invites)
        assert set(told) <= {"ok", "already_in_channel"}
        assert clubs.told(mia, id) == ["channel_join"]
        assert clubs.row(id)["num_members"] == 2


def test_crowds_that_overlap_come_in_once_each(clubs: Clubs) -> None:
    mia = clubs.person()
    id, people = clubs.channel(mia), clubs.people(120)
    crowds = [people[:80], people[40:], people[::2], people[::-1]]
    told = at_once(*[calling(clubs, "invite", mia, channel=id, users=",".join(crowd), force=True) for crowd in crowds])
    assert set(told) <= {"ok", "already_in_channel"}
    assert clubs.inside(id) == sorted([mia.id, *people])
    assert clubs.row(id)["num_members"] == 121
    said = [message["user"] for message in clubs.history(mia, id)]
    assert sorted(said) == sorted(people)


def test_one_conversation_is_made_between_the_same_people(clubs: Clubs) -> None:
    for several in (False, True):
        people = [clubs.person() for _ in range(4 if several else 2)]
        calls = [
            calling(clubs, "open", who, users=",".join(other.id for other in people if other is not who)) for who in people
        ] * 4
        assert at_once(*calls) == ["ok"] * len(calls)
        key = ",".join(sorted(person.id for person in people))
        found = clubs.rows(select(conversations.c.id, conversations.c.num_members).where(conversations.c.people_key == key))
        assert [row["num_members"] for row in found] == [len(people)]
        assert clubs.inside(found[0]["id"]) == sorted(person.id for person in people)


def test_one_conversation_is_made_between_people_of_two_organizations(clubs: Clubs) -> None:
    mia, tom = clubs.person(), clubs.person(organization=TOWN)
    id = clubs.channel(mia)
    clubs.connect(id)
    clubs.ok("join", tom, channel=id)
    calls = [calling(clubs, "open", mia, users=tom.id), calling(clubs, "open", tom, users=mia.id)] * 4
    assert at_once(*calls) == ["ok"] * 8
    keys = [",".join(sorted(pair)) for pair in ([mia.id, f"{TOWN}/{tom.id}"], [f"{CLUBS}/{mia.id}", tom.id])]
    has_key = or_(*(conversations.c.people_key == key for key in keys))
    assert len(clubs.rows(select(conversations.c.id).where(has_key))) == 1


def test_nobody_joins_what_is_archived(clubs: Clubs) -> None:
    for _ in range(ROUNDS):
        mia, others = clubs.person(), [clubs.person() for _ in range(EACH)]
        id = clubs.channel(mia)
        archive = calling(clubs, "archive", mia, channel=id)
        told = at_once(
            *[calling(clubs, "join", other, channel=id) for other in others[:4]],
            archive,
            *[calling(clubs, "join", other, channel=id) for other in others[4:]],
        )
        assert set(told) <= {"ok", "is_archived"}
        kinds = clubs.told(mia, id)
        assert kinds == ["channel_join"] * (len(kinds) - 1) + ["channel_archive"]
        assert len(kinds) == told.count("ok")
        assert clubs.row(id)["num_members"] == len(clubs.inside(id)) == len(kinds)


def test_a_name_is_given_once(clubs: Clubs) -> None:
    for number in range(ROUNDS):
        name = f"race-for-{number}"
        people = [clubs.person() for _ in range(EACH)]
        renamed = [clubs.channel(person) for person in people[:4]]
        told = at_once(
            *[calling(clubs, "rename", who, channel=id, name=name) for who, id in zip(people, renamed, strict=False)],
            *[calling(clubs, "create", who, name=name, is_private=bool(at % 2)) for at, who in enumerate(people)],
        )
        assert told == ["name_taken"] * 11 + ["ok"]
        assert len(clubs.rows(select(shares.c.conversation).where(shares.c.name == name))) == 1
        assert len(clubs.rows(select(conversations.c.id).where(conversations.c.name == name))) == 1


def test_a_name_is_given_in_one_workspace_or_in_all(clubs: Clubs) -> None:
    for number in range(ROUNDS):
        name = f"far-and-wide-{number}"
        admin = clubs.person(org_role="admin")
        wide = clubs.channel(admin)
        clubs.make(wide, org_wide=True)
        makers = [clubs.person(workspace) for workspace in (CHESS, MUSIC)]
        told = at_once(
            calling(clubs, "rename", admin, channel=wide, name=name),
            *[calling(clubs, "create", who, name=name) for who in makers],
        )
        # The one of all workspaces alone, or one in each.
        named = clubs.rows(select(conversations.c.org_wide).where(conversations.c.name == name))
        assert [row["org_wide"] for row in named] in ([True], [False, False])
        assert told.count("ok") == len(named)


def test_a_name_is_given_once_where_a_channel_is_connected(clubs: Clubs) -> None:
    mia = clubs.person()
    for number in range(ROUNDS):
        name = f"across-{number}"
        connected = [clubs.channel(mia) for _ in range(2)]
        for id in connected:
            clubs.connect(id)
        makers = [clubs.person(organization=TOWN) for _ in range(4)]
        told = at_once(
            *[calling(clubs, "rename", mia, channel=id, name=name) for id in connected],
            *[calling(clubs, "create", who, name=name) for who in makers],
        )
        assert told == ["name_taken"] * 5 + ["ok"]
        assert len(clubs.rows(select(conversations.c.id).where(conversations.c.name == name))) == 1


def test_channels_come_back_under_names_of_their_own(clubs: Clubs) -> None:
    mia = clubs.person()
    name = "back-at-once"
    channels = []
    for _ in range(EACH):
        # Archived, and of one name: so they are loaded.
        id = clubs.channel(mia)
        clubs.ok("archive", mia, channel=id)
        clubs.make(id, name=name)
        change(clubs.live, update(shares).where(shares.c.conversation == id).values(name=id))
        channels.append(id)
    makes = [calling(clubs, "create", mia, name=name)] * 2
    told = at_once(*[calling(clubs, "unarchive", mia, channel=id) for id in channels], *makes)
    assert set(told) <= {"ok", "name_taken"}
    assert told.count("ok") >= EACH
    found = clubs.rows(select(conversations.c.id, conversations.c.name).where(conversations.c.name.startswith(name)))
    assert len({row["name"] for row in found}) == len(found) == told.count("ok")
    keys = clubs.rows(select(shares.c.conversation, shares.c.name).where(shares.c.name.startswith(name)))
    assert {row["conversation"]: row["name"] for row in keys} == {row["id"]: row["name"] for row in found}


def test_a_channel_is_archived_and_unarchived_once(clubs: Clubs) -> None:
    people = [clubs.person() for _ in range(EACH)]
    for _ in range(ROUNDS):
        id = clubs.channel(people[0], *people[1:4])
        archiving = [calling(clubs, "archive", who, channel=id) for who in people[:4]] * 2
        assert at_once(*archiving) == ["already_archived"] * 7 + ["ok"]
        unarchiving = [calling(clubs, "unarchive", who, channel=id) for who in people]
        assert at_once(*unarchiving) == ["not_archived"] * 7 + ["ok"]
        assert clubs.told(people[0], id)[-2:] == ["channel_archive", "channel_unarchive"]
        assert clubs.row(id)["num_members"] == len(clubs.inside(id))


def test_the_last_one_stays_in_a_private_channel(clubs: Clubs) -> None:
    for _ in range(ROUNDS):
        people = [clubs.person() for _ in range(4)]
        id = clubs.channel(people[0], *people[1:], private=True)
        told = at_once(*[calling(clubs, "leave", who, channel=id) for who in people])
        assert told == ["last_member", "ok", "ok", "ok"]
        assert clubs.row(id)["num_members"] == len(clubs.inside(id)) == 1


def test_a_single_channel_guest_gets_one_channel(clubs: Clubs) -> None:
    mia = clubs.person()
    for _ in range(ROUNDS):
        guest = clubs.person(guest="single_channel")
        channels = [clubs.channel(mia) for _ in range(EACH)]
        told = at_once(*[calling(clubs, "invite", mia, channel=id, users=guest.id) for id in channels])
        assert told == ["ok"] + ["ura_max_channels"] * (EACH - 1)


def test_somebody_is_taken_out_once(clubs: Clubs) -> None:
    mia = clubs.person()
    for _ in range(ROUNDS):
        max = clubs.person()
        id = clubs.channel(mia, max)
        told = at_once(
            *[calling(clubs, "kick", mia, channel=id, user=max.id)] * 4, *[calling(clubs, "leave", max, channel=id)] * 4
        )
        assert told.count("ok") == 1
        assert set(told) <= {"ok", "None", "not_in_channel"}
        assert clubs.row(id)["num_members"] == 1


def test_posts_and_closings_leave_no_one_waiting(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.ok("open", mia, users=max.id)["channel"]["id"]
    posts = [lambda who=who: clubs.live.call("chat.postMessage", who.token, channel=id, text="Move") for who in (mia, max)]
    closings = [calling(clubs, "close", who, channel=id) for who in (mia, max)]
    marks = [calling(clubs, "mark", who, channel=id, ts="1593473566.000200") for who in (mia, max)]
    assert at_once(*posts * 3, *closings * 2, *marks) == ["ok"] * 12
    assert len(clubs.history(mia, id)) == 6
    assert clubs.rows(select(func.count()).select_from(conversations).where(conversations.c.id == id))
