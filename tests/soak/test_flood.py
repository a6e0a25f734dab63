"""A flood of guesses at the sign-in, while other people go on."""

from pathlib import Path
from statistics import median

import pytest

from cli.program import serve
from harness.databases import Databases
from soak.flooding import Flood, flooding, latencies, percentile

CALLS = [("auth.test", "xoxb-east-desk", ""), ("users.info", "xoxb-east-desk", "user=W0CHO000001")]
ROUNDS, EACH = 5, 600

FLOODS = {
    "at one account": Flood("acme-east", ("cho@acme.test",), 1),
    "at everybody from one address": Flood("acme-east", ("ada@acme.test", "{}@acme.test"), 1),
    "at one account from everywhere": Flood("acme-east", ("cho@acme.test",), 100_000),
    "at everybody from everywhere": Flood("acme-east", ("ada@acme.test", "ben@acme.test", "{}@acme.test"), 100_000),
}

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_does_not_slow_other_peoples_calls_down(any_databases: Databases, tmp_path: Path, flood: str) -> None:
    options = ("--database", any_databases.filled(), "--rate-limits", "off", "--trusted-proxies", "127.0.0.0/8")
    calm: list[float] = []
    flooded: list[float] = []
    with serve(*options, folder=tmp_path, deadline=300) as server:
        latencies(server.port, CALLS, EACH)
        # In turns, and held against each other one by one: whatever else this machine does meets both.
        for _ in range(ROUNDS):
            calm.append(percentile(latencies(server.port, CALLS, EACH), 99))
            with flooding(server.port, FLOODS[flood]) as statuses:
                flooded.append(percentile(latencies(server.port, CALLS, EACH), 99))
            assert statuses.keys() <= {401, 429, 503}, statuses
            assert statuses.total() > 200, "it was a flood"
    ratio = median(worse / before for before, worse in zip(calm, flooded, strict=True))
    before, meanwhile = median(calm) * 1000, median(flooded) * 1000
    print(f"{flood}: p99 {before:.2f} -> {meanwhile:.2f} ms, {ratio:.2f} times; {statuses.total()} guesses")
    assert ratio <= 2
