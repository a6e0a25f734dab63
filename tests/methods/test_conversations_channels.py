"""conversations.archive, conversations.unarchive, conversations.rename, conversations.setTopic, conversations.setPurpose"""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from gridhall.storage.tables import connections, shares
from methods.clubs import CHANNELS, CHESS, CLUBS, EVERY, GENERAL, MUSIC, TOWN, VALE, WIDE, Clubs, Someone
from methods.rows import change

CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("archive", {}),
    ("unarchive", {}),
    ("rename", {"name": "another-name"}),
    ("setTopic", {"topic": "Openings"}),
    ("setPurpose", {"purpose": "To play"}),
]

ONLY_CHANNELS = [change for change in CHANGES if change[0] not in ("setTopic", "setPurpose")]


def direct(clubs: Clubs, who: Someone, *others: Someone) -> str:
    id: str = clubs.ok("open", who, users=",".join(other.id for other in others))["channel"]["id"]
    return id


@pytest.mark.parametrize(("method", "arguments"), CHANGES)
def test_a_channel_that_one_does_not_see_is_not_found(clubs: Clubs, method: str, arguments: dict[str, Any]) -> None:
    mia, max, guest = clubs.person(), clubs.person(), clubs.person(guest="multi_channel")
    private, public = clubs.channel(mia, private=True), clubs.channel(mia)
    assert clubs.error(method, max, channel=private, **arguments) == "channel_not_found"
    assert clubs.error(method, guest, channel=public, **arguments) == "channel_not_found"
    assert clubs.error(method, clubs.person(MUSIC), channel=public, **arguments) == "channel_not_found"
    assert clubs.error(method, clubs.person(organization=TOWN), channel=public, **arguments) == "channel_not_found"
    assert clubs.error(method, mia, channel="C0NOWHERE01", **arguments) == "channel_not_found"
    assert clubs.error(method, mia, **arguments) == "channel_not_found"


@pytest.mark.parametrize(("method", "arguments"), ONLY_CHANNELS)
def test_direct_conversations_are_no_channels(clubs: Clubs, method: str, arguments: dict[str, Any]) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    for id in (direct(clubs, mia, max), direct(clubs, mia, max, lea)):
        assert clubs.error(method, mia, channel=id, **arguments) == "method_not_supported_for_channel_type"


@pytest.mark.parametrize(("method", "arguments"), CHANGES)
def test_the_scope_is_that_of_the_kind(clubs: Clubs, method: str, arguments: dict[str, Any]) -> None:
    mia = clubs.person()
    private = clubs.channel(mia, private=True)
    clubs.ok("invite", mia, channel=private, users=(max := clubs.person(scopes=["channels:write"])).id)
    assert clubs.error(method, max, channel=private, **arguments) == "missing_scope"


# Archiving.


def test_an_archived_channel_says_so(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    clubs.make(id, updated=1_500_000_000)
    assert clubs.call("archive", max, channel=id) == {"ok": True}
    channel = clubs.ok("info", mia, channel=id)["channel"]
    assert channel["is_archived"]
    assert channel["updated"] > 1_500_000_000_000
    said = clubs.history(mia, id)[-1]
    assert (said["subtype"], said["user"]) == ("channel_archive", max.id)
    assert said["text"] == f"<@{max.id}> archived the channel"
    assert clubs.audited(id)[-1] == ("public_channel_archive", max.id, {})
    assert clubs.inside(id) == sorted([mia.id, max.id])
    assert clubs.error("archive", mia, channel=id) == "already_archived"


def test_nothing_is_changed_in_an_archived_channel(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("rename", mia, channel=id, name="too-late") == "is_archived"
    assert clubs.error("setTopic", mia, channel=id, topic="Too late") == "is_archived"
    assert clubs.error("setPurpose", mia, channel=id, purpose="Too late") == "is_archived"
    assert clubs.error("join", max, channel=id) == "is_archived"
    assert clubs.error("leave", mia, channel=id) == "is_archived"
    assert clubs.error("invite", mia, channel=id, users=max.id) == "is_archived"


def test_who_is_not_in_a_channel_does_not_archive_it(clubs: Clubs) -> None:
    id = clubs.channel(clubs.person())
    assert clubs.error("archive", clubs.person(), channel=id) == "not_in_channel"
    assert clubs.error("archive", clubs.person(role="admin"), channel=id) == "not_in_channel"


def test_guests_neither_archive_nor_unarchive(clubs: Clubs) -> None:
    mia, guest = clubs.person(), clubs.person(guest="multi_channel")
    id = clubs.channel(mia, guest)
    assert clubs.error("archive", guest, channel=id) == "restricted_action"
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("unarchive", guest, channel=id) == "access_denied"


def test_the_general_channel_is_not_archived(clubs: Clubs) -> None:
    mia = clubs.person()
    clubs.ok("join", mia, channel=GENERAL)
    assert clubs.error("archive", mia, channel=GENERAL) == "cant_archive_general"


def test_who_unarchives_a_channel_is_in_it_afterwards(clubs: Clubs) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia)
    assert clubs.error("unarchive", mia, channel=id) == "not_archived"
    clubs.ok("archive", mia, channel=id)
    assert clubs.call("unarchive", max, channel=id) == {"ok": True}
    assert clubs.inside(id) == sorted([mia.id, max.id])
    assert clubs.row(id)["num_members"] == 2
    assert clubs.told(mia, id) == ["channel_archive", "channel_unarchive"]
    said = clubs.history(mia, id)[-1]
    assert (said["user"], said["text"]) == (max.id, f"<@{max.id}> un-archived the channel")
    assert [action for action, _, _ in clubs.audited(id)][-2:] == ["user_channel_join", "public_channel_unarchive"]
    assert not clubs.ok("info", mia, channel=id)["channel"]["is_archived"]


def test_who_was_in_it_all_the_time_comes_in_no_second_time(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia, private=True)
    clubs.ok("archive", mia, channel=id)
    clubs.ok("unarchive", mia, channel=id)
    assert clubs.row(id)["num_members"] == 1
    assert [action for action, _, _ in clubs.audited(id)] == [
        "private_channel_created",
        "private_channel_archive",
        "private_channel_unarchive",
    ]


def test_bots_archive_and_do_not_unarchive(clubs: Clubs) -> None:
    id = clubs.ok("create", "xoxb-board", name="archived-by-a-bot")["channel"]["id"]
    clubs.ok("archive", "xoxb-board", channel=id)
    assert clubs.error("unarchive", "xoxb-board", channel=id) == "not_allowed_token_type"


def test_an_org_level_token_unarchives_where_its_person_is(clubs: Clubs) -> None:
    mia, elsewhere = clubs.person(), clubs.person(MUSIC)
    id = clubs.channel(mia)
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("unarchive", elsewhere.org, channel=id) == "access_denied"
    assert clubs.ok("unarchive", clubs.person().org, channel=id)


def test_a_connected_channel_is_its_hosts_to_change(clubs: Clubs) -> None:
    mia, tom = clubs.person(), clubs.person(organization=TOWN, role="owner")
    id = clubs.channel(mia)
    clubs.connect(id)
    clubs.ok("join", tom, channel=id)
    assert clubs.error("rename", tom, channel=id, name="taken-over") == "not_authorized"
    assert clubs.error("archive", tom, channel=id) == "restricted_action"
    assert clubs.ok("setTopic", tom, channel=id, topic="Of both")["channel"]["topic"]["creator"] == tom.id
    clubs.ok("archive", mia, channel=id)
    assert clubs.error("unarchive", tom, channel=id) == "access_denied"


# Names.


def test_a_channel_is_renamed_in_every_workspace(clubs: Clubs) -> None:
    mia = clubs.person(CHESS, MUSIC)
    id = clubs.channel(mia, name="first")
    clubs.share(id, MUSIC, "first")
    channel = clubs.ok("rename", mia, channel=id, name="second")["channel"]
    assert (channel["name"], channel["previous_names"]) == ("second", ["first"])
    assert (channel["num_members"], channel["locale"]) == (1, "de-CH")
    rows = clubs.rows(select(shares).where(shares.c.conversation == id))
    assert {row["workspace"]: row["name"] for row in rows} == {CHESS: "second", MUSIC: "second"}
    said = clubs.history(mia, id)[-1]
    assert (said["subtype"], said["old_name"], said["name"], said["user"]) == ("channel_name", "first", "second", mia.id)
    assert said["text"] == f'<@{mia.id}> has renamed the channel from "first" to "second"'
    assert clubs.audited(id)[-1] == ("channel_renamed", mia.id, {"previous_value": "first", "new_value": "second"})


def test_names_of_before_are_kept_once_each(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia, name="one")
    for name in ("two", "three", "one", "four"):
        channel = clubs.ok("rename", mia, channel=id, name=name)["channel"]
    assert (channel["name"], channel["previous_names"]) == ("four", ["two", "three", "one"])


@pytest.mark.parametrize(
    ("name", "becomes"),
    [("Big News", "big-news"), (" trimmed ", "trimmed"), ("a  b\tc", "a-b-c"), ("ÄRGER", "ärger"), ("plain_1", "plain_1")],
)
def test_capitals_and_blanks_are_replaced(clubs: Clubs, name: str, becomes: str) -> None:
    mia = clubs.person(organization=TOWN)
    id = clubs.channel(mia)
    assert clubs.ok("rename", mia, channel=id, name=name)["channel"]["name"] == becomes
    # Another test on this server may take the name.
    clubs.ok("rename", mia, channel=id, name=id.lower())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("full.stop", "invalid_name_specials"),
        ("party🎉", "invalid_name_specials"),
    ],
)
def test_what_else_cannot_be_a_name_is_refused(clubs: Clubs, name: str, code: str) -> None:
    mia = clubs.person()
    assert clubs.error("rename", mia, channel=clubs.channel(mia), name=name) == code


def test_the_same_name_again_changes_nothing(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia, name="same-again")
    assert clubs.ok("rename", mia, channel=id, name="Same again")["channel"]["previous_names"] == []
    assert clubs.history(mia, id) == []


def test_a_name_that_is_taken_anywhere_it_would_be_is_refused(clubs: Clubs) -> None:
    mia = clubs.person(CHESS, MUSIC)
    id = clubs.channel(mia)
    clubs.share(id, MUSIC, clubs.row(id)["name"])
    clubs.channel(clubs.person(MUSIC), name="taken-in-music")
    clubs.channel(clubs.person(), name="taken-in-chess")
    for name in ("taken-in-music", "taken-in-chess", "wide", "closed-long-ago"):
        assert clubs.error("rename", mia, channel=id, name=name) == "name_taken"
    assert clubs.row(id)["previous_names"] == "[]"
    assert clubs.history(mia, id) == []


def test_a_channel_of_every_workspace_takes_no_name_that_is_taken_in_one(clubs: Clubs) -> None:
    mia = clubs.person(org_role="admin")
    id = clubs.channel(mia)
    clubs.make(id, org_wide=True)
    clubs.channel(clubs.person(MUSIC), name="only-in-music")
    assert clubs.error("rename", mia, channel=id, name="only-in-music") == "name_taken"
    assert clubs.ok("rename", mia, channel=id, name="nowhere-yet")


def test_the_creator_and_administrators_rename(clubs: Clubs) -> None:
    mia, max, guest = clubs.person(), clubs.person(), clubs.person(guest="multi_channel")
    admin, org_owner = clubs.person(role="admin"), clubs.person(org_role="owner")
    id = clubs.channel(mia, max, admin, org_owner, guest)
    assert clubs.error("rename", max, channel=id, name="by-max") == "not_authorized"
    assert clubs.error("rename", guest, channel=id, name="by-guest") == "not_authorized"
    for number, who in enumerate((mia, admin, org_owner)):
        assert clubs.ok("rename", who, channel=id, name=f"by-those-who-may-{number}")
    assert clubs.error("rename", clubs.person(role="admin"), channel=id, name="by-outsider") == "not_in_channel"
    assert clubs.error("rename", clubs.person(), channel=id, name="by-outsider") == "not_in_channel"


def test_org_level_tokens_rename_as_their_person_stands_in_the_workspace(clubs: Clubs) -> None:
    mia, max, admin = clubs.person(), clubs.person(), clubs.person(role="admin")
    id = clubs.channel(mia, max, admin)
    assert clubs.error("rename", max.org, channel=id, name="by-org-token") == "not_authorized"
    assert clubs.ok("rename", admin.org, channel=id, name="by-org-token")


def test_names_are_kept_apart_where_a_channel_is_connected(clubs: Clubs) -> None:
    mia, tom = clubs.person(role="admin"), clubs.person(organization=TOWN)
    id = clubs.channel(mia, name="apart-in-chess")
    clubs.connect(id)
    own = clubs.channel(tom, name="apart-in-town")
    # Neither the host's channel takes a name of where it is a guest, nor one there the host's.
    assert clubs.error("rename", mia, channel=id, name="apart-in-town") == "name_taken"
    assert clubs.error("rename", tom, channel=own, name="apart-in-chess") == "name_taken"
    # Two guests of one workspace.
    val = clubs.person(organization=VALE)
    other = clubs.channel(val, name="apart-in-vale")
    row = {"organization": VALE, "conversation": other, "other_organization": TOWN, "workspace": TOWN}
    change(clubs.live, insert(connections).values(**row))
    assert clubs.error("rename", val, channel=other, name="apart-in-chess") == "name_taken"
    assert clubs.ok("rename", val, channel=other, name="apart-in-music")
    # Where neither is, a name is free.
    assert clubs.ok("rename", mia, channel=clubs.channel(mia), name="apart-in-town")


def test_a_channel_of_every_workspace_has_no_connected_namesake(clubs: Clubs) -> None:
    tom, admin = clubs.person(organization=TOWN), clubs.person(org_role="admin")
    id = clubs.channel(tom, name="known-in-music")
    row = {"organization": TOWN, "conversation": id, "other_organization": CLUBS, "workspace": MUSIC}
    change(clubs.live, insert(connections).values(**row))
    channel = clubs.channel(admin)
    assert clubs.ok("rename", admin, channel=clubs.channel(admin), name="known-in-chess")
    clubs.make(channel, org_wide=True)
    assert clubs.error("rename", admin, channel=channel, name="known-in-music") == "name_taken"


def test_a_channel_comes_back_under_a_name_that_is_free(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia, name="came-back")
    clubs.ok("archive", mia, channel=id)
    # As it is loaded: its name is another channel's meanwhile, and the next one's, too.
    change(clubs.live, update(shares).where(shares.c.conversation == id).values(name=id))
    first, second = clubs.channel(mia, name="came-back"), clubs.channel(mia, name="came-back-2")
    clubs.ok("unarchive", mia, channel=id)
    channel = clubs.ok("info", mia, channel=id)["channel"]
    assert (channel["name"], channel["previous_names"]) == ("came-back-3", ["came-back"])
    names = clubs.rows(select(shares.c.conversation, shares.c.name).where(shares.c.name.startswith("came-back")))
    assert {row["conversation"]: row["name"] for row in names} == {
        id: "came-back-3",
        first: "came-back",
        second: "came-back-2",
    }
    assert clubs.told(mia, id)[-2:] == ["channel_unarchive", "channel_name"]
    assert clubs.history(mia, id)[-1]["old_name"] == "came-back"
    details = {"previous_value": "came-back", "new_value": "came-back-3"}
    assert clubs.audited(id)[-1] == ("channel_renamed", mia.id, details)


def test_a_channel_has_its_name_again_once_it_is_free(clubs: Clubs) -> None:
    mia, name = clubs.person(), "x" * 80
    id = clubs.channel(mia, name=name)
    clubs.ok("archive", mia, channel=id)
    change(clubs.live, update(shares).where(shares.c.conversation == id).values(name=id))
    clubs.ok("unarchive", mia, channel=id)
    assert clubs.row(id)["name"] == name
    assert clubs.rows(select(shares.c.name).where(shares.c.conversation == id)) == [{"name": name}]
    assert clubs.told(mia, id)[-1] == "channel_unarchive"
    clubs.ok("archive", mia, channel=id)
    change(clubs.live, update(shares).where(shares.c.conversation == id).values(name=id))
    clubs.channel(mia, name=name)
    clubs.ok("unarchive", mia, channel=id)
    assert clubs.row(id)["name"] == f"{'x' * 78}-2"


# Topics and purposes.

NOTES = [("setTopic", "topic", "channel_topic"), ("setPurpose", "purpose", "channel_purpose")]


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_a_note_is_told_in_the_channel(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    answer = clubs.ok(method, max, channel=id, **{key: "Apply with care"})
    said = clubs.history(mia, id)[-1]
    assert answer["channel"][key] == {"value": "Apply with care", "creator": max.id, "last_set": int(float(said["ts"]))}
    assert (said["subtype"], said["user"], said[key]) == (subtype, max.id, "Apply with care")
    assert said["text"] == f"set the channel {key}: Apply with care"
    assert {"bot_id", "app_id"}.isdisjoint(said)
    assert answer["channel"]["latest"] == said
    assert (answer["channel"]["is_member"], answer["channel"]["unread_count_display"]) == (True, 0)


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_a_note_mentions_nobody(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    note = f"<!channel> & <@{mia.id}> > all"
    assert clubs.ok(method, mia, channel=id, **{key: note})["channel"][key]["value"] == note
    said = clubs.history(mia, id)[-1]
    assert (said["subtype"], said[key]) == (subtype, note)
    assert said["text"] == f"set the channel {key}: &lt;!channel&gt; &amp; &lt;@{mia.id}&gt; &gt; all"


def test_a_name_of_before_mentions_nobody(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    clubs.make(id, name="<!channel>")
    clubs.ok("rename", mia, channel=id, name="plain-again")
    said = clubs.history(mia, id)[-1]
    assert said["old_name"] == "<!channel>"
    assert said["text"] == f'<@{mia.id}> has renamed the channel from "&lt;!channel&gt;" to "plain-again"'


def test_a_purpose_is_answered_beside_the_channel(clubs: Clubs) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    assert clubs.ok("setPurpose", mia, channel=id, purpose="To play")["purpose"] == "To play"
    assert "topic" not in clubs.ok("setTopic", mia, channel=id, topic="Openings")


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_a_note_has_250_characters_at_the_most(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    assert clubs.error(method, mia, channel=id, **{key: "ö" * 251}) == "too_long"
    assert clubs.ok(method, mia, channel=id, **{key: "ö" * 250})["channel"][key]["value"] == "ö" * 250


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_the_same_note_again_changes_nothing(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia, max = clubs.person(), clubs.person()
    id = clubs.channel(mia, max)
    clubs.ok(method, mia, channel=id, **{key: "The same"})
    assert clubs.ok(method, max, channel=id, **{key: "The same"})["channel"][key]["creator"] == mia.id
    assert clubs.told(mia, id) == ["channel_join", subtype]


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_an_empty_note_takes_it_away_and_none_is_an_error(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia = clubs.person()
    id = clubs.channel(mia)
    clubs.ok(method, mia, channel=id, **{key: "Something"})
    assert clubs.ok(method, mia, channel=id, **{key: ""})["channel"][key]["value"] == ""
    assert clubs.history(mia, id)[-1]["text"] == f"cleared the channel {key}"
    answer = clubs.call(method, mia, channel=id)
    assert answer == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {"messages": [f"[ERROR] missing required field: {key}"]},
    }


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_members_set_notes_and_guests_do_not(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia, guest = clubs.person(), clubs.person(guest="single_channel")
    id = clubs.channel(mia, guest)
    assert clubs.error(method, guest, channel=id, **{key: "By a guest"}) == "user_is_restricted"
    assert clubs.error(method, clubs.person(), channel=id, **{key: "From outside"}) == "not_in_channel"
    assert clubs.ok(method, mia.org, channel=id, **{key: "By an org-level token"})


@pytest.mark.parametrize(("method", "key", "subtype"), NOTES)
def test_a_group_conversation_has_notes_and_two_people_none(clubs: Clubs, method: str, key: str, subtype: str) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    pair, trio = direct(clubs, mia, max), direct(clubs, mia, max, lea)
    assert clubs.error(method, mia, channel=pair, **{key: "Us"}) == "method_not_supported_for_channel_type"
    assert clubs.ok(method, max, channel=trio, **{key: "Us"})["channel"][key]["value"] == "Us"
    assert clubs.history(mia, trio) == []


def test_an_old_private_channel_is_a_group_in_what_it_says(clubs: Clubs) -> None:
    mia, max, lea = clubs.person(), clubs.person(), clubs.person()
    id = clubs.old_group(mia)
    clubs.ok("invite", mia, channel=id, users=max.id)
    clubs.ok("setTopic", mia, channel=id, topic="Old times")
    clubs.ok("setPurpose", mia, channel=id, purpose="To remember")
    clubs.ok("rename", mia, channel=id, name=f"renamed-{id.lower()}")
    clubs.ok("leave", max, channel=id)
    clubs.ok("archive", mia, channel=id)
    clubs.ok("unarchive", mia, channel=id)
    kinds = ["join", "topic", "purpose", "name", "leave", "archive", "unarchive"]
    assert clubs.told(mia, id) == [f"group_{kind}" for kind in kinds]
    texts = [message["text"] for message in clubs.history(mia, id)]
    assert texts[0] == f"<@{max.id}> has joined the group"
    assert texts[1] == "set the group topic: Old times"
    assert texts[4] == f"<@{max.id}> has left the group"
    assert clubs.error("invite", max, channel=id, users=lea.id) == "channel_not_found"
    assert clubs.ok("info", mia, channel=id)["channel"]["is_group"] is True


def test_everybody_of_the_organization_may_find_a_channel_of_every_workspace(clubs: Clubs) -> None:
    for workspace in (CHESS, MUSIC):
        who = clubs.person(workspace)
        clubs.ok("join", who, channel=WIDE)
        assert clubs.ok("setTopic", who, channel=WIDE, topic=f"From {workspace}")
        assert clubs.error("rename", who, channel=WIDE, name="narrow") == "not_authorized"


def test_a_token_needs_a_scope_of_some_kind_at_all(clubs: Clubs) -> None:
    reading = clubs.person(scopes=["channels:read", "groups:read"])
    topics = clubs.person(scopes=["channels:write.topic", *CHANNELS[:2]])
    id = clubs.channel(clubs.person(scopes=EVERY), reading, topics)
    assert clubs.error("setTopic", reading, channel=id, topic="Openings") == "missing_scope"
    assert clubs.ok("setTopic", topics, channel=id, topic="Openings")
    assert clubs.error("archive", topics, channel=id) == "missing_scope"
