"""Who is not let in: guesses, replays, planted cookies, and floods of them."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest

from gridhall.domain import devices, passwords
from gridhall.domain.origin import Origin
from gridhall.server import throttle
from harness.clients import Client, post
from harness.databases import Databases
from harness.live import Reply
from server.gates import HOME, MAX, MIA, Gates, gates

AT_HOME = Origin(HOME, "Tests/1")
UNKNOWN = "nobody@gates.test"


@pytest.fixture
def there(any_databases: Databases) -> Iterator[Gates]:
    with gates(any_databases) as running:
        yield running


@pytest.fixture
def here(sqlite_databases: Databases) -> Iterator[Gates]:
    """For what no engine can make different."""
    with gates(sqlite_databases) as running:
        yield running


@pytest.fixture
def two(postgres_databases: Databases) -> Iterator[list[Gates]]:
    """Two workers over one database."""
    database = postgres_databases.filled("gates")
    with gates(postgres_databases, database=database) as first, gates(postgres_databases, database=database) as second:
        yield [first, second]


def at_once(asking: list[Callable[[], Reply]]) -> list[Reply]:
    """The answers to requests that are all on their way together."""
    begin = threading.Barrier(len(asking))

    def ask(what: Callable[[], Reply]) -> Reply:
        begin.wait(10)
        return what()

    with ThreadPoolExecutor(len(asking)) as pool:
        return list(pool.map(ask, asking))


# Codes.


def test_no_code_but_the_right_one_lets_anybody_in(there: Gates) -> None:
    state = there.state("open", "mia@gates.test")
    right = there.one_time_code()
    wide = "".join(chr(ord("０") + int(digit)) for digit in right)
    wrong = ["", right[:5], right + "0", wide, f"-{right[1:]}", there.one_time_code(-40), there.one_time_code(secret="A" * 32)]
    for code in wrong:
        reply = there.code(state, code)
        assert (reply.status, reply.json["error"]) == (401, "invalid_code"), code
    assert there.sessions_of(MIA) == []
    assert there.code(state, right).status == 200


def test_a_code_is_taken_once(there: Gates) -> None:
    state = there.state("open", "mia@gates.test")
    used, next = there.one_time_code(), there.one_time_code(1)
    assert there.code(state, used).status == 200
    assert there.code(state, used).json["error"] == "invalid_code"
    assert there.code(there.state("gates", "mia@gates.test"), used).json["error"] == "invalid_code"
    assert there.code(state, next).status == 200
    # Nor is any before it, though its time is not over.
    there.live.move(advance=30)
    for code in (used, next):
        assert there.code(state, code).json["error"] == "invalid_code"
    assert len(there.sessions_of(MIA)) == 2


def test_of_requests_at_once_with_one_code_one_is_let_in(there: Gates) -> None:
    code, states = there.one_time_code(), [there.state("open", "mia@gates.test") for _ in range(8)]
    replies = at_once([lambda state=state: there.code(state, code) for state in states])  # type: ignore[misc]
    assert sorted(reply.status for reply in replies) == [200, *[401] * 7]
    assert len(there.sessions_of(MIA)) == 1


def test_of_two_workers_one_takes_a_code(two: list[Gates]) -> None:
    state, code = two[0].state("open", "mia@gates.test"), two[0].one_time_code()
    replies = at_once([lambda worker=worker: worker.code(state, code) for worker in two * 4])  # type: ignore[misc]
    assert sorted(reply.status for reply in replies) == [200, *[401] * 7]
    assert len(two[1].sessions_of(MIA)) == 1


def test_of_two_workers_one_takes_a_recovery_code(two: list[Gates]) -> None:
    account = two[0].account(two[0].signed_in("open", "mia@gates.test"))
    (code, *_) = two[0].do("new_recovery_codes", account, "mia-signs-in", two[0].one_time_code(1), AT_HOME)
    state = two[1].state("open", "mia@gates.test")
    replies = at_once([lambda worker=worker: worker.code(state, code) for worker in two * 4])  # type: ignore[misc]
    assert sorted(reply.status for reply in replies) == [200, *[401] * 7]


def test_of_two_workers_one_sets_up_a_second_factor(two: list[Gates]) -> None:
    begun = two[0].enter("strict", "max@gates.test").json
    code = two[0].one_time_code(secret=begun["secret"])
    replies = at_once([lambda worker=worker: worker.code(begun["state"], code) for worker in two * 4])  # type: ignore[misc]
    assert sorted(reply.status for reply in replies) == [200, *[401] * 7]
    (told,) = (reply.json["recovery_codes"] for reply in replies if reply.status == 200)
    assert two[1].code(two[1].state("open", "max@gates.test"), told[0]).status == 200


def test_what_is_sealed_cannot_be_changed_nor_made(here: Gates, sqlite_databases: Databases) -> None:
    state, code = here.state("open", "mia@gates.test"), here.one_time_code()
    with gates(sqlite_databases) as elsewhere:
        foreign = elsewhere.state("open", "mia@gates.test")
    others = here.enter("strict", "max@gates.test").json["state"]
    payload, _, signature = state.rpartition(".")
    forged = [
        "",
        ".",
        "..",
        payload,
        foreign,
        state[:-1],
        f"{state[:20]}{'y' if state[20] == 'x' else 'x'}{state[21:]}",
        state.swapcase(),
        "A" + state,
        f"{others.rpartition('.')[0]}.{signature}",
        "\x00",
        "é" * 100,
        "." * 8000,
    ]
    for text in forged:
        assert here.code(text, code).json["error"] in ("expired", "invalid_arguments"), text
    assert here.sessions_of(MIA) == []


# Cookies.


def test_a_cookie_is_worth_nothing_after_signing_out(there: Gates) -> None:
    max, other = (there.signed_in("open", "max@gates.test") for _ in range(2))
    there.do("sign_out", max.told["cookie"], AT_HOME)
    assert max.call("auth.test")["error"] == "invalid_auth"
    assert max.post("heartbeat").status == 401
    assert there.find(max.told["cookie"]) is None
    # Nor is its token with the cookie of a session that goes on, nor its cookie with that one's token.
    for token, cookie in ((max, other), (other, max)):
        mixed = Client(there.live, {"token": token.told["token"], "cookie": cookie.told["cookie"]})
        assert mixed.call("auth.test")["error"] == "invalid_auth"
    assert other.call("auth.test")["ok"]


def test_a_cookie_that_somebody_planted_is_never_taken_over(there: Gates) -> None:
    planted = there.signed_in("open", "ola@gates.test")
    for cookie in (planted.told["cookie"], "xoxd-of-my-own-choice"):
        headers = {"cookie": f"d={cookie}", "x-forwarded-for": HOME}
        asked = {"place": "open", "email": "max@gates.test", "password": "max-signs-in", "client": "web"}
        reply = post(there.live, "signin", headers, **asked)
        assert reply.status == 200
        assert reply.json["cookie"] != cookie
        account = there.find(cookie)
        assert account is None or account.person.id != MAX


# Which addresses there are.

NOT_LET_IN = ["max@gates.test", "nia@gates.test", "dan@gates.test", "fay@firm.test", UNKNOWN, "no address", "x" * 4000]


def test_an_answer_does_not_tell_whether_there_is_such_an_address(there: Gates) -> None:
    told = set()
    for email in NOT_LET_IN:
        reply = there.enter("open", email, "wrong-password")
        headers = {name: value for name, value in reply.headers.items() if name not in ("x-slack-req-id", "date")}
        told.add((reply.status, reply.body, tuple(sorted(headers.items()))))
    assert len(told) == 1


@pytest.mark.parametrize("place", ["open", "nowhere"])
def test_a_password_is_hashed_whether_there_is_such_an_address_or_not(
    here: Gates, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    import argon2

    hashed = []

    def verify(self: argon2.PasswordHasher, hash: str, password: bytes, verify=argon2.PasswordHasher.verify) -> bool:  # type: ignore[no-untyped-def]
        hashed.append(argon2.extract_parameters(hash))
        matches: bool = verify(self, hash, password)
        return matches

    monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)
    for email in NOT_LET_IN:
        here.enter(place, email, "wrong-password")
    assert len(hashed) == len(NOT_LET_IN)
    assert all(parameters == hashed[0] for parameters in hashed)


def test_a_refusal_takes_as_long_whatever_it_is(sqlite_databases: Databases) -> None:
    with gates(sqlite_databases, refused_after=0.4) as here:

        def took(email: str, status: int) -> float:
            began = time.monotonic()
            assert here.enter("open", email, "wrong").status == status
            return time.monotonic() - began

        for email in ("max@gates.test", UNKNOWN):
            for _ in range(2):
                assert 0.4 <= took(email, 401) < 0.8
            at_once([lambda email=email: here.enter("open", email, "wrong")] * 8)  # type: ignore[misc]
            assert 0.4 <= took(email, 429) < 0.8
        began = time.monotonic()
        assert here.enter("open", "ola@gates.test").status == 200
        assert time.monotonic() - began < 0.4, "who is let in does not wait"


def test_throttling_does_not_tell_whether_there_is_such_an_address(there: Gates) -> None:
    told = []
    for email in ("max@gates.test", "dan@gates.test", UNKNOWN):
        replies = [there.enter("open", email.upper() if round % 2 else email, "wrong") for round in range(12)]
        told.append([(reply.status, reply.headers.get("retry-after")) for reply in replies])
    assert told[0] == told[1] == told[2]
    assert told[0][9:] == [(401, None), (429, "60"), (429, "60")]


def test_a_device_is_looked_at_once_the_password_is_right_and_beside_the_loop(
    here: Gates, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def read(origin: Origin, read=devices.read) -> devices.Device:  # type: ignore[no-untyped-def]
        looked.append(threading.get_ident())
        device: devices.Device = read(origin)
        return device

    async def loop() -> int:
        return threading.get_ident()

    monkeypatch.setattr(devices, "read", read)
    for email in NOT_LET_IN:
        here.enter("open", email, "wrong-password")
    assert looked == []
    assert here.enter("open", "max@gates.test").status == 200
    assert here.code(here.state("open", "mia@gates.test"), here.one_time_code()).status == 200
    assert looked
    assert here.live.on_loop(loop()) not in looked


# How often.


def test_an_account_is_guessed_at_ten_times_from_an_address_then_once_a_minute(there: Gates) -> None:
    statuses = [there.enter("open", "max@gates.test", "wrong").status for _ in range(12)]
    assert statuses == [*[401] * 10, 429, 429]
    # The right password is no more looked at than a wrong one; other accounts are, and other addresses.
    assert there.enter("gates", "MAX@gates.test ").status == 429
    assert there.enter("open", "ola@gates.test").status == 200
    assert there.enter("open", "max@gates.test", address="198.51.100.8").status == 200
    there.live.move(advance=59)
    assert there.enter("open", "max@gates.test").headers["retry-after"] == "1"
    there.live.move(advance=1)
    assert there.enter("open", "max@gates.test", "wrong").status == 401
    assert there.enter("open", "max@gates.test").status == 429
    there.live.move(advance=60)
    assert there.enter("open", "max@gates.test").status == 200


def test_an_address_guesses_fifty_times_then_five_times_a_minute(here: Gates) -> None:
    def guess(number: int, address: str) -> int:
        return here.enter("open", f"{number}@gates.test", "wrong", address=address).status

    with ThreadPoolExecutor(10) as pool:
        statuses = Counter(pool.map(lambda number: guess(number, f"2001:db8:0:1::{number:x}"), range(60)))
    assert statuses == {401: 50, 429: 10}
    assert here.enter("open", "max@gates.test", address="2001:db8:0:1:ffff::").headers["retry-after"] == "12"
    assert here.enter("open", "max@gates.test", address="2001:db8:0:2::1").status == 200
    here.live.move(advance=12)
    assert [guess(number, "2001:db8:0:1::1") for number in (100, 101)] == [401, 429]


def test_an_account_is_guessed_at_a_hundred_times_an_hour_wherever_from(there: Gates) -> None:
    def guess(number: int) -> int:
        return there.enter("open", "max@gates.test", "wrong", address=f"198.51.100.{number}").status

    with ThreadPoolExecutor(10) as pool:
        assert Counter(pool.map(guess, range(110))) == {401: 100, 429: 10}
    reply = there.enter("open", "max@gates.test", address="203.0.113.1")
    assert (reply.status, reply.headers["retry-after"]) == (429, "36")
    assert there.actions().count("user_login_failed") == 100, "what was throttled is not in the log"
    there.live.move(advance=36)
    assert there.enter("open", "max@gates.test", address="203.0.113.1").status == 200


def test_codes_are_counted_apart_from_passwords(there: Gates) -> None:
    states = [there.state("open", "mia@gates.test") for _ in range(2)]
    statuses = [there.code(states[round % 2], "12345").status for round in range(12)]
    assert statuses == [*[401] * 10, 429, 429]


def test_a_second_factor_is_guessed_at_ten_times_then_ten_times_a_day(there: Gates) -> None:
    state = there.state("open", "mia@gates.test")
    account = there.account(there.signed_in("open", "mia@gates.test"))
    (kept, *_) = there.do("new_recovery_codes", account, "mia-signs-in", there.one_time_code(1), AT_HOME)
    guesses = ["12345", "000000", "0000-0000-0000-0000"]
    statuses = [there.code(state, guesses[number % 3], address=f"198.51.100.{number}").status for number in range(10)]
    assert statuses == [401] * 10
    # Neither to begin anew helps, nor to come from elsewhere, nor what is right.
    for code in (kept, there.one_time_code(1)):
        reply = there.code(there.state("gates", "mia@gates.test"), code, address="203.0.113.1")
        assert (reply.status, reply.headers["retry-after"]) == (429, "8640")
    there.live.move(advance=8639)
    assert there.code(there.state("gates", "mia@gates.test"), kept).status == 429
    there.live.move(advance=1)
    assert there.code(there.state("gates", "mia@gates.test"), "12345").status == 401
    assert there.code(there.state("gates", "mia@gates.test"), kept).status == 429
    there.live.move(advance=8640)
    assert there.code(there.state("gates", "mia@gates.test"), kept).status == 200
    # Who was right may be wrong as often as at first.
    state = there.state("open", "mia@gates.test")
    statuses = [there.code(state, "12345").status for _ in range(11)]
    assert statuses == [*[401] * 10, 429]


def test_guesses_at_a_second_factor_outlive_a_restart(any_databases: Databases) -> None:
    database = any_databases.filled("gates")
    with gates(any_databases, database=database) as before:
        state = before.state("open", "mia@gates.test")
        assert [before.code(state, "12345").status for _ in range(10)] == [401] * 10
    with gates(any_databases, database=database) as after:
        assert after.code(after.state("open", "mia@gates.test"), after.one_time_code()).status == 429


def test_who_is_right_is_not_counted(there: Gates) -> None:
    for _ in range(9):
        assert there.enter("open", "max@gates.test", "wrong").status == 401
    for _ in range(15):
        assert there.enter("open", "max@gates.test").status == 200
    assert [there.enter("open", "max@gates.test", "wrong").status for _ in range(2)] == [401, 429]


def test_guesses_at_once_are_no_more_than_one_after_the_other(there: Gates) -> None:
    replies = at_once([lambda: there.enter("open", "max@gates.test", "wrong")] * 30)
    assert Counter(reply.status for reply in replies) == {401: 10, 429: 20}


def test_workers_count_together(two: list[Gates]) -> None:
    statuses = Counter(two[number % 2].enter("open", "max@gates.test", "wrong").status for number in range(24))
    assert statuses == {401: 10, 429: 14}


def test_methods_without_limits_leave_signing_in_with_them(sqlite_databases: Databases) -> None:
    with gates(sqlite_databases, rate_factor=1000.0) as here:
        statuses = [here.enter("open", "max@gates.test", "wrong").status for _ in range(11)]
        assert statuses == [*[401] * 10, 429]


def test_who_is_guessed_at_from_everywhere_is_let_in_where_they_are_signed_in(there: Gates) -> None:
    mia = there.signed_in("open", "mia@gates.test")
    account = there.account(mia)
    for email in ("mia@gates.test", UNKNOWN):
        for number in range(100):
            assert there.enter("open", email, "wrong", address=f"192.0.2.{number // 10}").status == 401
        assert there.enter("open", email, address="203.0.113.1").status == 429
    # Nobody else gains by it, and there as elsewhere it goes wrong ten times.
    assert there.enter("open", UNKNOWN).status == 429
    assert there.enter("open", "mia@gates.test").status == 403
    assert [there.enter("open", "mia@gates.test", "wrong").status for _ in range(11)] == [*[401] * 10, 429]
    # Whoever is signed in changes the password from wherever they are.
    there.do("change_password", account, "mia-signs-in", "mia-signs-in-anew", Origin("203.0.113.1", ""))
    # And where the session is no more, the address is as any other.
    there.live.move(advance=600)
    assert there.enter("open", "mia@gates.test", "wrong").status == 401
    there.do("sign_out", mia.told["cookie"], AT_HOME)
    statuses = [there.enter("open", "mia@gates.test", "wrong", address=f"192.0.2.{number}").status for number in range(50, 70)]
    assert 429 in statuses
    assert there.enter("open", "mia@gates.test", "mia-signs-in-anew").status == 429


def test_a_session_guesses_ten_times_then_once_a_minute_wherever_from(there: Gates) -> None:
    account = there.account(there.signed_in("open", "max@gates.test"))
    for number in range(10):
        origin = Origin(f"192.0.2.{number}", "")
        assert there.refused("change_password", account, "wrong", "max-signs-in-anew", origin) == "invalid_credentials"
    origin = Origin("192.0.2.99", "")
    assert there.refused("change_password", account, "max-signs-in", "max-signs-in-anew", origin) == "ratelimited"
    there.live.move(advance=60)
    there.do("change_password", account, "max-signs-in", "max-signs-in-anew", origin)


# How many at once.


@contextmanager
def hashing_stops(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until the event no password is looked at."""
    go_on = threading.Event()

    def matches(stored: str | None, password: str, matches=passwords.matches) -> bool:  # type: ignore[no-untyped-def]
        assert go_on.wait(20)
        found: bool = matches(stored, password)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(passwords, "matches", matches)
        try:
            yield go_on
        finally:
            go_on.set()


def test_who_is_right_many_times_at_once_is_let_in_each_time(there: Gates) -> None:
    replies = at_once([lambda: there.enter("open", "max@gates.test")] * 20)
    assert Counter(reply.status for reply in replies) == {200: 20}


def test_who_signs_in_many_times_at_once_keeps_nobody_else_out(there: Gates) -> None:
    stop = threading.Event()

    def enter(number: int) -> set[int]:
        seen = set()
        while not stop.is_set():
            seen.add(there.enter("open", "max@gates.test", address=f"192.0.2.{number % 6}").status)
        return seen

    with ThreadPoolExecutor(60) as pool:
        asked = [pool.submit(enter, number) for number in range(60)]
        try:
            wait(asked, timeout=1)
            statuses = [there.enter("open", "ola@gates.test").status for _ in range(12)]
        finally:
            stop.set()
        assert statuses == [200] * 12
        assert set().union(*(request.result() for request in asked)) <= {200, 503}


@pytest.mark.parametrize(
    ("most", "caller"),
    [
        (36, lambda number: (f"{number}@gates.test", "192.0.2.1")),
        (21, lambda number: (UNKNOWN, f"192.0.2.{number}")),
    ],
    ids=["network", "account"],
)
def test_so_many_of_one_network_and_of_one_account_wait_their_turn(
    here: Gates, monkeypatch: pytest.MonkeyPatch, most: int, caller: Callable[[int], tuple[str, str]]
) -> None:
    def enter(number: int) -> Reply:
        email, address = caller(number)
        return here.enter("open", email, "wrong", address=address)

    with ThreadPoolExecutor(most + 3) as pool:
        with hashing_stops(monkeypatch):
            waiting = {pool.submit(enter, number) for number in range(most + 3)}
            refused: set[Future[Reply]] = set()
            while len(refused) < 3:
                done, waiting = wait(waiting, timeout=10, return_when=FIRST_COMPLETED)
                refused |= done
            for request in refused:
                reply = request.result()
                assert (reply.status, reply.json["error"], reply.headers["retry-after"]) == (503, "busy", "1")
            assert not wait(waiting, timeout=0.1).done
            # Others go on as soon as the thread does.
            others = pool.submit(here.enter, "open", "max@gates.test")
        assert others.result().status == 200
        assert {request.result().status for request in waiting} <= {401, 429}


def test_where_too_many_wait_to_be_refused_nothing_is_looked_at(here: Gates, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(throttle, "MOST_HELD", 0)
        patched.setattr(passwords, "matches", None)
        for email in NOT_LET_IN:
            reply = here.enter("open", email)
            assert (reply.status, reply.json["error"], reply.headers["retry-after"]) == (503, "busy", "1")
    assert "user_login_failed" not in here.actions()
    assert here.enter("open", "max@gates.test").status == 200


def test_who_finds_a_full_queue_is_told_so_and_not_counted(here: Gates, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(33) as pool, hashing_stops(monkeypatch) as go_on:
        asked = [pool.submit(here.enter, "open", f"{number}@gates.test", address=f"10.0.0.{number}") for number in range(33)]
        (refused, *more), waiting = wait(asked, timeout=10, return_when=FIRST_COMPLETED)
        reply = refused.result()
        assert (reply.status, reply.json["error"], reply.headers["retry-after"]) == (503, "busy", "2")
        assert not more
        # Whoever comes now is told the same, however often, and nobody's calls wait for the others.
        for _ in range(20):
            assert here.enter("open", "max@gates.test", "wrong").status == 503
        assert here.live.call("api.test")["ok"]
        go_on.set()
        assert {request.result().status for request in waiting} == {401}
    assert here.enter("open", "max@gates.test").status == 200
