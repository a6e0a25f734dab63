"""users.profile.set"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.storage.tables import people
from harness.audit import entries
from harness.databases import Databases
from harness.live import Live, live
from methods.rows import change

NOON = 1700000000


def put(server: Live, token: str, user: str | None = None, /, **fields: object) -> dict[str, Any]:
    """Set fields by a form, as `profile`."""
    who = {} if user is None else {"user": user}
    return server.call("users.profile.set", token, profile=json.dumps(fields), **who)


def code(answer: dict[str, Any]) -> str:
    return "ok" if answer["ok"] else answer["error"]


def profile(server: Live, token: str = "xoxp-mia", **arguments: object) -> dict[str, Any]:
    told: dict[str, Any] = server.call("users.profile.get", token, **arguments)["profile"]
    return told


def audited(server: Live, organization: str = "E0CAMPUS001") -> list[tuple[str, str, str, dict[str, Any], dict[str, Any]]]:
    """Who changed whose profile: the action, both people, and what was there before and is now."""
    told = [(entry, json.loads(entry.details)) for entry in entries(server, organization)]
    return [
        (entry.action, entry.actor, entry.entity, details["previous_profile"], details["new_profile"])
        for entry, details in told
        if entry.action in ("user_profile_updated", "user_email_updated")
    ]


# How it is asked for.


def test_several_fields_are_set_at_once_and_the_whole_profile_is_the_answer(any_campus: Live) -> None:
    any_campus.move(to=NOON)
    fields = {"title": "Sculptor", "phone": "1", "pronouns": "they/them", "display_name": "Mimi"}
    answer = put(any_campus, "xoxp-mia", **fields)
    assert answer["ok"] is True
    assert answer["username"] == "mia"
    assert fields.items() <= answer["profile"].items()
    assert answer["profile"] == profile(any_campus)
    assert any_campus.call("users.info", "xoxp-mia", user="W0MIA000001")["user"]["updated"] == NOON


def test_json_bodies_carry_objects(own_campus: Live) -> None:
    body = json.dumps({"profile": {"title": "Sculptor", "fields": {"Xf0MOTTO001": {"value": "On", "alt": ""}}}}).encode()
    headers = {"content-type": "application/json; charset=utf-8", "authorization": "Bearer xoxp-mia"}
    answer = own_campus.request("POST", "/api/users.profile.set", body, headers).json
    assert (answer["profile"]["title"], answer["profile"]["fields"]["Xf0MOTTO001"]["value"]) == ("Sculptor", "On")


def test_one_field_is_set_by_name_and_value(own_campus: Live) -> None:
    answer = own_campus.call("users.profile.set", "xoxp-mia", name="title", value="Sculptor")
    assert answer["profile"]["title"] == "Sculptor"
    assert own_campus.call("users.profile.set", "xoxp-mia", name="title", value="")["profile"]["title"] == ""
    answer = own_campus.call("users.profile.set", "xoxp-mia", name="Xf0MOTTO001", value="On")
    assert answer["profile"]["fields"]["Xf0MOTTO001"] == {"value": "On", "alt": ""}


def test_a_profile_goes_before_name_and_value(own_campus: Live) -> None:
    answer = own_campus.call("users.profile.set", "xoxp-mia", profile='{"title": "One"}', name="title", value="Two")
    assert answer["profile"]["title"] == "One"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"name": "title"},
        {"value": "Sculptor"},
        {"profile": "{"},
        {"profile": "[]"},
        {"profile": '"title"'},
        {"profile": '{"title": 1}'},
        {"profile": '{"title": null}'},
        {"profile": '{"title": ["a"]}'},
        {"profile": '{"fields": "Xf0MOTTO001"}'},
        {"profile": json.dumps({str(number): "" for number in range(51)})},
        {"profile": json.dumps({"x" * 256: ""})},
    ],
)
def test_what_is_no_profile_is_refused(campus: Live, arguments: dict[str, str]) -> None:
    assert code(campus.call("users.profile.set", "xoxp-mia", **arguments)) == "invalid_profile"


def test_fifty_fields_and_names_of_255_characters_are_taken_and_unknown_ones_ignored(own_campus: Live) -> None:
    many = {"x" * 255: "", "skype": "mia", "image_48": "https://example.com", **{str(number): "" for number in range(47)}}
    answer = put(own_campus, "xoxp-mia", **many)
    assert answer["ok"] is True
    assert answer["profile"]["skype"] == ""
    assert answer["profile"]["image_48"] == profile(own_campus)["image_48"] != "https://example.com"


def test_it_is_for_people_who_may(campus: Live) -> None:
    assert put(campus, "xoxb-easel", title="x") == {"ok": False, "error": "not_allowed_token_type"}
    assert put(campus, "xoxs-mia", title="x")["needed"] == "users.profile:write"


# Names.


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"real_name": "Ann Bee"}, ("Ann Bee", "Ann", "Bee")),
        ({"real_name": "Ann Bee Cee"}, ("Ann Bee Cee", "Ann", "Bee Cee")),
        ({"real_name": "  Ann "}, ("Ann", "Ann", "")),
        ({"first_name": "Ann"}, ("Ann Čapková Moss", "Ann", "Čapková Moss")),
        ({"last_name": "Bee"}, ("Mia Bee", "Mia", "Bee")),
        ({"first_name": "Ann", "last_name": "Bee"}, ("Ann Bee", "Ann", "Bee")),
        ({"last_name": ""}, ("Mia", "Mia", "")),
    ],
)
def test_the_real_name_is_the_first_and_the_last_one(
    own_campus: Live, fields: dict[str, str], names: tuple[str, str, str]
) -> None:
    told = put(own_campus, "xoxp-mia", **fields)["profile"]
    assert (told["real_name"], told["first_name"], told["last_name"]) == names
    assert own_campus.call("users.info", "xoxp-mia", user="W0MIA000001")["user"]["real_name"] == names[0]


@pytest.mark.parametrize(
    ("name", "normalized"), [("Zoë Ångström", "Zoe Angstrom"), ("Ярослав Ya", "Ya"), ("王 Wang", "Wang"), ("Straße", "Straße")]
)
def test_normalized_names_are_in_plain_latin(own_campus: Live, name: str, normalized: str) -> None:
    told = put(own_campus, "xoxp-mia", real_name=name, display_name=name)["profile"]
    assert (told["real_name_normalized"], told["display_name_normalized"]) == (normalized, normalized)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"real_name": ""}, "invalid_profile"),
        ({"real_name": "  "}, "invalid_profile"),
        ({"first_name": "", "last_name": ""}, "invalid_profile"),
        ({"first_name": "slackbot"}, "reserved_name"),
        ({"last_name": "SlackBot"}, "reserved_name"),
        ({"real_name": "Mia Slackbot"}, "reserved_name"),
        ({"display_name": "slackbot"}, "name_not_allowed"),
        ({"display_name": "everyone"}, "name_not_allowed"),
        ({"display_name": "@mia"}, "invalid_starts_with_at"),
        ({"display_name": "Mia 🎨"}, "invalid_emoji_not_allowed"),
        ({"real_name": "Mia ⭐"}, "invalid_emoji_not_allowed"),
        ({"first_name": "☀️"}, "invalid_emoji_not_allowed"),
        ({"display_name": "m" * 81}, "too_long"),
        ({"real_name": "m" * 81}, "too_long"),
        ({"first_name": "m" * 80, "last_name": "n"}, "too_long"),
        ({"title": "t" * 256}, "too_long"),
        ({"phone": "1" * 256}, "too_long"),
        ({"pronouns": "t" * 256}, "too_long"),
        ({"status_text": "t" * 101}, "too_long"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_set(campus: Live, fields: dict[str, str], refusal: str) -> None:
    before = profile(campus)
    assert code(put(campus, "xoxp-mia", **{"pronouns": "it/its", **fields})) == refusal
    assert profile(campus) == before


def test_the_longest_values_are_taken(own_campus: Live) -> None:
    fields = {
        "display_name": "é" * 80,
        "title": "t" * 255,
        "status_text": "🎨" * 100,
        "first_name": "m" * 40,
        "last_name": "n" * 39,
    }
    answer = put(own_campus, "xoxp-mia", **fields)
    assert fields.items() <= answer["profile"].items()


def test_a_display_name_may_be_empty(own_campus: Live) -> None:
    assert put(own_campus, "xoxp-mia", display_name=" ")["profile"]["display_name"] == ""


# The status.


def status(answer: dict[str, Any]) -> tuple[str, str, int]:
    assert answer["ok"], answer
    told = answer["profile"]
    return told["status_text"], told["status_emoji"], told["status_expiration"]


def test_a_status_is_set_and_cleared(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    later = NOON + 3600
    answer = put(own_campus, "xoxp-max", status_text="Lunch", status_emoji=":bread:", status_expiration=later)
    assert status(answer) == ("Lunch", ":bread:", later)
    assert status(put(own_campus, "xoxp-max", status_text="", status_emoji="")) == ("", "", 0)


def test_a_status_without_an_emoji_gets_the_default_one(own_campus: Live) -> None:
    assert status(put(own_campus, "xoxp-max", status_text="Lunch")) == ("Lunch", ":speech_balloon:", 0)
    assert status(put(own_campus, "xoxp-max", status_text="Tea", status_emoji="")) == ("Tea", ":speech_balloon:", 0)


def test_an_emoji_can_be_a_status(own_campus: Live) -> None:
    assert status(put(own_campus, "xoxp-max", status_emoji=":bread:")) == ("", ":bread:", 0)


def test_what_is_not_given_stays(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    assert status(put(own_campus, "xoxp-mia", status_text="Sketching")) == ("Sketching", ":art:", 0)
    assert status(put(own_campus, "xoxp-mia", status_emoji=":tea:")) == ("Sketching", ":tea:", 0)
    assert status(put(own_campus, "xoxp-mia", status_emoji="")) == ("Sketching", ":speech_balloon:", 0)
    assert status(put(own_campus, "xoxp-mia", status_expiration=NOON + 60)) == ("Sketching", ":speech_balloon:", NOON + 60)
    assert status(put(own_campus, "xoxp-mia", title="Sculptor")) == ("Sketching", ":speech_balloon:", NOON + 60)


@pytest.mark.parametrize("fields", [{"status_text": ""}, {"status_emoji": ""}])
def test_a_status_is_cleared_by_text_and_emoji_together(campus: Live, fields: dict[str, str]) -> None:
    assert code(put(campus, "xoxp-max", **fields)) == "must_clear_both_status_text_and_status_emoji"


def test_a_text_is_not_cleared_by_itself(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    assert code(put(own_campus, "xoxp-mia", status_text="")) == "must_clear_both_status_text_and_status_emoji"
    assert profile(own_campus)["status_text"] == "Painting"


def test_an_expired_status_lends_nothing_to_the_next(own_campus: Live) -> None:
    own_campus.move(to=NOON + 600)
    assert status(put(own_campus, "xoxp-mia", status_emoji=":tea:")) == ("", ":tea:", 0)
    assert status(put(own_campus, "xoxp-mia", status_text="Tea")) == ("Tea", ":tea:", 0)


def test_a_status_expires_by_the_clock(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    put(own_campus, "xoxp-max", status_text="Lunch", status_expiration=NOON + 60)
    own_campus.move(advance=59)
    assert profile(own_campus, "xoxp-max")["status_text"] == "Lunch"
    own_campus.move(advance=1)
    told = profile(own_campus, "xoxp-max")
    assert (told["status_text"], told["status_emoji"], told["status_expiration"]) == ("", "", 0)


def test_a_form_sends_the_expiration_as_text(own_campus: Live) -> None:
    own_campus.move(to=NOON)
    answer = own_campus.call("users.profile.set", "xoxp-mia", name="status_expiration", value=str(NOON + 5))
    assert status(answer) == ("Painting", ":art:", NOON + 5)


@pytest.mark.parametrize(
    "fields",
    [
        {"status_expiration": "soon"},
        {"status_expiration": -1},
        {"status_expiration": True},
        {"status_expiration": 1.5},
        {"status_expiration": None},
        {"status_expiration": 2**53},
        {"status_expiration": "9" * 5000},
        {"status_emoji": "bread"},
        {"status_emoji": ":"},
        {"status_emoji": ":two words:"},
        {"status_emoji": ":wave::skin-tone-7:"},
    ],
)
def test_a_status_that_cannot_be_is_refused(campus: Live, fields: dict[str, object]) -> None:
    assert code(put(campus, "xoxp-max", **fields)) == "invalid_profile"


def test_an_emoji_may_have_a_skin_tone(own_campus: Live) -> None:
    assert status(put(own_campus, "xoxp-max", status_emoji=":wave::skin-tone-3:"))[1] == ":wave::skin-tone-3:"


# Custom fields.


def test_custom_fields_are_set_and_cleared(any_campus: Live) -> None:
    fields = {
        "Xf0STORY001": {"value": "s" * 5000, "alt": ""},
        "Xf0START001": {"value": "2022-04-11", "alt": "April"},
        "Xf0SITE0001": {"value": "http://example.com/~mia", "alt": "a" * 256},
    }
    told = put(any_campus, "xoxp-mia", fields={**fields, "Xf0MOTTO001": {"value": ""}})["profile"]
    assert told["fields"] == fields
    assert profile(any_campus)["fields"] == fields
    assert profile(any_campus, "xoxp-mia-laws")["fields"] == {"Xf0BAR00001": {"value": "Passed", "alt": ""}}


def test_a_custom_field_may_come_as_its_value_alone(own_campus: Live) -> None:
    told = put(own_campus, "xoxp-mia", fields={"Xf0MOTTO001": "On"}, Xf0START001="2022-04-11")["profile"]["fields"]
    assert (told["Xf0MOTTO001"]["value"], told["Xf0START001"]["value"]) == ("On", "2022-04-11")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"Xf0NOTHING1": {"value": "x"}}, "invalid_profile"),
        ({"Xf0BAR00001": {"value": "x"}}, "invalid_profile"),
        ({"Xf0MOTTO001": {"value": 1}}, "invalid_profile"),
        ({"Xf0MOTTO001": [{"value": "x"}]}, "invalid_profile"),
        ({"Xf0START001": {"value": "11.4.2022"}}, "invalid_profile"),
        ({"Xf0START001": {"value": "2022-02-30"}}, "invalid_profile"),
        ({"Xf0START001": {"value": "20220411"}}, "invalid_profile"),
        ({"Xf0SITE0001": {"value": "javascript:alert(1)"}}, "invalid_profile"),
        ({"Xf0SITE0001": {"value": "https://a b"}}, "invalid_profile"),
        ({"Xf0MOTTO001": {"value": "m" * 257}}, "too_long"),
        ({"Xf0MOTTO001": {"value": "m", "alt": "a" * 257}}, "too_long"),
        ({"Xf0SITE0001": {"value": "https://" + "a" * 250}}, "too_long"),
        ({"Xf0STORY001": {"value": "s" * 5001}}, "too_long"),
    ],
)
def test_a_custom_value_fits_its_kind(campus: Live, fields: dict[str, object], refusal: str) -> None:
    assert code(put(campus, "xoxp-mia", fields=fields)) == refusal


def test_an_org_level_token_sets_the_fields_of_any_workspace(own_campus: Live) -> None:
    told = put(own_campus, "xoxp-mia-org", fields={"Xf0BAR00001": {"value": "Failed", "alt": ""}})["profile"]
    assert told["fields"]["Xf0BAR00001"]["value"] == "Failed"


# Addresses.


def test_an_administrator_changes_addresses(any_campus: Live) -> None:
    assert put(any_campus, "xoxp-abe", "W0MAX000001", email="m@new.test")["profile"]["email"] == "m@new.test"
    assert any_campus.call("users.lookupByEmail", "xoxp-mia", email="m@new.test")["user"]["id"] == "W0MAX000001"
    assert code(any_campus.call("users.lookupByEmail", "xoxp-mia", email="max@campus.test")) == "users_not_found"
    assert code(put(any_campus, "xoxp-abe", email="abe@new.test")) == "ok"


def test_an_address_is_one_person_s_in_the_organization(each_campus: Live) -> None:
    for email in ("mia@campus.test", "MIA@Campus.Test", "dan@campus.test", "lea@campus.test"):
        assert code(put(each_campus, "xoxp-abe", "W0MAX000001", email=email)) == "email_taken"


def test_one_s_own_address_and_one_of_another_organization_are_free(own_campus: Live) -> None:
    assert code(put(own_campus, "xoxp-abe", "W0MAX000001", email="MAX@CAMPUS.TEST")) == "ok"
    assert code(put(own_campus, "xoxp-abe", "W0MAX000001", email="tom@town.test")) == "ok"


@pytest.mark.parametrize("email", ["", "max", "max@", "@campus.test", "max@campus", "m ax@campus.test", "a@b@c.test", "a@b."])
def test_an_address_has_a_name_and_a_domain(campus: Live, email: str) -> None:
    assert code(put(campus, "xoxp-abe", "W0MAX000001", email=email)) == "invalid_profile"


@pytest.mark.parametrize("token", ["xoxp-mia", "xoxp-gia", "xoxp-wes", "xoxp-win"])
def test_nobody_else_changes_even_their_own(campus: Live, token: str) -> None:
    assert code(put(campus, token, email="new@campus.test")) == "not_admin"


# Who may change whom. In an organization a workspace's own administrators change display names only.

EVERYTHING, DISPLAY_NAME = {"title": "Changed"}, {"display_name": "Changed"}


@pytest.mark.parametrize(
    ("token", "user", "fields"),
    [
        ("xoxp-mia", "W0MIA000001", EVERYTHING),
        ("xoxp-gia", "W0GIA000001", EVERYTHING),
        ("xoxp-wes", "W0MAX000001", DISPLAY_NAME),
        ("xoxp-wes", "W0GIA000001", DISPLAY_NAME),
        ("xoxp-win", "W0WES000001", DISPLAY_NAME),
        ("xoxp-abe", "W0MAX000001", EVERYTHING),
        ("xoxp-abe", "W0GUS000001", EVERYTHING),
        ("xoxp-abe", "W0DAN000001", EVERYTHING),
        ("xoxp-abe-org", "W0LEA000001", EVERYTHING),
        ("xoxp-abe-org", "W0WES000001", EVERYTHING),
        ("xoxp-ola", "W0ABE000001", EVERYTHING),
        ("xoxp-pia", "W0OLA000001", EVERYTHING),
        ("xoxp-pia", "W0PIA000001", EVERYTHING),
    ],
)
def test_who_stands_higher_changes_who_stands_lower(own_campus: Live, token: str, user: str, fields: dict[str, str]) -> None:
    assert fields.items() <= put(own_campus, token, user, **fields)["profile"].items()


@pytest.mark.parametrize(
    ("token", "user", "fields", "refusal"),
    [
        ("xoxp-mia", "W0MAX000001", DISPLAY_NAME, "not_admin"),
        ("xoxp-mia", "W0GIA000001", DISPLAY_NAME, "not_admin"),
        ("xoxp-mia", "W0NOBODY001", DISPLAY_NAME, "not_admin"),
        ("xoxp-gia", "W0MIA000001", DISPLAY_NAME, "not_admin"),
        ("xoxp-wes", "W0MAX000001", EVERYTHING, "not_admin"),
        ("xoxp-wes", "W0MAX000001", EVERYTHING | DISPLAY_NAME, "not_admin"),
        ("xoxp-wes", "W0ABE000001", DISPLAY_NAME, "cannot_update_admin_user"),
        ("xoxp-wes", "W0WIN000001", DISPLAY_NAME, "cannot_update_admin_user"),
        ("xoxp-wes", "W0LEA000001", DISPLAY_NAME, "profile_set_failed"),
        ("xoxp-wes", "W0NOBODY001", DISPLAY_NAME, "profile_set_failed"),
        ("xoxp-wes", "U0TOM000001", DISPLAY_NAME, "profile_set_failed"),
        ("xoxp-win", "W0WES000001", EVERYTHING, "not_admin"),
        ("xoxp-win", "W0OLA000001", DISPLAY_NAME, "cannot_update_admin_user"),
        ("xoxp-abe", "W0WES000001", EVERYTHING, "cannot_update_admin_user"),
        ("xoxp-abe", "W0OLA000001", EVERYTHING, "cannot_update_admin_user"),
        ("xoxp-abe", "W0LEA000001", EVERYTHING, "profile_set_failed"),
        ("xoxp-abe-org", "W0OLA000001", EVERYTHING, "cannot_update_admin_user"),
        ("xoxp-mia-org", "W0LEA000001", EVERYTHING, "not_admin"),
        ("xoxp-ola", "W0WIN000001", EVERYTHING, "cannot_update_admin_user"),
        ("xoxp-ola", "W0PIA000001", EVERYTHING, "cannot_update_admin_user"),
    ],
)
def test_nobody_else_does(campus: Live, token: str, user: str, fields: dict[str, str], refusal: str) -> None:
    assert put(campus, token, user, **fields) == {"ok": False, "error": refusal}


@pytest.mark.parametrize("token", ["xoxp-mia", "xoxp-max", "xoxp-win", "xoxp-ola"])
def test_a_bot_belongs_to_owners_and_to_its_app_s_makers(own_campus: Live, token: str) -> None:
    assert put(own_campus, token, "W0EASEL0001", real_name="Easel Two")["ok"] is True
    assert own_campus.call("bots.info", "xoxp-pia", bot="B0EASEL0001")["bot"]["name"] == "Easel Two"


@pytest.mark.parametrize("token", ["xoxp-wes", "xoxp-abe", "xoxp-gia"])
def test_a_bot_belongs_to_no_other_administrators(campus: Live, token: str) -> None:
    assert put(campus, token, "W0EASEL0001", real_name="Easel Two") == {"ok": False, "error": "not_app_admin"}


def test_a_bot_has_no_address(campus: Live) -> None:
    assert code(put(campus, "xoxp-mia", "W0EASEL0001", email="easel@campus.test")) == "invalid_profile"


def test_in_a_lone_workspace_its_administrators_change_everything(own_campus: Live) -> None:
    assert code(put(own_campus, "xoxp-tia", "U0TED000001", title="Changed", email="ted@town.test")) == "ok"
    assert code(put(own_campus, "xoxp-tia", email="tia@new.test")) == "ok"
    assert code(put(own_campus, "xoxp-tia", "U0TOM000001", title="Changed")) == "cannot_update_admin_user"
    assert code(put(own_campus, "xoxp-ted", "U0TIA000001", title="Changed")) == "not_admin"
    assert code(put(own_campus, "xoxp-ted", email="ted@new.test")) == "not_admin"


def test_a_role_that_changed_counts_at_once(own_campus: Live) -> None:
    change(own_campus, update(people).where(people.c.id == "W0OLA000001").values(org_role="member"))
    assert code(put(own_campus, "xoxp-abe", "W0OLA000001", title="Changed")) == "ok"


# What is written down.


def test_changing_somebody_else_is_in_the_audit_log(any_campus: Live) -> None:
    put(any_campus, "xoxp-abe", "W0MAX000001", title="Changed", phone="secret number")
    put(any_campus, "xoxp-mia", "W0EASEL0001", title="Changed")
    before, after = {"title": ""}, {"title": "Changed"}
    assert audited(any_campus) == [
        ("user_profile_updated", "W0ABE000001", "W0MAX000001", before, after),
        ("user_profile_updated", "W0MIA000001", "W0EASEL0001", before, after),
    ]


def test_so_is_changing_oneself(any_campus: Live) -> None:
    was = profile(any_campus)
    put(any_campus, "xoxp-mia", real_name="Mia New Name", pronouns="they/them", status_text="Away", display_name="mimi")
    put(any_campus, "xoxp-mia", display_name="mimi", pronouns="they/them")
    ((action, actor, whom, before, after),) = audited(any_campus)
    assert (action, actor, whom) == ("user_profile_updated", "W0MIA000001", "W0MIA000001")
    assert after == {"real_name": "Mia New Name", "last_name": "New Name", "display_name": "mimi", "pronouns": "they/them"}
    assert before == {name: was[name] for name in after}


def test_another_address_has_an_action_of_its_own(any_campus: Live) -> None:
    put(any_campus, "xoxp-abe", "W0MAX000001", email="max.new@campus.test", title="Changed")
    assert [(action, after) for action, *_, after in audited(any_campus)] == [
        ("user_profile_updated", {"title": "Changed"}),
        ("user_email_updated", {"email": "max.new@campus.test"}),
    ]


def test_what_the_platform_does_not_tell_or_was_refused_is_not(own_campus: Live) -> None:
    put(own_campus, "xoxp-abe", phone="1", status_text="Away")
    put(own_campus, "xoxp-abe", "W0MAX000001", phone="1", status_emoji=":palm_tree:")
    put(own_campus, "xoxp-abe", "W0OLA000001", title="Changed")
    put(own_campus, "xoxp-abe", "W0MAX000001", title="t" * 256)
    assert audited(own_campus) == []


# How often.


@pytest.fixture
def limited(sqlite_databases: Databases) -> Iterator[Live]:
    """The documented limits, and a clock that stands still."""
    with live(sqlite_databases.filled("campus"), rate_factor=1.0) as running:
        running.move()
        yield running


def test_a_token_sets_one_profile_ten_times_a_minute(limited: Live) -> None:
    for user in (None, "W0MIA000001") * 5:
        assert code(put(limited, "xoxp-mia", user, title="x")) == "ok"
    assert code(put(limited, "xoxp-mia", title="x")) == "ratelimited"
    assert code(put(limited, "xoxp-mia-org", title="x")) == "ok"
    limited.move(advance=6)
    assert code(put(limited, "xoxp-mia", title="x")) == "ok"
    assert code(put(limited, "xoxp-mia", title="x")) == "ratelimited"


def test_a_token_sets_thirty_profiles_a_minute(limited: Live) -> None:
    for user in ("W0MAX000001", "W0DAN000001", "W0GIA000001"):
        for _ in range(10):
            assert code(put(limited, "xoxp-abe", user, title="x")) == "ok"
    assert code(put(limited, "xoxp-abe", "W0GUS000001", title="x")) == "ratelimited"
    limited.move(advance=2)
    assert code(put(limited, "xoxp-abe", "W0GUS000001", title="x")) == "ok"


def test_labels_are_asked_for_less_often(limited: Live) -> None:
    for _ in range(20):
        assert limited.call("users.profile.get", "xoxp-mia", include_labels="true")["ok"]
    refused = limited.reply("users.profile.get", "xoxp-mia", include_labels="true")
    assert (refused.status, refused.headers["retry-after"]) == (429, "3")
    assert limited.call("users.profile.get", "xoxp-mia")["ok"]


# All at once.


def test_of_two_who_take_an_address_at_once_one_gets_it(any_campus: Live) -> None:
    def take(attempt: tuple[int, str]) -> str:
        number, user = attempt
        return code(put(any_campus, "xoxp-abe", user, email=f"new{number}@campus.test"))

    for number in range(5):
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(take, [(number, "W0MAX000001"), (number, "W0GUS000001")]))
        assert sorted(outcomes) == ["email_taken", "ok"]


def test_changes_of_different_fields_at_once_all_count(any_campus: Live) -> None:
    fields = {"title": "Sculptor", "phone": "1", "pronouns": "they/them", "display_name": "Mimi", "status_text": "Busy"}

    def set_one(field: tuple[str, str]) -> str:
        return code(put(any_campus, "xoxp-mia", **{field[0]: field[1]}))

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(set_one, fields.items())) == {"ok"}
    assert fields.items() <= profile(any_campus).items()
