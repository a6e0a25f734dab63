"""A server over the harbour, and the SDK's clients of both kinds for it."""

from collections.abc import Callable, Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from harness.databases import Databases
from harness.live import Live, live
from sdk import harbour as town


@pytest.fixture(scope="module")
def _harbour(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(town.database(sqlite_databases, tmp_path_factory)) as running:
        yield running


@pytest.fixture
def harbour(_harbour: Live) -> Iterator[Live]:
    """One server for a module: a test changes only what it made."""
    yield _harbour
    assert not _harbour.undeclared, "\n".join(_harbour.undeclared)


@pytest.fixture(params=[WebClient, AsyncWebClient])
def kind(request: pytest.FixtureRequest) -> type[WebClient] | type[AsyncWebClient]:
    """One after the other, the SDK's client that waits and the one that is awaited."""
    chosen: type[WebClient] | type[AsyncWebClient] = request.param
    return chosen


Clients = Callable[[str], town.Client]


@pytest.fixture
def sdk(kind: type[WebClient] | type[AsyncWebClient], harbour: Live) -> Clients:
    """Makes a client for a token."""
    return lambda token: town.Client(kind, harbour, token)
