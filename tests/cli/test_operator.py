"""`gridhall token`, `gridhall user` and `gridhall org`: straight on the database, while a server serves it."""

import os
import pty
import select
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from argon2 import PasswordHasher

from cli.program import DEADLINE, PROGRAM, environment, gridhall
from gridhall.__main__ import main
from gridhall.domain.credentials import Credentials
from gridhall.domain.people import Person
from gridhall.domain.work import Work
from harness.clients import Client, sign_in
from harness.databases import Databases
from harness.live import Live, live

ACME, ADA = "E0ACME00001", "W0ADA000001"


@pytest.fixture
def database(any_databases: Databases) -> str:
    return any_databases.filled()


@pytest.fixture
def sqlite_database(sqlite_databases: Databases) -> str:
    return sqlite_databases.filled()


@pytest.fixture
def serving(database: str) -> Iterator[Live]:
    with live(database) as running:
        yield running


class Shell:
    """Runs commands on one database, and tells what they print."""

    def __init__(self, database: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._database = database
        self._capsys = capsys

    def run(self, *arguments: str) -> str:
        self._capsys.readouterr()
        assert main([*arguments, "--database", self._database]) == 0
        return self._capsys.readouterr().out.rstrip("\n")

    def fail(self, *arguments: str) -> str:
        self._capsys.readouterr()
        assert main([*arguments, "--database", self._database]) == 1
        shown = self._capsys.readouterr()
        assert shown.out == ""
        assert shown.err.count("\n") == 1
        return shown.err.rstrip("\n").removeprefix("gridhall: ")

    def create(self, *arguments: str) -> str:
        return self.run("token", "create", "--scopes", "users:read,chat:write", *arguments)

    def tokens(self) -> dict[str, list[str]]:
        """Every token's columns by its id."""
        head, *rows = (line.split("\t") for line in self.run("token", "list").splitlines())
        assert head == ["ID", "KIND", "PLACE", "USER", "APP", "STATE", "SCOPES"]
        return {id: columns for id, *columns in rows}


@pytest.fixture
def shell(database: str, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(database, capsys)


@pytest.fixture
def sqlite_shell(sqlite_database: str, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(sqlite_database, capsys)


# Tokens.


def test_a_new_token_works_at_once_and_ends_at_once(serving: Live, shell: Shell) -> None:
    before = shell.tokens()
    token = shell.create("--user", "cho")
    assert token.startswith("xoxp-")
    me = serving.call("auth.test", token)
    assert (me["user_id"], me["team_id"]) == ("W0CHO000001", "T0EAST00001")

    ((id, columns),) = ((id, columns) for id, columns in shell.tokens().items() if id not in before)
    assert columns == ["user", "T0EAST00001", "W0CHO000001", "-", "valid", "users:read,chat:write"]

    assert shell.run("token", "revoke", id) == "revoked"
    deadline = time.monotonic() + 0.1
    while serving.call("auth.test", token)["ok"]:
        assert time.monotonic() < deadline, "a revoked token must not count for longer than 100 ms"
    assert serving.call("auth.test", token)["error"] == "token_revoked"
    assert shell.tokens()[id][4] == "revoked"
    assert shell.run("token", "revoke", token) == "it had been revoked already"


@pytest.mark.parametrize(
    ("user", "team"), [(ADA, "T0WEST00001"), ("ada", "T0WEST00001"), ("ada@acme.test", "T0WEST00001"), ("ada", "acme-west")]
)
def test_who_a_token_is_for(user: str, team: str, serving: Live, shell: Shell) -> None:
    token = shell.create("--user", user, "--team", team)
    me = serving.call("auth.test", token)
    assert (me["user_id"], me["team_id"]) == (ADA, "T0WEST00001")


def test_an_org_level_token(serving: Live, shell: Shell) -> None:
    token = shell.create("--user", ADA, "--enterprise", "E0ACME00001", "--app", "A0ADMIN0001")
    me = serving.call("auth.test", token)
    assert (me["user_id"], me["is_enterprise_install"]) == (ADA, True)


def test_a_bots_token(serving: Live, shell: Shell) -> None:
    token = shell.create("--user", "W0BOT000001", "--team", "T0EAST00001")
    assert token.startswith("xoxb-")
    assert serving.call("auth.test", token)["bot_id"] == "B0DESK00001"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--user", "nobody"), "there is nobody called nobody"),
        (("--user", "ada"), f"{ADA} is in 3 workspaces: name one with --team, or use --enterprise"),
        (("--user", "cho", "--team", "T0WEST00001"), "W0CHO000001 is not in T0WEST00001"),
        (("--user", "cho", "--team", "T0NOWHERE01"), "there is no workspace T0NOWHERE01"),
        (("--user", "cho", "--enterprise", "E0OTHER0001"), "E0OTHER0001 is not the organization of W0CHO000001"),
        (("--user", "cho", "--app", "A0NOWHERE01"), "there is no app A0NOWHERE01"),
        (("--user", "W0BOT000001", "--app", "A0ADMIN0001"), "W0BOT000001 is the bot of A0DESK00001, not of A0ADMIN0001"),
    ],
)
def test_a_token_that_cannot_be(arguments: tuple[str, ...], line: str, sqlite_shell: Shell) -> None:
    before = sqlite_shell.tokens()
    assert sqlite_shell.fail("token", "create", "--scopes", "users:read", *arguments) == line
    assert sqlite_shell.tokens() == before


def test_a_token_that_is_none(sqlite_shell: Shell) -> None:
    assert sqlite_shell.fail("token", "revoke", "Tk0NOWHERE1") == "there is no such token"
    assert sqlite_shell.fail("token", "revoke", "xoxb-nowhere") == "there is no such token"


def test_the_list_tells_states_and_no_secret(sqlite_shell: Shell) -> None:
    shown = sqlite_shell.run("token", "list")
    assert "xox" not in shown
    states = [columns[4] for columns in sqlite_shell.tokens().values()]
    assert {state: states.count(state) for state in states} == {"valid": 8, "expired": 1, "revoked": 1}


# Databases.


def test_commands_make_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = f"sqlite:///{tmp_path / 'not.db'}"
    for command in (["token", "list"], ["token", "revoke", "Tk0"], ["org", "export"]):
        assert Shell(database, capsys).fail(*command) == f"cannot use {database}: there is no such file"
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_memory_is_its_servers(capsys: pytest.CaptureFixture[str]) -> None:
    assert "in memory" in Shell("sqlite:///:memory:", capsys).fail("token", "list")


# Passwords.


def stored(database: str, person: str = ADA) -> str:
    connection = sqlite3.connect(database.removeprefix("sqlite:///"))
    try:
        found: str = connection.execute("SELECT password_hash FROM credentials WHERE person = ?", (person,)).fetchone()[0]
        return found
    finally:
        connection.close()


def test_a_password_from_standard_input(tmp_path: Path, sqlite_database: str) -> None:
    command = ("user", "set-password", "ada", "--database", sqlite_database)
    ended = gridhall(*command, folder=tmp_path, text="correct horse battery\n")
    assert (ended.returncode, ended.stdout, ended.stderr) == (
        0,
        f"the password of {ADA} is set, and their sessions have ended\n",
        "",
    )
    assert PasswordHasher().verify(stored(sqlite_database), "correct horse battery")


def test_a_first_password(tmp_path: Path, sqlite_database: str) -> None:
    assert stored(sqlite_database, "W0GUE000001") is None
    command = ("user", "set-password", "gus@partner.test", "--database", sqlite_database)
    assert gridhall(*command, folder=tmp_path, text="correct horse battery\r\n").returncode == 0
    assert PasswordHasher().verify(stored(sqlite_database, "W0GUE000001"), "correct horse battery")


@pytest.mark.parametrize(
    ("user", "text", "line"),
    [
        ("ada", "short\n", "a password has at least 8 characters"),
        ("ada", "", "a password has at least 8 characters"),
        ("nobody", "long enough\n", "there is nobody called nobody"),
        ("W0BOT000001", "long enough\n", "W0BOT000001 is a bot: bots do not sign in"),
    ],
)
def test_a_password_that_cannot_be(user: str, text: str, line: str, tmp_path: Path, sqlite_database: str) -> None:
    before = stored(sqlite_database)
    ended = gridhall("user", "set-password", user, "--database", sqlite_database, folder=tmp_path, text=text)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"gridhall: {line}\n")
    assert stored(sqlite_database) == before


def typed(database: str, folder: Path, *answers: str) -> tuple[int, str]:
    """Answer the prompts of `set-password` on a terminal; gives the exit status and all that the terminal showed."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [*PROGRAM, "user", "set-password", "ada", "--database", database],
            cwd=folder,
            env=environment(),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
    finally:
        os.close(theirs)
    shown = ""
    waiting = list(zip(("New password: ", "Again: "), answers, strict=False))
    try:
        while select.select([ours], [], [], DEADLINE)[0]:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # the terminal's other end is closed
                break
            if waiting and shown.endswith(waiting[0][0]):
                os.write(ours, waiting.pop(0)[1].encode())
        return process.wait(DEADLINE), shown
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_password_from_the_terminal_is_not_shown(tmp_path: Path, sqlite_database: str) -> None:
    status, shown = typed(sqlite_database, tmp_path, "correct horse battery\n", "correct horse battery\n")
    assert status == 0
    assert f"the password of {ADA} is set" in shown
    assert "horse" not in shown
    assert PasswordHasher().verify(stored(sqlite_database), "correct horse battery")


@pytest.mark.parametrize(
    ("answers", "line"),
    [(("correct horse battery\n", "correct horse\n"), "the two are not the same"), (("\x04",), "no password was given")],
)
def test_a_password_mistyped(answers: tuple[str, ...], line: str, tmp_path: Path, sqlite_database: str) -> None:
    before = stored(sqlite_database)
    status, shown = typed(sqlite_database, tmp_path, *answers)
    assert status == 1
    assert shown.endswith(f"gridhall: {line}\r\n")
    assert stored(sqlite_database) == before


# Second factors, and what ends with them.


def assert_out_at_once(client: Client) -> None:
    deadline = time.monotonic() + 0.1
    while client.call("auth.test")["ok"]:
        assert time.monotonic() < deadline, "a session that ended must not count for longer than 100 ms"
    assert client.call("auth.test")["error"] == "invalid_auth"


def last_entry(server: Live) -> dict[str, Any]:
    headers = {"authorization": "Bearer xoxp-ada-org"}
    [entry] = server.request("GET", "/audit/v1/logs?limit=1", headers=headers).json["entries"]
    return {"action": entry["action"], "actor": entry["actor"]["user"]["id"], "entity": entry["entity"]["user"]["id"]}


def test_a_new_password_ends_all_sessions(serving: Live, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = sign_in(serving, "acme", "ada@acme.test", "ada-archer-signs-in")
    ben = sign_in(serving, "acme-east", "ben@acme.test", "ben-baker-signs-in")
    assert ada.call("auth.test")["user_id"] == ADA
    monkeypatch.setattr("sys.stdin", StringIO("correct horse battery\n"))
    assert shell.run("user", "set-password", "ada") == f"the password of {ADA} is set, and their sessions have ended"
    assert_out_at_once(ada)
    assert ben.call("auth.test")["ok"]
    assert last_entry(serving) == {"action": "user_password_changed", "actor": "USLACKUSER", "entity": ADA}
    again = sign_in(serving, "acme", "ada@acme.test", "correct horse battery")
    assert again.call("auth.test")["ok"]


def test_a_lost_second_factor_is_taken_away(serving: Live, shell: Shell) -> None:
    async def set_up(work: Work) -> None:
        await work.credentials.save_two_factor(ACME, ADA, "JBSWY3DPEHPK3PXP", step=1)
        await work.credentials.replace_recovery_codes(ACME, ADA, ["hash"])

    async def read(work: Work) -> tuple[Credentials | None, int, Person | None]:
        codes = await work.credentials.count_recovery_codes(ACME, ADA)
        return await work.credentials.find(ACME, ADA), codes, await work.people.find(ACME, ADA)

    storage = serving.gridhall.storage
    before = serving.on_loop(storage.read(read))[0]
    ada = sign_in(serving, "acme", "ada@acme.test", "ada-archer-signs-in")
    serving.on_loop(storage.write(set_up))
    assert ada.call("auth.test")["ok"]

    told = shell.run("user", "reset-two-factor", "ada@acme.test")
    assert told == f"the second factor of {ADA} is gone, and their sessions have ended"
    assert_out_at_once(ada)
    after, codes, person = serving.on_loop(storage.read(read))
    assert (after.password_hash, after.two_factor_secret, codes) == (before.password_hash, None, 0)
    assert person.has_two_factor is False
    assert last_entry(serving) == {"action": "user_two_factor_removed", "actor": "USLACKUSER", "entity": ADA}
    assert shell.fail("user", "reset-two-factor", "ada") == f"{ADA} has no second factor"


@pytest.mark.parametrize(
    ("user", "line"),
    [
        ("nobody", "there is nobody called nobody"),
        ("ben", "W0BEN000001 has no second factor"),
        ("W0BOT000001", "W0BOT000001 is a bot: bots do not sign in"),
    ],
)
def test_a_second_factor_that_is_none(user: str, line: str, sqlite_shell: Shell) -> None:
    assert sqlite_shell.fail("user", "reset-two-factor", user) == line


# Organizations.


def test_an_export_can_be_read_and_holds_no_secret(shell: Shell) -> None:
    shown = shell.run("org", "export")
    (document,) = yaml.safe_load_all(shown)
    assert document["enterprise"]["id"] == "E0ACME00001"
    assert {user["id"] for user in document["users"]} >= {ADA, "W0GUE000001"}
    for secret in ("signs-in", "xoxb-", "xoxp-", "argon2", "front-desk-client-secret"):
        assert secret not in shown
