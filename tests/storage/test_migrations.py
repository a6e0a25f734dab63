"""From the version that a database has to the program's own: once, whole, and only where there is something to do."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from gridhall.storage import schema
from gridhall.storage.engines import Unusable, migrate
from gridhall.storage.tables import metadata
from harness.databases import Databases, run
from harness.storage import adds, opened, value

T = TypeVar("T")

SOURCES = Path(schema.__file__).parents[2]

SECOND = '''"""A later table and a later column."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Text(), nullable=False))
    op.add_column("meta", sa.Column("note", sa.Text(), nullable=True))
    {last}
'''


async def _with(url: str, what: Callable[[Connection], T]) -> T:
    """Do something on a SQLAlchemy connection to either engine."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                return what(connection)
        finally:
            engine.dispose()
    asynchronous = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    try:
        async with asynchronous.begin() as connection:
            return await connection.run_sync(what)
    finally:
        await asynchronous.dispose()


async def _on(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement; gives its rows."""

    def what(connection: Connection) -> list[tuple[Any, ...]]:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []

    return await _with(url, what)


def test_the_head_is_the_newest_of_the_folder() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


_CATALOGUE = {
    "sqlite": ["SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"],
    "postgresql": [
        "SELECT table_name, column_name, data_type, is_nullable, collation_name, column_default"
        " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
        "SELECT conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY conname",
    ],
}


def _unspaced(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """SQLite keeps the text of a table's making: a column that was added stands in one line with the one before."""
    return [tuple(" ".join(value.split()) if isinstance(value, str) else value for value in row) for row in rows]


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_make_the_tables_that_the_program_knows(any_databases: Databases) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def differences(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    migrated, made = any_databases.empty(), any_databases.empty()

    async def main() -> None:
        await migrate(migrated)
        assert await _with(migrated, differences) == []
        assert await _on(migrated, "SELECT version_num FROM alembic_version") == [(schema.HEAD,)]
        # The comparison above knows nothing of expressions and collations.
        await _with(made, metadata.create_all)
        await _on(migrated, "DROP TABLE alembic_version")
        for question in _CATALOGUE[any_databases.engine]:
            assert _unspaced(await _on(migrated, question)) == _unspaced(await _on(made, question))

    run(main())


@pytest.fixture
def older(any_databases: Databases) -> str:
    """A database that this program has filled."""
    return any_databases.filled()


@pytest.fixture
def later(older: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is one migration further; gives the folder of its migrations."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "later.py").write_text(SECOND.format(revision="9998", before=schema.HEAD, last=""))
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    monkeypatch.setattr(schema, "HEAD", "9998")
    return folder


def test_an_older_database_is_migrated_and_keeps_what_it_holds(older: str, later: Path) -> None:
    async def main() -> None:
        people = await _on(older, "SELECT id FROM people ORDER BY id")
        await migrate(older)
        assert await _on(older, "SELECT version_num FROM alembic_version") == [("9998",)]
        assert await _on(older, "SELECT id FROM people ORDER BY id") == people
        assert await _on(older, "SELECT note FROM meta") is not None
        async with opened(older) as storage:
            await storage.write(adds("after"))
            assert await value(storage, "after") == "there"

    run(main())


def test_a_migration_that_fails_leaves_everything_as_it_was(older: str, later: Path) -> None:
    (version,) = run(_on(older, "SELECT version_num FROM alembic_version"))
    broken = SECOND.format(revision="9999", before="9998", last="raise OSError('the power is cut')")
    (later / "versions" / "broken.py").write_text(broken.replace('"later"', '"latest"').replace('"note"', '"other"'))

    async def main() -> None:
        with pytest.raises(Unusable, match="the power is cut"):
            await migrate(older)
        assert await _on(older, "SELECT version_num FROM alembic_version") == [version]
        for table in ("later", "latest"):
            with pytest.raises(Exception, match=table):
                await _on(older, f"SELECT * FROM {table}")
        (later / "versions" / "broken.py").unlink()
        await migrate(older)
        assert await _on(older, "SELECT version_num FROM alembic_version") == [("9998",)]

    run(main())


def test_three_processes_that_migrate_at_once_migrate_once(any_databases: Databases) -> None:
    url = any_databases.empty()
    code = (
        "import asyncio, alembic.command\n"
        "from gridhall.storage.engines import migrate\n"
        "print('ready', flush=True)\n"
        "input()\n"
        f"asyncio.run(migrate({url!r}))"
    )
    processes = [_start(code) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60) for process in processes]
    assert [(process.returncode, *text) for process, text in zip(processes, told, strict=True)] == [(0, "", "")] * 3
    assert run(_on(url, "SELECT version_num FROM alembic_version")) == [(schema.HEAD,)]


def test_a_current_database_is_opened_without_alembic(any_databases: Databases) -> None:
    url = any_databases.filled()
    code = (
        "import asyncio, sys\n"
        "from gridhall.app import ServeOptions, assemble\n"
        "from gridhall.storage.engines import prepare\n"
        "async def main():\n"
        f"    await prepare({url!r})\n"
        f"    gridhall = await assemble(ServeOptions(database={url!r}), 'http://127.0.0.1:1')\n"
        "    await gridhall.close()\n"
        "asyncio.run(main())\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')))"
    )
    process = _start(code)
    assert process.communicate(timeout=60) == ("[]\n", "")


def _start(code: str) -> "subprocess.Popen[str]":
    """A fresh interpreter."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(SOURCES), "PYTHONDONTWRITEBYTECODE": "1"},
    )


async def _reason(url: str) -> str:
    with pytest.raises(Unusable) as caught:
        await migrate(url)
    reason = str(caught.value)
    assert reason
    assert "\n" not in reason
    return reason


def test_a_newer_database_is_refused_and_left_alone(any_databases: Databases) -> None:
    url = any_databases.filled()

    async def main() -> None:
        await _on(url, "UPDATE alembic_version SET version_num = '9999'")
        assert "newer" in await _reason(url)
        assert await _on(url, "SELECT version_num FROM alembic_version") == [("9999",)]

    run(main())


def test_a_version_that_nobody_knows_is_refused(any_databases: Databases) -> None:
    url = any_databases.filled()

    async def main() -> None:
        await _on(url, "UPDATE alembic_version SET version_num = '0000'")
        assert "version" in await _reason(url)

    run(main())


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear diary, " * 1000)
    assert "not a database" in run(_reason(f"sqlite:///{letter}"))
    assert letter.read_text() == "Dear diary, " * 1000
    assert run(_reason(f"sqlite:///{tmp_path}"))
    assert run(_reason(f"sqlite:///{tmp_path / 'no folder' / 'gridhall.db'}"))


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    assert "another program's" in run(_reason(f"sqlite:///{path}"))
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    other.close()


def test_a_postgresql_database_whose_tables_are_in_the_way_is_refused(postgres_databases: Databases) -> None:
    url = postgres_databases.empty()

    async def main() -> None:
        await _on(url, "CREATE TABLE people (name TEXT)")
        assert "people" in await _reason(url)
        with pytest.raises(Exception, match="workspaces"):
            await _on(url, "SELECT * FROM workspaces")

    run(main())


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres@127.0.0.1:1/none",
        "postgresql://postgres@127.0.0.1:port/none",
        "postgresql://postgres@no.such.host.invalid/none",
        "postgresql://postgres@127.0.0.1:5432/there_is_no_such_database",
    ],
)
def test_a_postgresql_out_of_reach_is_refused(url: str, postgres_databases: Databases) -> None:
    assert asyncio.run(_reason(url))


def test_addresses_mean_the_same_to_the_migration_and_to_the_server(postgres_databases: Databases) -> None:
    """Options in the address are the driver's own."""
    url = f"{postgres_databases.empty()}?sslmode=disable&application_name=odd"

    async def main() -> None:
        await migrate(url)
        async with opened(url) as storage:
            await storage.write(adds("any"))

    run(main())
