"""`gridhall serve`, from its start to its end, as a process."""

import http.client
import resource
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from cli.program import DEADLINE, Serving, environment, gridhall, refusal, serve
from gridhall.cli.banner import DEMO_ADMIN, DEMO_BOT, DEMO_USER
from harness.databases import DATA, Databases

ORG = str(DATA / "acme.yaml")


@pytest.fixture
def database(sqlite_databases: Databases) -> str:
    """A file that holds acme.yaml."""
    return sqlite_databases.filled()


def everything(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def digest(database: str) -> list[str]:
    """All that a SQLite database holds, but for what the program notes for itself (what it signs cursors with)."""
    connection = sqlite3.connect(database.removeprefix("sqlite:///"))
    try:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "meta"')]
    finally:
        connection.close()


# Starting.


def test_an_empty_folder_serves_the_demonstration_and_a_restart_finds_it_again(tmp_path: Path) -> None:
    with serve(folder=tmp_path) as first:
        assert first.banner[0] == f"Gridhall is ready at http://127.0.0.1:{first.port}"
        assert f"export SLACK_API_URL={first.url}/api/" in first.banner
        assert f"export SLACK_BOT_TOKEN={DEMO_BOT}" in first.banner
        assert f"export SLACK_USER_TOKEN={DEMO_USER}" in first.banner
        assert any(line.startswith(f"Sign in at {first.url}/w/juniper-garden/signin as ") for line in first.banner)
        assert first.call("auth.test", DEMO_BOT)["bot_id"]
        me = first.call("auth.test", DEMO_USER)["user_id"]
        assert first.call("auth.test", DEMO_ADMIN)["is_enterprise_install"] is True
        assert first.call("users.profile.set", DEMO_USER, name="status_text", value="Out to lunch")["ok"]
        assert first.stop() == 0
    with serve(folder=tmp_path) as again:
        assert f"export SLACK_BOT_TOKEN={DEMO_BOT}" in again.banner
        found = again.call("users.info", DEMO_USER, user=me)
        assert found["user"]["profile"]["status_text"] == "Out to lunch"
        assert again.stop() == 0
    assert everything(tmp_path) == {"gridhall.db", "stderr.log"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_printed_curl_line_works(tmp_path: Path) -> None:
    with serve("--database", "sqlite:///:memory:", folder=tmp_path) as server:
        line = next(line for line in server.banner if line.startswith("curl "))
        ended = subprocess.run([*shlex.split(line), "--silent"], capture_output=True, timeout=DEADLINE, check=True)
    assert msgspec.json.decode(ended.stdout)["ok"] is True
    assert everything(tmp_path) == {"stderr.log"}


def test_an_organization_of_ones_own(tmp_path: Path) -> None:
    with serve("--org", ORG, "--database", "sqlite:///own file.db", folder=tmp_path) as server:
        assert server.call("auth.test", "xoxb-east-desk")["team"] == "Acme East"
        assert server.call("auth.test", DEMO_BOT)["error"] == "invalid_auth"
        told = "\n".join(server.banner)
        assert DEMO_BOT not in told
        assert f"Sign in at {server.url}/signin" in server.banner
        assert "gridhall token create --user NAME --team TEAM --scopes users:read --database 'sqlite:///own file.db'" in told
        assert server.stop() == 0


def test_the_public_url_is_what_answers_name(tmp_path: Path, database: str) -> None:
    with serve("--database", database, "--public-url", "https://slack.test/here/", folder=tmp_path) as server:
        assert server.banner[0].startswith("Gridhall is ready at http://127.0.0.1:")
        assert "export SLACK_API_URL=https://slack.test/here/api/" in server.banner
        assert "Sign in at https://slack.test/here/signin" in server.banner
        assert server.call("auth.test", "xoxb-east-desk")["url"] == "https://slack.test/here/w/acme-east/"
        assert server.call("auth.test", "xoxp-ada-org")["url"] == "https://slack.test/here/o/acme/"


def test_another_address(tmp_path: Path, database: str) -> None:
    with serve("--database", database, "--host", "::1", folder=tmp_path) as server:
        assert server.banner[0].startswith("Gridhall is ready at http://[::1]:")
        with closing(http.client.HTTPConnection("::1", server.port, timeout=DEADLINE)) as connection:
            connection.request("GET", "/_gridhall/health")
            assert msgspec.json.decode(connection.getresponse().read()) == {"live": True, "ready": True}


def test_rate_limits_are_multiplied(tmp_path: Path, database: str) -> None:
    # Tier two is 20 a minute: a hundredth of it is one call, and the next some minutes later.
    with serve("--database", database, "--rate-limits", "0.01", folder=tmp_path) as server:
        assert server.call("users.list", "xoxb-east-desk")["ok"]
        assert server.call("users.list", "xoxb-east-desk")["error"] == "ratelimited"


def test_ready_within_a_second_on_an_existing_database(tmp_path: Path, database: str) -> None:
    # Seconds of processor time, which other work on the machine does not stretch as it does a clock's. Nothing waits meanwhile.
    took: list[float] = []
    while len(took) < 3 and not any(seconds < 1 for seconds in took):
        before = of_children()
        with serve("--database", database, folder=tmp_path):
            pass
        took.append(of_children() - before)
    assert min(took) < 1


def of_children() -> float:
    """The processor time that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_what_serving_does_not_need_is_not_imported() -> None:
    program = "import sys, gridhall.app; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ended = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    slow = {"PIL", "aiohttp", "alembic", "argon2", "babel", "itsdangerous", "jinja2", "markupsafe", "pyotp", "python_multipart"}
    slow |= {"segno", "ua_parser", "yaml"}
    assert slow & set(ended.stdout.split()) == set()


def test_a_command_that_serves_nothing_starts_light() -> None:
    program = "import sys, gridhall.__main__; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ended = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    assert {"asyncpg", "msgspec", "sqlalchemy", "uvicorn", "uvloop"} & set(ended.stdout.split()) == set()


# Refusing to start. Nothing is left half-done: no file, and no change to one.


def test_a_port_in_use(tmp_path: Path, database: str) -> None:
    before = digest(database)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal("serve", "--port", str(port), folder=tmp_path)
        refusal("serve", "--port", str(port), "--database", database, folder=tmp_path)
    assert line == f"gridhall: cannot listen on 127.0.0.1:{port}: Address already in use"
    assert everything(tmp_path) == set()
    assert digest(database) == before


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    line = refusal("serve", "--host", "192.0.2.1", "--port", "0", "--org", ORG, folder=tmp_path)
    assert line.startswith("gridhall: cannot listen on 192.0.2.1:0: ")
    assert everything(tmp_path) == set()


def test_a_mistake_in_the_organization_file(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "enterprise: {id: E0OWN000001, name: Own, domain: own}\nteams:\n  - {id: T0OWN000001, name: Own}\nuser: []\n"
    )
    line = refusal("serve", "--port", "0", "--org", "own.yaml", folder=tmp_path)
    assert line.startswith("gridhall: own.yaml:")
    assert line.split(":")[2].isdigit()
    assert everything(tmp_path) == {"own.yaml"}


def test_a_picture_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ada.png").write_text("no picture")
    file = tmp_path / "own.yaml"
    file.write_text(
        "enterprise: {id: E0OWN000001, name: Own, domain: own}\n"
        "teams:\n  - {id: T0OWN000001, name: Own, domain: own-one}\n"
        "users:\n  - {id: W0OWN000001, name: ada, teams: [T0OWN000001], org_role: primary_owner, email: ada@own.test,\n"
        "     photo: ada.png}\n"
    )
    line = refusal("serve", "--port", "0", "--org", "own.yaml", folder=tmp_path)
    assert line.startswith("gridhall: own.yaml:6: ")
    assert everything(tmp_path) == {"own.yaml", "ada.png"}


def test_an_organization_file_that_is_not_there(tmp_path: Path) -> None:
    assert "own.yaml" in refusal("serve", "--port", "0", folder=tmp_path, GRIDHALL_ORG="own.yaml")
    assert everything(tmp_path) == set()


def test_an_organization_file_for_a_filled_database(tmp_path: Path, database: str) -> None:
    before = digest(database)
    line = refusal("serve", "--port", "0", "--org", ORG, "--database", database, folder=tmp_path)
    assert line == "gridhall: --org: the database holds an organization already"
    assert digest(database) == before


def test_workers_on_sqlite(tmp_path: Path) -> None:
    line = refusal("serve", "--port", "0", "--workers", "2", folder=tmp_path)
    assert line == "gridhall: SQLite is served by one process: use PostgreSQL for --workers"
    assert everything(tmp_path) == set()


def test_a_second_server_on_one_sqlite_file(tmp_path: Path) -> None:
    with serve(folder=tmp_path) as server:
        line = refusal("serve", "--port", "0", folder=tmp_path)
        assert line == (
            "gridhall: cannot use sqlite:///gridhall.db: another server has it open: SQLite is served by one process"
        )
        assert server.call("auth.test", "xoxb-demo-bot")["ok"]
        assert gridhall("token", "list", folder=tmp_path).returncode == 0
        assert server.stop() == 0
    with serve(folder=tmp_path) as again:
        assert again.call("auth.test", "xoxb-demo-bot")["ok"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_demonstration_is_for_ones_own_machine(host: str, tmp_path: Path) -> None:
    line = refusal("serve", "--port", "0", "--host", host, folder=tmp_path)
    assert line.startswith(f"gridhall: --host {host}: the demonstration's tokens are public knowledge")
    assert everything(tmp_path) == set()


def test_the_demonstration_stays_there_when_it_is_in_the_database_already(tmp_path: Path) -> None:
    with serve(folder=tmp_path) as server:
        assert server.stop() == 0
    assert "public knowledge" in refusal("serve", "--port", "0", "--host", "0.0.0.0", folder=tmp_path)


def test_an_own_organization_may_be_for_everybody(tmp_path: Path, database: str) -> None:
    with serve("--database", database, "--host", "0.0.0.0", folder=tmp_path) as server:
        assert server.banner[0].startswith("Gridhall is ready at http://0.0.0.0:")
        assert f"export SLACK_API_URL=http://127.0.0.1:{server.port}/api/" in server.banner
        assert server.call("auth.test", "xoxb-east-desk")["url"].startswith(f"http://127.0.0.1:{server.port}/")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    line = refusal("serve", "--port", "0", "--database", "sqlite:///letter.txt", folder=tmp_path)
    assert line.startswith("gridhall: cannot use sqlite:///letter.txt: ")
    assert everything(tmp_path) == {"letter.txt"}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    line = refusal("serve", "--port", "0", "--database", "sqlite:///no/such/folder.db", folder=tmp_path)
    assert line.startswith("gridhall: cannot use sqlite:///no/such/folder.db: ")
    assert everything(tmp_path) == set()


def test_another_programs_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "places.db") as connection:
        connection.execute("CREATE TABLE places (url TEXT)")
    connection.close()
    before = digest(f"sqlite:///{tmp_path / 'places.db'}")
    line = refusal("serve", "--port", "0", "--database", "sqlite:///places.db", folder=tmp_path)
    assert line.startswith("gridhall: cannot use sqlite:///places.db: ")
    assert digest(f"sqlite:///{tmp_path / 'places.db'}") == before


def test_a_newer_database(tmp_path: Path, database: str) -> None:
    connection = sqlite3.connect(database.removeprefix("sqlite:///"))
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = digest(database)
    for command in (["serve", "--port", "0"], ["token", "list"]):
        line = refusal(*command, "--database", database, folder=tmp_path)
        assert line.startswith(f"gridhall: cannot use {database}: it is of version 9999, newer than this program's ")
    assert digest(database) == before


@pytest.mark.parametrize(
    ("command", "address"),
    [
        ("serve", "postgresql://me:topsecret@127.0.0.1:1/gridhall"),
        ("serve", "postgresql://me:topsecret@no-such-host.invalid/gridhall"),
        ("serve --workers 2", "postgresql://me:topsecret@127.0.0.1:port/gridhall"),
        ("token list", "postgresql://me:topsecret@127.0.0.1:1/gridhall?sslmode=perhaps"),
    ],
)
def test_a_server_out_of_reach(command: str, address: str, tmp_path: Path) -> None:
    line = refusal(*command.split(), "--database", address, folder=tmp_path, GRIDHALL_PORT="0")
    assert line.startswith("gridhall: cannot use postgresql://me:…@")
    assert "topsecret" not in line


def test_a_database_that_the_server_does_not_have(tmp_path: Path, postgres_databases: Databases) -> None:
    address = postgres_databases.empty() + "_not"
    assert "does not exist" in refusal("serve", "--port", "0", "--database", address, folder=tmp_path)


# Ending.


@contextmanager
def half_a_request(server: Serving) -> Iterator[tuple[socket.socket, bytes]]:
    """A connection on which a call has begun, and what is still to be sent."""
    body = b"token=xoxp-cho-east&name=status_text&value=Answered"
    head = f"POST /api/users.profile.set HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as connection:
        connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body[:10])
        # What is answered behind it shows that it has arrived.
        assert server.call("api.test")["ok"]
        yield connection, body[10:]


def wait_until_closed(port: int) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=DEADLINE).close()
        except ConnectionError:
            return
    raise AssertionError("it still listens")


def test_sigterm_answers_what_runs_first(tmp_path: Path, database: str) -> None:
    with serve("--database", database, folder=tmp_path) as server, half_a_request(server) as (connection, rest):
        server.process.send_signal(signal.SIGTERM)
        wait_until_closed(server.port)
        assert server.process.poll() is None
        connection.sendall(rest)
        with http.client.HTTPResponse(connection) as answer:
            answer.begin()
            assert msgspec.json.decode(answer.read())["ok"] is True
        assert server.process.wait(DEADLINE) == 0
        assert "users.profile.set ok" in server.log.read_text()
    with serve("--database", database, folder=tmp_path) as server:
        assert server.call("users.profile.get", "xoxp-cho-east")["profile"]["status_text"] == "Answered"


def test_a_second_signal_ends_it_at_once(tmp_path: Path, database: str) -> None:
    with serve("--database", database, folder=tmp_path) as server, half_a_request(server):
        server.process.send_signal(signal.SIGINT)
        wait_until_closed(server.port)
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(5) == 0


def test_idle_connections_do_not_hold_it_up(tmp_path: Path, database: str) -> None:
    with serve("--database", database, folder=tmp_path) as server:
        used = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
        with closing(used), socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE):
            used.request("GET", "/api/api.test")
            used.getresponse().read()
            began = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - began < 5


# What is shown.


@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
def test_no_secret_is_among_the_arguments_of_a_process(tmp_path: Path, database: str) -> None:
    with serve(folder=tmp_path, GRIDHALL_DATABASE=database, GRIDHALL_CONTROL_KEY="open-sesame") as server:
        assert server.request("GET", "/_gridhall/clock", headers={"authorization": "Bearer open-sesame"})[0] == 200
        shown = subprocess.run(["ps", "-ww", "-e", "-o", "args"], capture_output=True, text=True, check=True).stdout
        assert "open-sesame" not in shown
    assert "open-sesame" not in server.log.read_text()


def test_it_also_runs_as_a_module(tmp_path: Path) -> None:
    assert gridhall("--version", folder=tmp_path).stdout.startswith("gridhall ")


def test_the_demonstration_is_told_by_more_than_its_tokens(tmp_path: Path) -> None:
    with serve(folder=tmp_path) as server:
        assert server.stop() == 0
    assert gridhall("token", "revoke", "xoxb-demo-bot", folder=tmp_path).returncode == 0
    assert "public knowledge" in refusal("serve", "--port", "0", "--host", "0.0.0.0", folder=tmp_path)


@pytest.mark.parametrize("address", ["postgresql://u:se/cret@127.0.0.1/d", "postgresql://u:se#cret@127.0.0.1/d"])
def test_a_password_is_told_nowhere(address: str, tmp_path: Path) -> None:
    line = refusal("serve", "--port", "0", "--database", address, folder=tmp_path)
    assert line.startswith("gridhall: cannot use postgresql://u:…@127.0.0.1/d: ")
    assert "cret" not in line
