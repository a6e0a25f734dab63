"""Signing in: where, who, and by what."""

import threading
import unicodedata
from collections.abc import Iterator

import argon2
import pytest
from sqlalchemy import update

from gridhall.domain import passwords
from gridhall.domain.origin import Origin
from gridhall.domain.signing_in import SignedIn
from gridhall.storage import tables
from harness.clients import PHONE, Client, post
from harness.databases import Databases
from methods.rows import change
from server.gates import FIRM, GATES, HOME, MAX, MIA, NOON, OLA, OPEN, SECRET, SOLO, Gates, gates


@pytest.fixture
def there(any_databases: Databases) -> Iterator[Gates]:
    with gates(any_databases) as running:
        yield running


@pytest.fixture
def here(sqlite_databases: Databases) -> Iterator[Gates]:
    """For what no engine can make different."""
    with gates(sqlite_databases) as running:
        yield running


def test_who_signs_in_calls_as_themselves_where_they_signed_in(there: Gates) -> None:
    for place, team in (("open", OPEN), ("gates", GATES)):
        max = there.signed_in(place, "max@gates.test")
        assert max.told["team_id"] == team
        answer = max.call("auth.test")
        assert (answer["ok"], answer["user_id"], answer["enterprise_id"]) == (True, MAX, GATES)
        assert there.live.call("auth.test", max.told["token"])["error"] == "invalid_auth"


@pytest.mark.parametrize(
    "place",
    [
        "solo",
        " SOLO ",
        SOLO,
        SOLO.lower(),
        "w/solo",
        "https://gridhall.test/w/solo/",
        "https://gridhall.test/w/Solo/signin?next=x",
    ],
)
def test_a_place_goes_by_its_domain_its_id_or_the_address_of_its_page(reading_gates: Gates, place: str) -> None:
    reply = reading_gates.enter(place, "TIA@solo.test ", "tia-signs-in")
    assert (reply.status, reply.json["team_id"]) == (200, SOLO)


@pytest.mark.parametrize(
    ("place", "email", "password"),
    [
        ("open", "nobody@gates.test", "max-signs-in"),
        ("open", "max@gates.test", "mia-signs-in"),
        ("open", "max@gates.test", ""),
        ("open", "max@gates.test", "x" * 5000),
        ("open", "max@gates.test\x7f", "max-signs-in"),
        ("open", "m" * 5000, "max-signs-in"),
        ("open", "", ""),
        ("open", "dan@gates.test", None),
        ("open", "nia@gates.test", ""),
        ("open", "fay@firm.test", None),
        ("strict", "ola@gates.test", None),
        ("past", "max@gates.test", None),
        ("o/solo", "tia@solo.test", None),
        ("o/open", "max@gates.test", None),
        ("nowhere", "max@gates.test", None),
        ("/w//", "max@gates.test", None),
        ("", "", ""),
    ],
)
def test_whoever_is_let_in_nowhere_is_told_no_more_than_that(
    reading_gates: Gates, place: str, email: str, password: str | None
) -> None:
    reply = reading_gates.enter(place, email, password)
    assert (reply.status, reply.json) == (401, {"ok": False, "error": "invalid_credentials"})


@pytest.fixture(scope="session")
def _reading_gates(sqlite_databases: Databases) -> Iterator[Gates]:
    with gates(sqlite_databases) as running:
        yield running


@pytest.fixture
def reading_gates(_reading_gates: Gates) -> Gates:
    """One server for tests that change nothing but sessions. Time goes on between them, for the throttle's sake."""
    _reading_gates.live.move(advance=3600)
    return _reading_gates


def test_a_second_factor_is_asked_for_once_the_password_is_right(there: Gates) -> None:
    reply = there.enter("open", "mia@gates.test", "wrong")
    assert reply.json["error"] == "invalid_credentials"
    reply = there.enter("open", "mia@gates.test")
    assert (reply.status, reply.json["error"]) == (403, "code_required")
    assert "secret" not in reply.json
    reply = there.code(reply.json["state"], there.one_time_code())
    assert (reply.status, reply.json["user_id"]) == (200, MIA)
    assert "recovery_codes" not in reply.json


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_codes_stand_a_step_before_and_after_their_own(here: Gates, steps: int, status: int) -> None:
    assert here.code(here.state("open", "mia@gates.test"), here.one_time_code(steps)).status == status


def test_codes_may_be_typed_in_groups(here: Gates) -> None:
    code = here.one_time_code()
    assert here.code(here.state("open", "mia@gates.test"), f" {code[:3]} {code[3:]}\n").status == 200


def test_who_has_to_sets_up_a_second_factor_before_they_are_in(there: Gates) -> None:
    reply = there.enter("strict", "max@gates.test")
    assert (reply.status, reply.json["error"]) == (403, "two_factor_setup_required")
    secret, state = reply.json["secret"], reply.json["state"]
    assert reply.json["address"] == f"otpauth://totp/Gates:max%40gates.test?secret={secret}&issuer=Gates"
    assert there.sessions_of(MAX) == []
    assert there.code(state, there.one_time_code(2, secret)).json["error"] == "invalid_code"
    assert there.credentials(MAX).two_factor_secret is None

    reply = there.code(state, there.one_time_code(0, secret))
    assert reply.status == 200
    codes = reply.json["recovery_codes"]
    assert len(set(codes)) == 10
    assert Client(there.live, reply.json).call("auth.test")["ok"]

    # From now on it counts everywhere, and what was begun before is over.
    assert there.code(state, there.one_time_code(1, secret)).json["error"] == "expired"
    reply = there.enter("open", "max@gates.test")
    assert reply.json["error"] == "code_required"
    assert there.code(reply.json["state"], there.one_time_code(1, secret)).status == 200


def test_an_organization_that_requires_it_does_so_in_all_its_workspaces(here: Gates) -> None:
    for place in ("firm", "desk"):
        assert here.enter(place, "fay@firm.test").json["error"] == "two_factor_setup_required"


def test_each_set_up_that_is_begun_has_a_secret_of_its_own(here: Gates) -> None:
    secrets = {here.enter("strict", "max@gates.test").json["secret"] for _ in range(3)}
    assert len(secrets) == 3
    assert {len(secret) for secret in secrets} == {32}


def test_a_recovery_code_stands_in_for_the_second_factor_once_however_it_is_typed(there: Gates) -> None:
    mia = there.signed_in("open", "mia@gates.test")
    codes = there.do("new_recovery_codes", there.account(mia), "mia-signs-in", there.one_time_code(1), Origin(HOME, ""))
    first, second, third = codes[0], codes[1].lower(), codes[2].replace("-", "  ").replace("0", "O").replace("1", "l")
    for left, code in zip((9, 8, 7), (first, second, third), strict=True):
        client = Client(there.live, there.code(there.state("open", "mia@gates.test"), code).json)
        assert there.account(client).recovery_codes_left == left
        assert there.code(there.state("open", "mia@gates.test"), code).json["error"] == "invalid_code"
    told = [details for action, _, details in there.entries() if action == "user_login"]
    assert told[1:] == [{"client": "web", "second_factor": "recovery_code", "recovery_codes_left": left} for left in (9, 8, 7)]


def test_what_was_begun_is_good_for_ten_minutes(here: Gates) -> None:
    state = here.state("open", "mia@gates.test")
    here.live.move(advance=600)
    assert here.code(state, here.one_time_code()).status == 200
    state = here.state("open", "mia@gates.test")
    here.live.move(advance=601)
    assert here.code(state, here.one_time_code()).json["error"] == "expired"


def test_what_was_begun_where_the_clock_is_a_little_ahead_is_good(here: Gates) -> None:
    state = here.state("open", "mia@gates.test")
    here.live.move(to=NOON - 6)
    assert here.code(state, here.one_time_code()).json["error"] == "expired"
    here.live.move(to=NOON - 5)
    assert here.code(state, here.one_time_code()).status == 200


def test_what_was_begun_ends_with_what_it_was_begun_by(there: Gates) -> None:
    mia = there.signed_in("open", "mia@gates.test")
    before = there.state("open", "mia@gates.test")
    there.do("change_password", there.account(mia), "mia-signs-in", "mia-signs-in-anew", Origin(HOME, ""))
    assert there.code(before, there.one_time_code(1)).json["error"] == "expired"

    before = there.enter("open", "mia@gates.test", "mia-signs-in-anew").json["state"]
    assert there.do("remove_two_factor", there.account(mia), "mia-signs-in-anew", there.one_time_code(1), Origin(HOME, ""))
    assert there.code(before, there.one_time_code(1)).json["error"] == "expired"


def test_what_was_begun_ends_where_the_person_is_let_in_no_more(there: Gates) -> None:
    state = there.state("open", "mia@gates.test")
    change(there.live, update(tables.people).where(tables.people.c.id == MIA).values(deleted=True))
    assert there.code(state, there.one_time_code()).json["error"] == "expired"


def test_allowed_networks_are_held_to(here: Gates) -> None:
    for address in ("203.0.113.9", "::ffff:203.0.113.9", "2001:db8:1::1"):
        assert here.enter("fence", "max@gates.test", address=address).status == 200
    for address in ("203.0.114.1", "2001:db9::1"):
        for email in ("max@gates.test", "nobody@gates.test"):
            reply = here.enter("fence", email, address=address)
            assert (reply.status, reply.json["error"]) == (403, "accesslimited")
    # The second step is held to them as well.
    state = here.enter("fence", "mia@gates.test", address="203.0.113.9").json["state"]
    assert here.code(state, here.one_time_code(), address=HOME).json["error"] == "accesslimited"
    assert here.code(state, here.one_time_code(), address="203.0.113.9").status == 200


def test_nobody_signs_in_during_maintenance(here: Gates) -> None:
    for place in ("shut", "shutters"):
        for email in ("sue@shut.test", "nobody@shut.test"):
            reply = here.enter(place, email)
            assert (reply.status, reply.json["error"]) == (503, "service_unavailable")


def test_the_audit_log_tells_who_signed_in_from_where_and_how(there: Gates) -> None:
    max = there.signed_in("open", "max@gates.test")
    mia = there.signed_in("gates", "mia@gates.test")
    (first, of_max, told_max), (second, of_mia, told_mia) = there.entries()[-2:]
    assert (first, second) == ("user_login", "user_login")
    assert (of_max.actor, of_max.entity, of_mia.actor, of_mia.entity) == (MAX, MAX, MIA, MIA)
    assert told_max == {"client": "web", "second_factor": "none"}
    assert told_mia == {"client": "web", "second_factor": "one_time_code"}
    for entry, client, location in ((of_max, max, ("workspace", OPEN)), (of_mia, mia, ("enterprise", GATES))):
        context = entry.context
        assert f'"session_id":"{client.session}"' in context
        assert f'"ip_address":"{HOME}"' in context
        assert '"ua":"Tests/1"' in context
        assert f'"location":{{"type":"{location[0]}","id":"{location[1]}"' in context


def test_the_audit_log_tells_of_wrong_passwords_and_codes_of_people_there_are(there: Gates) -> None:
    before = len(there.entries())
    there.enter("open", "max@gates.test", "wrong")
    there.enter("open", "nia@gates.test", "wrong")
    there.code(there.state("open", "mia@gates.test"), "000000", client="mobile")
    for email in ("nobody@gates.test", "dan@gates.test", "fay@firm.test"):
        there.enter("open", email, "wrong")
    told = [(action, entry.actor, details) for action, entry, details in there.entries()[before:]]
    assert told == [
        ("user_login_failed", MAX, {"client": "web", "step": "password"}),
        ("user_login_failed", "W0NIA000001", {"client": "web", "step": "password"}),
        ("user_login_failed", MIA, {"client": "mobile", "step": "code"}),
    ]


def test_a_device_is_told_where_it_comes_from(here: Gates) -> None:
    reply = post(
        here.live,
        "signin",
        {"x-forwarded-for": HOME},
        place="open",
        email="max@gates.test",
        password="max-signs-in",
        client="mobile",
        device=PHONE,
    )
    (session,), _ = here.do("devices", here.account(Client(here.live, reply.json)))
    assert session.client == "mobile"
    assert f'"ip":"{HOME}"' in session.device


def test_a_browser_is_signed_in_to_one_place_and_takes_nothing_over(there: Gates) -> None:
    async def enter(replaces: str | None) -> str:
        sign_in = there.live.gridhall.sign_in
        place = await sign_in.find_place("w", "open")
        origin = Origin(HOME, "Tests/1")
        signed_in = await sign_in.password(
            place, "ola@gates.test", "ola-signs-in", client="web", device=None, origin=origin, replaces=replaces
        )
        assert isinstance(signed_in, SignedIn)
        return signed_in.secrets.cookie

    max = there.signed_in("open", "max@gates.test")
    ola = there.live.on_loop(enter(max.told["cookie"]))
    assert ola != max.told["cookie"]
    assert there.find(max.told["cookie"]) is None
    assert max.call("auth.test")["error"] == "invalid_auth"
    assert there.sessions_of(MAX) == []
    assert there.actions()[-2:] == ["user_logout", "user_login"]
    assert there.entries()[-2][1].actor == MAX
    # A cookie that somebody planted there is no session's, and becomes none.
    again = there.live.on_loop(enter("xoxd-planted"))
    assert there.find("xoxd-planted") is None
    assert again not in ("xoxd-planted", ola)
    assert len(there.sessions_of(OLA)) == 2


def test_a_cookie_lasts_unless_sessions_end_with_their_clients(here: Gates) -> None:
    wanted = here.enter("firm", "fay@firm.test").json
    fay = Client(here.live, here.code(wanted["state"], here.one_time_code(0, wanted["secret"])).json)
    assert not here.account(fay).lasts
    assert here.account(here.signed_in("open", "max@gates.test")).lasts


def test_a_password_that_was_hashed_as_it_no_longer_is_is_hashed_anew(there: Gates) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=2)
    for person, email in ((MAX, "max@gates.test"), (MIA, "mia@gates.test")):
        hash = old.hash("long-ago-it-was")
        change(there.live, update(tables.credentials).where(tables.credentials.c.person == person).values(password_hash=hash))
        there.enter("open", email, "wrong")
        assert there.credentials(person).password_hash == hash
        there.signed_in("open", email, "long-ago-it-was")
        anew = there.credentials(person).password_hash
        assert anew is not None
        assert "m=19456,t=2,p=1" in anew
        there.live.move(advance=30)
        there.signed_in("open", email, "long-ago-it-was")
        assert there.credentials(person).password_hash == anew


def test_a_letter_may_be_written_in_either_way(here: Gates) -> None:
    max = here.signed_in("open", "max@gates.test")
    composed = unicodedata.normalize("NFC", "Čapková-čte")
    taken_apart = unicodedata.normalize("NFD", composed)
    assert composed != taken_apart
    here.do("change_password", here.account(max), "max-signs-in", taken_apart, Origin(HOME, ""))
    for password in (composed, taken_apart):
        assert here.enter("open", "max@gates.test", password).status == 200


@pytest.mark.parametrize(("now", "status"), [("another", 401), ("max-signs-in", 200)])
def test_a_password_that_changes_while_it_is_looked_at_is_looked_at_again(
    there: Gates, monkeypatch: pytest.MonkeyPatch, now: str, status: int
) -> None:
    hashed = passwords.hash(now)
    looked, go_on, looks = threading.Event(), threading.Event(), []

    def matches(stored: str | None, password: str, matches=passwords.matches) -> bool:  # type: ignore[no-untyped-def]
        looks.append(stored)
        looked.set()
        assert go_on.wait(10)
        found: bool = matches(stored, password)
        return found

    monkeypatch.setattr(passwords, "matches", matches)
    replies = []
    asking = threading.Thread(target=lambda: replies.append(there.enter("open", "max@gates.test")))
    asking.start()
    assert looked.wait(10)
    change(there.live, update(tables.credentials).where(tables.credentials.c.person == MAX).values(password_hash=hashed))
    go_on.set()
    asking.join(10)
    assert replies[0].status == status
    assert looks[1:] == [hashed]


def test_secrets_are_kept_nowhere_in_clear(there: Gates) -> None:
    mia = there.signed_in("open", "mia@gates.test")
    (code, *_) = there.do("new_recovery_codes", there.account(mia), "mia-signs-in", there.one_time_code(1), Origin(HOME, ""))
    log = there.live.log.getvalue()
    told = "".join(f"{entry.details}{entry.context}{entry.actor_told}{entry.entity_told}" for _, entry, _ in there.entries())
    for secret in (mia.told["cookie"], mia.told["token"], "mia-signs-in", SECRET, code):
        assert secret not in log
        assert secret not in told
    stored = there.credentials(MIA).password_hash
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert FIRM not in told
