"""What administrators may do in channels of several workspaces, and outside of workspaces."""

from typing import Any

import pytest
from sqlalchemy import update

from gridhall.storage import tables
from methods.clubs import CHESS, DANCE, MUSIC, TOWN, Clubs, Someone
from methods.rows import change

Workspaces = pytest.mark.parametrize(("home", "other"), [(CHESS, MUSIC), (MUSIC, CHESS)])


def shared(clubs: Clubs, home: str, other: str, *members: Someone) -> tuple[str, Someone]:
    """A public channel at home in one workspace and shared with another, and a member of both, who made it."""
    owner = clubs.person(home, other)
    channel = clubs.channel(owner)
    clubs.share(channel, other)
    clubs.ok("invite", owner, channel=channel, users=",".join(member.id for member in members))
    return channel, owner


def administrator(clubs: Clubs, workspace: str, calls_from: str, *, also_in: str) -> Someone:
    """An administrator of one of their two workspaces, whose workspace token is for either."""
    teams = (workspace, also_in) if calls_from == workspace else (also_in, workspace)
    return clubs.promote(clubs.person(*teams), workspace)


def code(answer: dict[str, Any]) -> str:
    return "ok" if answer["ok"] else str(answer["error"])


def rule(clubs: Clubs, who: Someone, token: str, channel: str, owner: Someone) -> list[str]:
    """What comes of it when somebody rules over a channel: renames it, takes somebody out, deletes what somebody wrote."""
    someone = clubs.person(CHESS, MUSIC)
    clubs.ok("invite", owner, channel=channel, users=someone.id)
    ts = clubs.say(owner, channel)
    return [
        code(clubs.call("rename", token, channel=channel, name=f"by-{who.id.lower()}-{token[-8:].lower()}")),
        code(clubs.call("kick", token, channel=channel, user=someone.id)),
        code(clubs.live.call("chat.delete", token, channel=channel, ts=ts)),
    ]


MAY_NOT = ["not_authorized", "restricted_action", "cant_delete_message"]


@Workspaces
@pytest.mark.parametrize("from_home", [True, False])
def test_administrators_rule_where_a_channel_is_at_home(clubs: Clubs, home: str, other: str, from_home: bool) -> None:
    calls_from = home if from_home else other
    admin = administrator(clubs, home, calls_from, also_in=other)
    channel, owner = shared(clubs, home, other, admin)
    for token in (admin.token, admin.org):
        assert rule(clubs, admin, token, channel, owner) == ["ok", "ok", "ok"]


@Workspaces
@pytest.mark.parametrize("from_home", [True, False])
def test_administrators_of_another_workspace_are_members_there(clubs: Clubs, home: str, other: str, from_home: bool) -> None:
    calls_from = home if from_home else other
    admin, visitor = administrator(clubs, other, calls_from, also_in=home), clubs.person(other, role="owner")
    channel, owner = shared(clubs, home, other, admin, visitor)
    for who in (admin, visitor):
        for token in (who.token, who.org):
            assert rule(clubs, who, token, channel, owner) == MAY_NOT


def test_administrators_of_the_organization_rule_everywhere(clubs: Clubs) -> None:
    admin = clubs.person(MUSIC, org_role="admin")
    channel, owner = shared(clubs, CHESS, MUSIC, admin)
    for token in (admin.token, admin.org):
        assert rule(clubs, admin, token, channel, owner) == ["ok", "ok", "ok"]


def test_a_channel_of_every_workspace_is_the_organizations(clubs: Clubs) -> None:
    admin, org_admin = clubs.person(role="owner"), clubs.person(MUSIC, org_role="admin")
    channel, owner = shared(clubs, CHESS, MUSIC, admin, org_admin)
    clubs.make(channel, org_wide=True)
    for token in (admin.token, admin.org):
        assert rule(clubs, admin, token, channel, owner) == MAY_NOT
    assert rule(clubs, org_admin, org_admin.token, channel, owner) == ["ok", "ok", "ok"]


@Workspaces
def test_channels_for_administrators_are_for_those_at_home(clubs: Clubs, home: str, other: str) -> None:
    admins = [administrator(clubs, home, calls_from, also_in=other) for calls_from in (home, other)]
    visitors = [administrator(clubs, other, calls_from, also_in=home) for calls_from in (home, other)]
    channel, owner = shared(clubs, home, other, *admins, *visitors)
    clubs.make(channel, posting='"admins"', threads='"admins"')
    for admin in admins:
        for token in (admin.token, admin.org):
            assert clubs.say(token, channel)
            assert not clubs.ok("info", token, channel=channel)["channel"]["is_read_only"]
    for visitor in (*visitors, owner):
        for token in (visitor.token, visitor.org):
            answer = clubs.live.call("chat.postMessage", token, channel=channel, text="Words")
            assert answer["error"] == "restricted_action_read_only_channel"
            assert clubs.ok("info", token, channel=channel)["channel"]["is_read_only"]


def test_in_a_general_channel_its_own_administrators_post(clubs: Clubs) -> None:
    table = tables.workspaces
    change(clubs.live, update(table).where(table.c.id == DANCE).values(who_can_post_general="admins"))
    admin = administrator(clubs, DANCE, MUSIC, also_in=MUSIC)
    visitor = administrator(clubs, MUSIC, MUSIC, also_in=DANCE)
    channel, _ = shared(clubs, DANCE, MUSIC, admin, visitor)
    clubs.make(channel, general=True)
    assert clubs.say(admin.token, channel)
    ts = clubs.say(admin.org, channel)
    told = ("is_read_only", "is_thread_only", "is_non_threadable")
    for token in (admin.token, admin.org):
        shown = clubs.ok("info", token, channel=channel)["channel"]
        assert [shown[name] for name in told] == [False, False, False]
    for token in (visitor.token, visitor.org):
        answer = clubs.live.call("chat.postMessage", token, channel=channel, text="Words")
        assert answer["error"] == "restricted_action"
        assert clubs.live.call("chat.postMessage", token, channel=channel, text="Words", thread_ts=ts)["ok"]
        shown = clubs.ok("info", token, channel=channel)["channel"]
        assert [shown[name] for name in told] == [False, True, False]
    clubs.make(channel, threads='"admins"')
    shown = clubs.ok("info", visitor.token, channel=channel)["channel"]
    assert [shown[name] for name in told] == [True, False, False]
    answer = clubs.live.call("chat.postMessage", visitor.token, channel=channel, text="Words", thread_ts=ts)
    assert answer["error"] == "restricted_action_read_only_channel"


def test_direct_and_group_conversations_are_the_organizations(clubs: Clubs) -> None:
    mia, admin, org_admin = clubs.person(), clubs.person(role="admin"), clubs.person(org_role="admin")
    channel = clubs.ok("open", mia, users=f"{admin.id},{org_admin.id}")["channel"]["id"]
    ts = clubs.say(mia, channel)
    for token in (admin.token, admin.org):
        assert clubs.live.call("chat.delete", token, channel=channel, ts=ts)["error"] == "cant_delete_message"
    assert clubs.live.call("chat.delete", org_admin.token, channel=channel, ts=ts)["ok"]


def test_a_workspace_of_its_own_is_an_organization(clubs: Clubs) -> None:
    tom, admin = clubs.person(organization=TOWN), clubs.person(organization=TOWN, role="admin")
    channel = clubs.ok("open", tom, users=admin.id)["channel"]["id"]
    assert clubs.live.call("chat.delete", admin.token, channel=channel, ts=clubs.say(tom, channel))["ok"]


@pytest.mark.parametrize("connected", [CHESS, MUSIC])
def test_elsewhere_administrators_of_the_connected_workspace_rule_over_their_own(clubs: Clubs, connected: str) -> None:
    tom = clubs.person(organization=TOWN)
    admin = administrator(clubs, CHESS, connected, also_in=MUSIC)
    mia = clubs.person(connected)
    channel = clubs.channel(tom)
    row = {"organization": TOWN, "conversation": channel, "other_organization": "E0CLUBS0001", "workspace": connected}
    change(clubs.live, tables.connections.insert().values(**row))
    clubs.ok("invite", tom, channel=channel, users=f"{mia.id},{admin.id}")
    outcome = "ok" if connected == CHESS else "cant_delete_message"
    for token in (admin.token, admin.org):
        ts = clubs.say(mia, channel)
        assert code(clubs.live.call("chat.delete", token, channel=channel, ts=ts)) == outcome
        assert code(clubs.live.call("chat.delete", token, channel=channel, ts=clubs.say(tom, channel))) == "cant_delete_message"
