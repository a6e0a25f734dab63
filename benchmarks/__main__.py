"""Runs the measurements and prints them. `--quick` only shows that they run."""

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time

from benchmarks import conversations, load, organization, oversight, servers
from benchmarks.load import Requests
from benchmarks.measuring import Bench, Case, show, show_pages
from benchmarks.organization import ADMIN_TOKEN, BOT_TOKEN, user_id

SERVER_CORE, LOAD_CORE = 0, 1

POSTGRESQL_SHARE = 4
"""PostgreSQL takes several times as long for a post: it gets so much fewer to show that the memory stays."""


def cases(people: int) -> list[Case]:
    """What is measured: of people, 5,000 who are asked for again and again, and everybody, whom nothing can remember."""

    def each(method: str, step: int) -> list[str]:
        return [f"/api/{method}?user={user_id(number)}" for number in range(1, people + 1, step)]

    some = max(1, people // 5000)
    listed: list[tuple[str, list[str], float | None]] = [
        ("auth.test", ["/api/auth.test"], 0.5),
        ("users.info, of 5,000", each("users.info", some), 0.43),
        ("users.info, of everybody", each("users.info", 1), 0.43),
        ("users.getPresence, of 5,000", each("users.getPresence", some), None),
        ("users.conversations", ["/api/users.conversations"], None),
    ]
    return [Case(name, [Requests(paths, BOT_TOKEN)], aim) for name, paths, aim in listed]


def people(bench: Bench, count: int) -> None:
    """Print what the methods about tokens, people and their sessions cost."""
    for case in cases(count):
        show(case, *bench.measure(case))
    show_pages(bench, "users.list", BOT_TOKEN, limit=200, last=min(400, count // 200))
    show_pages(bench, "admin.users.session.list", ADMIN_TOKEN, limit=100, last=min(800, count // 100))


def run(url: str, label: str, options: argparse.Namespace, posts: int) -> None:
    began = time.monotonic()
    core = LOAD_CORE if options.pin else None
    own = SERVER_CORE if options.pin else None
    print(f"{label}: filling with {options.people:,} people and {options.messages:,} messages …", flush=True)
    organization.fill(url, options.people, conversations.channels(options.messages, options.rounds))
    with servers.hello(own) as hello:
        starts = []
        for _ in range(options.rounds):
            with servers.gridhall(url, own) as server:
                starts.append(server.ready_after)
        print(f"{label}: ready after {statistics.median(starts):.2f} s (aim: under 1.00)")
        with servers.gridhall(url, own) as server:
            bench = Bench(server, hello, options.rounds, options.seconds, core)
            burst = bench.hello_alone()
            print(f"  {'bare hello':<52}{burst.requests / burst.seconds:>7.0f}/s  p99 {burst.p99 * 1000:>6.2f} ms")
            people(bench, options.people)
            oversight.looking(bench, options.people, options.messages)
            conversations.reading(bench, options.messages)
            conversations.posting(bench, options.messages)
    with servers.gridhall(url, own) as server:
        conversations.memory(server, posts, core)
    print(f"{label}: took {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000, help="of the large channel (default: 1,000,000)")
    parser.add_argument("--posts", type=int, default=200_000, help="over which the memory is watched (default: 200,000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--quick", action="store_true", help="a thousand people, two thousand messages, one short round")
    parser.add_argument("--postgresql", metavar="URL", help="measure PostgreSQL too, in a database of this address made anew")
    options = parser.parse_args()
    if options.quick:
        options.people, options.messages, options.posts, options.rounds, options.seconds = 1000, 2000, 2000, 1, 1.0
    options.pin = (os.cpu_count() or 1) > 1 and shutil.which("taskset") is not None
    generator = "wrk" if shutil.which("wrk") else "our own generator"
    pinned = "pinned" if options.pin else "not pinned"
    print(f"{load.CONNECTIONS} connections by {generator}; {pinned}; medians of {options.rounds}")
    with tempfile.TemporaryDirectory() as folder:
        run(f"sqlite:///{folder}/bench.db", "SQLite", options, options.posts)
    if options.postgresql:
        run(options.postgresql, "PostgreSQL", options, options.posts // POSTGRESQL_SHARE)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
