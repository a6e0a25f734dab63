"""Whose address counts, behind proxies and without them."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from gridhall.cli import founding, operator
from gridhall.cli.options import ServeOptions
from gridhall.server.http import Scope, address_of
from gridhall.storage.engines import migrate
from harness.databases import Databases, run
from harness.live import live

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"), ip_network("fd00::/8"))


def scope(client: str, *forwarded: str) -> Scope:
    return {"client": (client, 1234), "headers": [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]}


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("10.1.2.3", (), "10.1.2.3"),
        # Who is no proxy is not believed.
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("10.1.2.3", ("198.51.100.1",), "198.51.100.1"),
        ("::1", ("2001:db8::7",), "2001:db8::7"),
        # The stranger may write what he likes in front: the last address that is no proxy's counts.
        ("10.1.2.3", ("127.0.0.1, 198.51.100.1",), "198.51.100.1"),
        ("10.1.2.3", ("127.0.0.1", "198.51.100.1, 10.9.9.9"), "198.51.100.1"),
        ("10.1.2.3", ("10.7.7.7, fd00::1",), "10.7.7.7"),
        # What is no address ends the search at the last one that was.
        ("10.1.2.3", ("198.51.100.1, nonsense",), "10.1.2.3"),
        ("10.1.2.3", ("198.51.100.1, nonsense, 10.9.9.9",), "10.9.9.9"),
        ("10.1.2.3", ("",), "10.1.2.3"),
        ("10.1.2.3", ("\xff\xfe",), "10.1.2.3"),
        # A socket for both families tells IPv4 this way.
        ("::ffff:203.0.113.9", (), "203.0.113.9"),
        ("::ffff:10.1.2.3", ("198.51.100.1",), "198.51.100.1"),
        ("10.1.2.3", ("::ffff:198.51.100.1",), "198.51.100.1"),
    ],
)
def test_whose_address_counts(client: str, forwarded: tuple[str, ...], address: str) -> None:
    assert address_of(scope(client, *forwarded), PROXIES) == address


def test_without_proxies_nobody_is_believed() -> None:
    assert address_of(scope("10.1.2.3", "198.51.100.1"), ()) == "10.1.2.3"


def test_a_caller_without_an_address() -> None:
    assert address_of({"client": None, "headers": []}, PROXIES) == ""


ORG = """
enterprise: {id: E0WALL00001, name: Wall, domain: wall, settings: {network_allowlist: [198.51.100.0/24]}}
teams: [{id: T0WALL00001, name: Wall, domain: wall-one}]
users: [{id: W0WALL00001, name: wes, email: wes@wall.test, org_role: primary_owner, teams: [T0WALL00001]}]
tokens: [{token: xoxs-wes, team: T0WALL00001, user: W0WALL00001, scopes: ["users:read"]}]
"""


@pytest.fixture(scope="module")
def walled(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database whose organization lets in one network."""
    file = tmp_path_factory.mktemp("wall") / "wall.yaml"
    file.write_text(ORG)
    url = sqlite_databases.empty()
    run(_fill(url, file))
    return url


async def _fill(url: str, file: Path) -> None:
    await migrate(url)
    async with operator.storage(url) as storage:
        await founding.found(storage, ServeOptions(database=url, org=file))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "error"),
    [
        ("127.0.0.0/8", "198.51.100.7", None),
        ("127.0.0.0/8", "203.0.113.9", "accesslimited"),
        ("127.0.0.0/8", None, "accesslimited"),
        ("10.0.0.0/8", "198.51.100.7", "accesslimited"),
    ],
)
def test_allowlists_go_by_it(walled: str, proxies: str, forwarded: str | None, error: str | None) -> None:
    headers = {"authorization": "Bearer xoxs-wes", "content-type": "application/x-www-form-urlencoded"}
    if forwarded is not None:
        headers["x-forwarded-for"] = forwarded
    with live(walled, trusted_proxies=(ip_network(proxies),)) as server:
        assert server.request("POST", "/api/auth.test", b"", headers).json.get("error") == error
