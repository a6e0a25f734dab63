"""`gridhall jobs`: straight on the database, while a server serves it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from gridhall.__main__ import main
from gridhall.domain import jobs
from gridhall.domain.call import Context
from gridhall.domain.jobs import Job, Later
from gridhall.domain.work import Work
from gridhall.jobs import KINDS
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.databases import Databases, run
from harness.live import Live, live
from harness.storage import opened, wait_until
from methods.rows import change

ACME = "E0ACME00001"
FAR = 4_000_000_000_000_000
"""A time in the year 2096, in microseconds."""


@pytest.fixture
def database(any_databases: Databases) -> str:
    return any_databases.filled()


class Shell:
    """Runs `gridhall jobs` on one database, and tells what it prints."""

    def __init__(self, database: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._database = database
        self._capsys = capsys

    def run(self, *arguments: str) -> str:
        self._capsys.readouterr()
        assert main(["jobs", *arguments, "--database", self._database]) == 0
        return self._capsys.readouterr().out.rstrip("\n")

    def jobs(self) -> dict[tuple[str, str, str], list[str]]:
        """Every job's columns by organization, kind and key."""
        head, *rows = (line.split("\t") for line in self.run().splitlines())
        assert head == ["ORGANIZATION", "KIND", "KEY", "DUE", "STATE", "ATTEMPTS", "PROGRESS", "ERROR"]
        return {(organization, kind, key): columns for organization, kind, key, *columns in rows}


@pytest.fixture
def shell(database: str, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(database, capsys)


def put(database: str, key: str, **columns: object) -> None:
    """Put a job of the tests' own down, as it would be after some steps."""

    async def main() -> None:
        async with opened(database) as storage:

            async def unit(work: Work) -> None:
                await jobs.put(work, ACME, "errand", key, due=FAR)

            await storage.write(unit)

            async def set_columns(work: Work) -> None:
                assert isinstance(work, SqlWork)
                await work.connection.run(
                    Statement(update(tables.jobs).where(tables.jobs.c.key == key).values(**columns), tuple)
                )

            if columns:
                await storage.write(set_columns)

    run(main())


def test_each_state_is_told(shell: Shell, database: str) -> None:
    put(database, "waits")
    put(database, "due", due=1_000_000, progress='{"step":3}')
    put(database, "runs", due=1_000_000, lease="L1", leased_until=FAR)
    put(database, "lost", due=1_000_000, lease="L1", leased_until=1)
    put(database, "failed", attempts=2, error="KeyError")
    found = {key: columns for (organization, kind, key), columns in shell.jobs().items() if kind == "errand"}
    assert found == {
        "waits": ["2096-10-02T07:06:40+00:00", "waiting", "0", "-", "-"],
        "due": ["1970-01-01T00:00:01+00:00", "due", "0", '{"step":3}', "-"],
        "runs": ["1970-01-01T00:00:01+00:00", "running", "0", "-", "-"],
        "lost": ["1970-01-01T00:00:01+00:00", "due", "0", "-", "-"],
        "failed": ["2096-10-02T07:06:40+00:00", "failed", "2", "-", "KeyError"],
    }
    # Those of the program's own have no key.
    assert shell.jobs()[ACME, "retention", "-"][1] == "due"


def test_the_next_is_told_first(shell: Shell, database: str) -> None:
    for key, due in (("third", 3), ("first", 1), ("second", 2)):
        put(database, key, due=due)
    assert [key for _, kind, key in shell.jobs() if kind == "errand"] == ["first", "second", "third"]


@pytest.fixture
def steps() -> list[str]:
    return []


@pytest.fixture
def serving(database: str, steps: list[str]) -> Iterator[Live]:
    async def step(work: Work, job: Job, context: Context) -> Later | None:
        steps.append(job.key)
        return None

    with live(database, kinds={**KINDS, "errand": step}) as running:
        yield running


def test_a_server_does_at_once_what_is_to_be_tried_again(shell: Shell, database: str, serving: Live, steps: list[str]) -> None:
    put(database, "one", attempts=3, error="KeyError")
    put(database, "other")
    assert steps == []
    assert shell.run("retry", ACME, "errand", "one") == "it is due now"
    wait_until(lambda: steps == ["one"], 5)
    wait_until(lambda: [key for _, kind, key in shell.jobs() if kind == "errand"] == ["other"], 5)


def test_a_job_without_a_key_is_named_without(shell: Shell, database: str, serving: Live) -> None:
    change(serving, update(tables.jobs).where(tables.jobs.c.kind == "retention").values(due=FAR))
    assert shell.jobs()[ACME, "retention", "-"][1] == "waiting"
    shell.run("retry", ACME, "retention")
    wait_until(lambda: not shell.jobs()[ACME, "retention", "-"][0].startswith("2096"), 5)


def test_a_reset_of_many_tells_how_many_it_has_come_to(shell: Shell, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    create = ["token", "create", "--user", "ada", "--enterprise", ACME, "--app", "A0ADMIN0001", "--scopes", "admin.users:write"]
    assert main([*create, "--database", database]) == 0
    token = capsys.readouterr().out.strip()
    # Nobody does it here.
    with live(database, kinds={}) as server:
        asked = server.call("admin.users.session.resetBulk", token, user_ids='["W0BEN000001","W0CHO000001"]')
    assert asked == {"ok": True}
    [columns] = [columns for (_, kind, _), columns in shell.jobs().items() if kind == "reset_sessions"]
    assert columns[1:] == ["due", "0", "0 of 2 people", "-"]
    with live(database) as server:
        server.on_loop(server.gridhall.jobs.settle(10))
    assert [kind for _, kind, _ in shell.jobs() if kind == "reset_sessions"] == []


def test_a_job_that_is_not_there(shell: Shell, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "retry", ACME, "errand", "none", "--database", database]) == 1
    assert capsys.readouterr().err == f"gridhall: there is no job errand none of {ACME}\n"


def test_the_database_is_named_before_the_action_or_behind_it(database: str, shell: Shell) -> None:
    listed = shell.run()
    assert shell.run("list") == listed
    assert shell.run("--database", "sqlite:///nowhere.db", "list") == listed
    assert main(["jobs", "--database", "sqlite:///nowhere.db", "list"]) == 1
    assert main(["jobs", "--database", database, "retry", "E0NOBODY001", "none"]) == 1
