"""Runs the measurements and prints them. `--quick` only shows that they run."""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks import load, organization, servers
from benchmarks.organization import BOT_TOKEN, user_id
from benchmarks.servers import Running

SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(frozen=True)
class Case:
    """One thing to measure: requests for these paths, and the ratio that is aimed at."""

    name: str
    paths: list[str]
    aim: float | None = None


@dataclass(frozen=True)
class Figure:
    """What one case came to: medians over the rounds. Times are in seconds."""

    per_second: float
    p99: float
    cpu: float
    ratio: float


def measure(case: Case, server: Running, hello: Running, *, rounds: int, seconds: float, core: int | None) -> Figure:
    """Measure hello and the case in turn, so that a machine that slows down slows both."""
    speeds, tails, cpus, ratios = [], [], [], []
    for _ in range(rounds):
        base, _ = _burst(hello, ["/"], seconds, core)
        cpu, burst = _burst(server, case.paths, seconds, core)
        speeds.append(burst.requests / burst.seconds)
        tails.append(burst.p99)
        cpus.append(cpu)
        ratios.append(base / cpu)
    return Figure(*(statistics.median(values) for values in (speeds, tails, cpus, ratios)))


def _burst(server: Running, paths: list[str], seconds: float, core: int | None) -> tuple[float, load.Load]:
    before = server.cpu()
    burst = load.run(server.port, paths, BOT_TOKEN, seconds, core)
    return (server.cpu() - before) / burst.requests, burst


def cases(people: int) -> list[Case]:
    """What is measured: of people, 5,000 who are asked for again and again, and everybody, whom nothing can remember."""

    def each(method: str, step: int) -> list[str]:
        return [f"/api/{method}?user={user_id(number)}" for number in range(1, people + 1, step)]

    some = max(1, people // 5000)
    return [
        Case("auth.test", ["/api/auth.test"], 0.5),
        Case("users.info, of 5,000", each("users.info", some), 0.43),
        Case("users.info, of everybody", each("users.info", 1), 0.43),
        Case("users.getPresence, of 5,000", each("users.getPresence", some)),
        Case("users.conversations", ["/api/users.conversations"]),
    ]


def pages(server: Running, wanted: tuple[int, ...], limit: int) -> dict[int, str]:
    """The addresses of some pages of users.list."""
    found = {1: f"/api/users.list?limit={limit}"}
    cursor = ""
    for number in range(1, max(wanted) + 1):
        path = f"/api/users.list?limit={limit}" + (f"&cursor={quote(cursor)}" if cursor else "")
        if number in wanted:
            found[number] = path
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {BOT_TOKEN}"}
        )
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
        assert answer["ok"], answer
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    return found


def show(name: str, figure: Figure, aim: float | None) -> None:
    verdict = "" if aim is None else f"  (aim {aim:.2f}: {'met' if figure.ratio >= aim else 'missed'})"
    print(
        f"  {name:<32}{figure.per_second:>9.0f}/s  p99 {figure.p99 * 1000:>6.2f} ms  "
        f"{figure.cpu * 1e6:>7.0f} µs CPU  ratio {figure.ratio:.2f}{verdict}",
        flush=True,
    )


def bench(url: str, label: str, options: argparse.Namespace) -> None:
    core = LOAD_CORE if options.pin else None
    own = SERVER_CORE if options.pin else None
    print(f"{label}: filling with {options.people} people …", flush=True)
    organization.fill(url, options.people)
    with servers.hello(own) as hello:
        starts = []
        for _ in range(options.rounds):
            with servers.gridhall(url, own) as server:
                starts.append(server.ready_after)
        print(f"{label}: ready after {statistics.median(starts):.2f} s (aim: under 1.00)")
        with servers.gridhall(url, own) as server:
            run = {"rounds": options.rounds, "seconds": options.seconds, "core": core}
            _, burst = _burst(hello, ["/"], options.seconds, core)
            print(f"  {'bare hello':<32}{burst.requests / burst.seconds:>9.0f}/s  p99 {burst.p99 * 1000:>6.2f} ms")
            for case in cases(options.people):
                show(case.name, measure(case, server, hello, **run), case.aim)
            last = min(400, options.people // 200)
            addresses = pages(server, (1, last), 200)
            first = measure(Case("", [addresses[1]]), server, hello, **run)
            late = measure(Case("", [addresses[last]]), server, hello, **run)
            show("users.list limit=200, page 1", first, None)
            show(f"users.list limit=200, page {last}", late, None)
            growth = late.cpu / first.cpu
            print(f"  page {last} costs {growth:.2f} times page 1 (aim: at most 1.20: {'met' if growth <= 1.2 else 'missed'})")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--quick", action="store_true", help="a thousand people, one short round")
    parser.add_argument("--postgresql", metavar="URL", help="measure PostgreSQL too, in a database of this address made anew")
    options = parser.parse_args()
    if options.quick:
        options.people, options.rounds, options.seconds = 1000, 1, 1.0
    options.pin = (os.cpu_count() or 1) > 1 and shutil.which("taskset") is not None
    generator = "wrk" if shutil.which("wrk") else "our own generator"
    pinned = "pinned" if options.pin else "not pinned"
    print(f"{load.CONNECTIONS} connections by {generator}; {pinned}; medians of {options.rounds}")
    with tempfile.TemporaryDirectory() as folder:
        bench(f"sqlite:///{folder}/bench.db", "SQLite", options)
    if options.postgresql:
        bench(options.postgresql, "PostgreSQL", options)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
