"""Measures one kind of request beside a bare hello, or two kinds beside each other."""

import json
import statistics
import urllib.request
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks import load
from benchmarks.load import Requests
from benchmarks.servers import Running

MOST_GROWTH_OF_PAGES = 1.2
"""How much more a late page of a listing may cost than the first."""

_HELLO = Requests(["/"], "")


@dataclass(frozen=True)
class Case:
    """One thing to measure: its requests, of another kind in each round where there are several, and the ratio aimed at."""

    name: str
    requests: list[Requests]
    aim: float | None = None


@dataclass(frozen=True)
class Figure:
    """What one case came to: medians over the rounds. Times are in seconds."""

    per_second: float
    p99: float
    cpu: float
    ratio: float


@dataclass(frozen=True)
class Bench:
    """The servers to measure, and how long.

    Arguments:
        seconds: of each burst.
        core: the processor that the load is pinned to, None for no pinning.
    """

    server: Running
    hello: Running
    rounds: int
    seconds: float
    core: int | None

    def measure(self, *cases: Case) -> list[Figure]:
        """Measure hello and the cases in turn, so that a machine that slows down slows all of them."""
        bases: list[float] = []
        bursts: list[list[tuple[float, load.Load]]] = [[] for _ in cases]
        for number in range(self.rounds):
            bases.append(self.burst(self.hello, _HELLO)[0])
            for case, of_case in zip(cases, bursts, strict=True):
                of_case.append(self.burst(self.server, case.requests[number % len(case.requests)]))
        return [self._figure(bases, of_case) for of_case in bursts]

    def burst(self, server: Running, requests: Requests) -> tuple[float, load.Load]:
        """Send one burst; gives the server's CPU seconds per request as well."""
        before = server.cpu()
        burst = load.run(server.port, requests, self.seconds, self.core)
        return (server.cpu() - before) / burst.requests, burst

    def hello_alone(self) -> load.Load:
        return self.burst(self.hello, _HELLO)[1]

    @staticmethod
    def _figure(bases: list[float], bursts: list[tuple[float, load.Load]]) -> Figure:
        return Figure(
            statistics.median(burst.requests / burst.seconds for _, burst in bursts),
            statistics.median(burst.p99 for _, burst in bursts),
            statistics.median(cpu for cpu, _ in bursts),
            statistics.median(base / cpu for base, (cpu, _) in zip(bases, bursts, strict=True)),
        )


def show(case: Case, figure: Figure) -> None:
    """Print one line."""
    verdict = "" if case.aim is None else f"  (aim {case.aim:.2f}: {told(figure.ratio >= case.aim)})"
    print(
        f"  {case.name:<52}{figure.per_second:>7.0f}/s  p99 {figure.p99 * 1000:>6.2f} ms  "
        f"{figure.cpu * 1e6:>6.0f} µs CPU  ratio {figure.ratio:.2f}{verdict}",
        flush=True,
    )


def show_growth(what: str, large: Figure, small: Figure, most: float) -> None:
    """Print how much more the larger case costs."""
    growth = large.cpu / small.cpu
    print(f"  {what} costs {growth:.2f} times as much (aim: at most {most:.2f}: {told(growth <= most)})", flush=True)


def show_pages(bench: Bench, method: str, token: str, *, limit: int, last: int, more: str = "") -> None:
    """Print what the first page of a listing costs, and a late one.

    Arguments:
        more: further arguments, encoded, each with an ampersand before it.
    """
    addresses = _pages(bench.server, f"/api/{method}?limit={limit}{more}", token, (1, last))
    of_pages = [Case(f"{method} limit={limit}, page {page}", [Requests([addresses[page]], token)]) for page in (1, last)]
    first, late = bench.measure(*of_pages)
    for case, figure in zip(of_pages, (first, late), strict=True):
        show(case, figure)
    show_growth(f"page {last}", late, first, MOST_GROWTH_OF_PAGES)


def _pages(server: Running, first: str, token: str, wanted: tuple[int, ...]) -> dict[int, str]:
    """The addresses of some pages of a listing, from that of the first one."""
    found: dict[int, str] = {}
    cursor = ""
    for number in range(1, max(wanted) + 1):
        path = first + (f"&cursor={quote(cursor)}" if cursor else "")
        if number in wanted:
            found[number] = path
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
        assert answer["ok"], answer
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    return found


def told(met: bool) -> str:
    """How the lines say whether an aim was met."""
    return "met" if met else "missed"
