"""What people do about their own account: devices, password, second factor, and owners about others'."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from gridhall.domain.credentials import Credentials
from gridhall.domain.origin import Origin
from gridhall.storage import tables
from harness.clients import Client
from harness.databases import Databases
from methods.rows import change
from server.gates import GATES, HOME, MAX, MIA, SOLO, Gates, gates

AT_HOME = Origin(HOME, "Tests/1")


@pytest.fixture
def there(any_databases: Databases) -> Iterator[Gates]:
    with gates(any_databases) as running:
        yield running


@pytest.fixture
def here(sqlite_databases: Databases) -> Iterator[Gates]:
    """For what no engine can make different."""
    with gates(sqlite_databases) as running:
        yield running


def test_people_see_all_their_devices_the_last_used_first(there: Gates) -> None:
    first, second = (there.signed_in(place, "max@gates.test") for place in ("open", "gates"))
    there.signed_in("open", "ola@gates.test")
    there.live.move(advance=3600)
    account = there.account(first)
    assert [session.id for session in there.do("devices", account)[0]] == [first.session, second.session]


def test_a_visit_is_noted_once_a_minute_and_wherever_it_comes_from_anew(there: Gates) -> None:
    max = there.signed_in("open", "max@gates.test")
    began = there.now
    for advance, noted in ((59, began), (1, began + 60), (59, began + 60)):
        there.live.move(advance=advance)
        there.find(max.told["cookie"])
        assert there.account(max).session.last_activity == noted
    there.find(max.told["cookie"], "198.51.100.8")
    session = there.account(max, "198.51.100.8").session
    assert session.last_activity == there.now
    assert session.recent_device is not None
    assert '"ip":"198.51.100.8"' in session.recent_device


def test_nobody_is_signed_in_by_any_other_cookie(here: Gates) -> None:
    max = here.signed_in("open", "max@gates.test")
    for cookie in (None, "", "xoxd-", max.told["cookie"][:-1], max.told["cookie"] + "0", max.told["token"]):
        assert here.live.on_loop(here.live.gridhall.accounts.find(cookie, AT_HOME)) is None


def test_signing_out_ends_this_session_alone(there: Gates) -> None:
    max, other = (there.signed_in("open", "max@gates.test") for _ in range(2))
    there.do("sign_out", max.told["cookie"], AT_HOME)
    assert there.find(max.told["cookie"]) is None
    assert max.call("auth.test")["error"] == "invalid_auth"
    assert other.call("auth.test")["ok"]
    action, entry, details = there.entries()[-1]
    assert (action, entry.actor, entry.entity, details) == ("user_logout", MAX, MAX, {"client": "web"})
    assert f'"session_id":"{max.session}"' in entry.context


def test_people_end_devices_of_their_own_and_nobody_elses(there: Gates) -> None:
    max, other = (there.signed_in("open", "max@gates.test") for _ in range(2))
    ola = there.signed_in("open", "ola@gates.test")
    account = there.account(max)
    assert there.do("end_device", account, other.session, AT_HOME)
    assert other.call("auth.test")["error"] == "invalid_auth"
    for session in (other.session, ola.session, max.session, 1):
        assert not there.do("end_device", account, session, AT_HOME)
    assert ola.call("auth.test")["ok"]
    assert max.call("auth.test")["ok"]
    action, entry, details = there.entries()[-1]
    assert (action, entry.actor, entry.entity) == ("user_session_invalidated", MAX, MAX)
    assert (details["session_id"], details["client"]) == (str(other.session), "web")
    assert details["device"]["ip"] == HOME


def test_people_end_all_their_other_devices(there: Gates) -> None:
    max, *others = (there.signed_in(place, "max@gates.test") for place in ("open", "gates", "open"))
    ola = there.signed_in("open", "ola@gates.test")
    assert there.do("end_others", there.account(max), AT_HOME) == 2
    assert there.do("end_others", there.account(max), AT_HOME) == 0
    assert [client.call("auth.test")["ok"] for client in (max, *others, ola)] == [True, False, False, True]
    ended = [details["session_id"] for action, _, details in there.entries() if action == "user_session_invalidated"]
    assert sorted(ended) == sorted(str(other.session) for other in others)


def test_many_other_devices_end_in_portions(there: Gates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridhall.server.account._AT_ONCE", 2)
    max, *others = (there.signed_in("open", "max@gates.test") for _ in range(6))
    assert there.do("end_others", there.account(max), AT_HOME) == 5
    assert [client.call("auth.test")["ok"] for client in (max, *others)] == [True] + [False] * 5
    assert there.actions().count("user_session_invalidated") == 5


def test_a_changed_password_ends_the_other_sessions(there: Gates) -> None:
    max, other = (there.signed_in("open", "max@gates.test") for _ in range(2))
    there.do("change_password", there.account(max), "max-signs-in", "max-signs-in-anew", AT_HOME)
    assert max.call("auth.test")["ok"]
    assert other.call("auth.test")["error"] == "invalid_auth"
    assert there.enter("open", "max@gates.test", "max-signs-in").status == 401
    assert there.enter("open", "max@gates.test", "max-signs-in-anew").status == 200
    assert "user_password_changed" in there.actions()


def test_what_changes_how_one_signs_in_asks_for_the_password(there: Gates) -> None:
    account = there.account(there.signed_in("open", "mia@gates.test"))
    before = there.credentials(MIA)
    asked = [
        ("change_password", "wrong", "mia-signs-in-anew"),
        ("begin_two_factor", "wrong", there.one_time_code(1)),
        ("remove_two_factor", "wrong", there.one_time_code(1)),
        ("new_recovery_codes", "wrong", there.one_time_code(1)),
        ("reset_two_factor_of", "oto@gates.test", "wrong", there.one_time_code(1)),
    ]
    for what, *arguments in asked:
        assert there.refused(what, account, *arguments, AT_HOME) == "invalid_credentials"
    assert there.credentials(MIA) == before


@pytest.mark.parametrize("act", ["begin_two_factor", "remove_two_factor", "new_recovery_codes"])
def test_what_changes_a_second_factor_asks_for_a_code_of_it(there: Gates, act: str) -> None:
    account = there.account(there.signed_in("open", "mia@gates.test"))
    kept = there.do("new_recovery_codes", account, "mia-signs-in", there.one_time_code(1), AT_HOME)
    before = there.credentials(MIA), there.account(there.signed_in_by(kept[0])).recovery_codes_left
    # None, that of the sign-in, one of another secret, a recovery code that was used.
    for code in ("", there.one_time_code(), there.one_time_code(secret="A" * 32), kept[0]):
        assert there.refused(act, account, "mia-signs-in", code, AT_HOME) == "invalid_code"
    assert (there.credentials(MIA), there.account(there.signed_in_by(kept[1])).recovery_codes_left + 1) == before
    assert there.do(act, account, "mia-signs-in", kept[2], AT_HOME)


def test_codes_for_acts_count_as_those_of_signing_in_do(there: Gates) -> None:
    account, state = there.account(there.signed_in("open", "mia@gates.test")), there.state("open", "mia@gates.test")
    for _ in range(5):
        assert there.refused("remove_two_factor", account, "mia-signs-in", "12345", AT_HOME) == "invalid_code"
        assert there.code(state, "12345").status == 401
    assert there.refused("remove_two_factor", account, "mia-signs-in", there.one_time_code(1), AT_HOME) == "ratelimited"
    assert there.code(state, there.one_time_code(1)).status == 429


def test_wrong_passwords_count_as_those_of_signing_in_do(here: Gates) -> None:
    account = here.account(here.signed_in("open", "max@gates.test"))
    for _ in range(5):
        assert here.refused("begin_two_factor", account, "wrong", "", AT_HOME) == "invalid_credentials"
        assert here.enter("open", "max@gates.test", "wrong").status == 401
    assert here.refused("begin_two_factor", account, "max-signs-in", "", AT_HOME) == "ratelimited"
    assert here.enter("open", "max@gates.test").status == 429


def test_a_second_factor_counts_once_it_is_confirmed(there: Gates) -> None:
    max, other = (there.signed_in("open", "max@gates.test") for _ in range(2))
    account = there.account(max)
    factor = there.do("begin_two_factor", account, "max-signs-in", "", AT_HOME)
    assert there.do("reopen_two_factor", account, factor.state) == factor
    assert there.enter("open", "max@gates.test").status == 200
    assert there.refused("confirm_two_factor", account, factor.state, "000000", AT_HOME) == "invalid_code"
    codes = there.do("confirm_two_factor", account, factor.state, there.one_time_code(0, factor.secret), AT_HOME)
    assert len(set(codes)) == 10
    # The code by which it was confirmed is used up.
    state = there.state("open", "max@gates.test")
    assert there.code(state, there.one_time_code(0, factor.secret)).json["error"] == "invalid_code"
    assert there.code(state, codes[3]).status == 200
    assert other.call("auth.test")["ok"]
    assert "user_two_factor_set_up" in there.actions()


def test_another_second_factor_takes_the_place_of_the_first_with_its_recovery_codes(there: Gates) -> None:
    account = there.account(there.signed_in("open", "mia@gates.test"))
    old = there.do("new_recovery_codes", account, "mia-signs-in", there.one_time_code(1), AT_HOME)
    factor = there.do("begin_two_factor", account, "mia-signs-in", old[1], AT_HOME)
    there.live.move(advance=60)
    assert there.code(there.state("open", "mia@gates.test"), there.one_time_code()).status == 200
    new = there.do("confirm_two_factor", account, factor.state, there.one_time_code(0, factor.secret), AT_HOME)
    there.live.move(advance=30)
    for code, status in (
        (there.one_time_code(), 401),
        (old[0], 401),
        (there.one_time_code(0, factor.secret), 200),
        (new[0], 200),
    ):
        assert there.code(there.state("open", "mia@gates.test"), code).status == status


def test_a_second_factor_that_was_begun_is_for_its_own_session_and_for_ten_minutes(here: Gates) -> None:
    max, other = (here.account(here.signed_in("open", "max@gates.test")) for _ in range(2))
    factor = here.do("begin_two_factor", max, "max-signs-in", "", AT_HOME)
    code = here.one_time_code(0, factor.secret)
    assert here.refused("reopen_two_factor", other, factor.state) == "expired"
    assert here.refused("confirm_two_factor", other, factor.state, code, AT_HOME) == "expired"
    assert here.refused("confirm_two_factor", max, factor.state[:-1], code, AT_HOME) == "expired"
    # Nor is it a sign-in that was begun, or the other way round.
    assert here.code(factor.state, code).json["error"] == "expired"
    state = here.enter("strict", "max@gates.test").json["state"]
    assert here.refused("reopen_two_factor", max, state) == "expired"
    here.live.move(advance=601)
    assert here.refused("confirm_two_factor", max, factor.state, here.one_time_code(0, factor.secret), AT_HOME) == "expired"


def test_a_second_factor_is_confirmed_once(there: Gates) -> None:
    account = there.account(there.signed_in("open", "max@gates.test"))
    factor = there.do("begin_two_factor", account, "max-signs-in", "", AT_HOME)
    there.do("confirm_two_factor", account, factor.state, there.one_time_code(0, factor.secret), AT_HOME)
    again = there.one_time_code(1, factor.secret)
    assert there.refused("confirm_two_factor", account, factor.state, again, AT_HOME) == "expired"


def test_people_go_without_a_second_factor_where_none_is_required(there: Gates) -> None:
    mia = there.signed_in("strict", "mia@gates.test")
    assert not there.do("remove_two_factor", there.account(mia), "mia-signs-in", there.one_time_code(1), AT_HOME)
    assert there.credentials(MIA).two_factor_secret is not None
    there.live.move(advance=60)
    mia = there.signed_in("open", "mia@gates.test")
    assert there.do("remove_two_factor", there.account(mia), "mia-signs-in", there.one_time_code(1), AT_HOME)
    assert there.actions()[-1] == "user_two_factor_removed"
    assert there.enter("open", "mia@gates.test").status == 200
    assert there.enter("strict", "mia@gates.test").json["error"] == "two_factor_setup_required"
    assert mia.call("auth.test")["ok"]


def test_recovery_codes_are_made_anew_for_who_has_a_second_factor(there: Gates) -> None:
    account = there.account(there.signed_in("open", "mia@gates.test"))
    assert account.recovery_codes_left == 0
    old = there.do("new_recovery_codes", account, "mia-signs-in", there.one_time_code(1), AT_HOME)
    new = there.do("new_recovery_codes", account, "mia-signs-in", old[1], AT_HOME)
    assert not set(old) & set(new)
    assert there.code(there.state("open", "mia@gates.test"), old[0]).status == 401
    assert there.code(there.state("open", "mia@gates.test"), new[0]).status == 200
    assert there.actions().count("user_recovery_codes_renewed") == 2
    max = there.account(there.signed_in("open", "max@gates.test"))
    assert there.do("new_recovery_codes", max, "max-signs-in", "", AT_HOME) == []


@pytest.mark.parametrize(
    ("place", "owner", "person", "lets"),
    [
        ("open", "pia", "mia", True),
        ("open", "pia", "oto", True),
        ("gates", "ola", "mia", True),
        ("open", "ola", "oto", True),
        ("open", "ola", "pia", False),
        ("open", "oto", "oto", False),
        ("open", "ola", "max", False),
        ("open", "ola", "nobody", False),
        ("open", "ola", "dan", False),
        ("open", "abe", "mia", False),
        ("open", "max", "mia", False),
        ("solo", "tom", "ted", True),
        ("solo", "tia", "ted", True),
        ("solo", "tia", "tom", False),
        ("solo", "ted", "tom", False),
    ],
)
def test_owners_take_away_second_factors_that_others_lost(here: Gates, place: str, owner: str, person: str, lets: bool) -> None:
    domain = "solo" if place == "solo" else "gates"
    organization = SOLO if place == "solo" else GATES
    acting = here.signed_in(place, f"{owner}@{domain}.test")
    account = here.account(acting)
    assert account.administers_factors is (owner in ("pia", "ola", "oto", "tom", "tia"))
    theirs = f"{'U' if place == 'solo' else 'W'}0{person.upper()}000001"
    has = lets or person in ("mia", "pia", "oto", "tom")
    signed_in = here.signed_in(place, f"{person}@{domain}.test") if has and person != owner else None
    email, password = f"{person}@{domain}.test", f"{owner}-signs-in"
    assert here.do("reset_two_factor_of", account, email, password, here.one_time_code(1), AT_HOME) is lets
    if has:
        assert (here.credentials(theirs, organization).two_factor_secret is None) is lets
    if signed_in is not None:
        assert signed_in.call("auth.test")["ok"] is not lets
    if lets:
        action, entry, _ = here.entries(organization)[-1]
        assert (action, entry.entity) == ("user_two_factor_removed", theirs)
        assert entry.actor == account.person.id
        here.live.move(advance=60)
        assert not here.do("reset_two_factor_of", account, email, password, here.one_time_code(1), AT_HOME)
        assert Client(here.live, here.enter(place, email).json).call("auth.test")["ok"]


def test_an_owner_s_own_second_factor_is_asked_for_before_another_s_goes(there: Gates) -> None:
    owner = there.account(there.signed_in("open", "oto@gates.test"))
    kept = there.do("new_recovery_codes", owner, "oto-signs-in", there.one_time_code(1), AT_HOME)
    mia = there.signed_in("open", "mia@gates.test")
    before = there.credentials(MIA)
    # None, one that was used, one of another secret, a recovery code of nobody's.
    for code in ("", there.one_time_code(1), there.one_time_code(secret="A" * 32), "0000-0000-0000-0000"):
        asked = ("mia@gates.test", "oto-signs-in", code, AT_HOME)
        assert there.refused("reset_two_factor_of", owner, *asked) == "invalid_code"
    assert there.credentials(MIA) == before
    assert mia.call("auth.test")["ok"]
    assert there.do("reset_two_factor_of", owner, "mia@gates.test", "oto-signs-in", kept[0], AT_HOME)
    assert there.credentials(MIA).two_factor_secret is None
    assert mia.call("auth.test")["error"] == "invalid_auth"


def test_codes_of_an_owner_who_takes_away_another_s_count_as_those_of_signing_in_do(there: Gates) -> None:
    owner, state = there.account(there.signed_in("open", "oto@gates.test")), there.state("open", "oto@gates.test")
    for _ in range(5):
        asked = ("mia@gates.test", "oto-signs-in", "12345", AT_HOME)
        assert there.refused("reset_two_factor_of", owner, *asked) == "invalid_code"
        assert there.code(state, "12345").status == 401
    right = ("mia@gates.test", "oto-signs-in", there.one_time_code(1), AT_HOME)
    assert there.refused("reset_two_factor_of", owner, *right) == "ratelimited"
    assert there.code(state, there.one_time_code(1)).status == 429


def test_nothing_is_done_for_a_session_that_has_ended_meanwhile(there: Gates) -> None:
    mia = there.signed_in("open", "mia@gates.test")
    account = there.account(mia)
    factor = there.do("begin_two_factor", account, "mia-signs-in", there.one_time_code(1), AT_HOME)
    there.do("sign_out", mia.told["cookie"], AT_HOME)
    before: Credentials = there.credentials(MIA)
    asked: list[tuple[Any, ...]] = [
        ("change_password", "mia-signs-in", "mia-signs-in-anew"),
        ("confirm_two_factor", factor.state, there.one_time_code(0, factor.secret)),
        ("remove_two_factor", "mia-signs-in", there.one_time_code(1)),
        ("new_recovery_codes", "mia-signs-in", there.one_time_code(1)),
        ("reset_two_factor_of", "oto@gates.test", "mia-signs-in", there.one_time_code(1)),
        ("end_device", 1),
        ("end_others",),
    ]
    for what, *arguments in asked:
        assert there.refused(what, account, *arguments, AT_HOME) == "expired"
    assert there.credentials(MIA) == before
    there.do("sign_out", mia.told["cookie"], AT_HOME)
    assert there.actions().count("user_logout") == 1


def test_a_session_goes_as_far_as_its_person_and_place_do(there: Gates) -> None:
    max, mia = there.signed_in("open", "max@gates.test"), there.signed_in("open", "mia@gates.test")
    account = there.account(max)
    assert not account.two_factor_missing
    people, workspaces, organizations = tables.people, tables.workspaces, tables.organizations
    change(there.live, update(workspaces).where(workspaces.c.id == account.place.id).values(two_factor_required=True))
    assert there.account(max).two_factor_missing
    assert not there.account(mia).two_factor_missing
    change(there.live, update(people).where(people.c.id == MAX).values(deleted=True))
    assert there.find(max.told["cookie"]) is None
    fence = update(organizations).where(organizations.c.id == GATES)
    change(there.live, fence.values(network_allowlist='["203.0.113.0/24"]'))
    assert there.find(mia.told["cookie"]) is None
    assert there.find(mia.told["cookie"], "203.0.113.5") is not None
    change(there.live, fence.values(maintenance=True))
    assert there.refused("find", mia.told["cookie"], Origin("203.0.113.5", "")) == "service_unavailable"
