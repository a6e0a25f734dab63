"""Sends the same kind of request over many connections for some seconds, and holds every answer to be ok.

wrk does it where it is installed; else a generator of our own, which is slower but measures the same, since what counts is the
server's CPU per request.
"""

import asyncio
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32

FORM = "application/x-www-form-urlencoded"

_SCRIPT = """
local paths = {}
for line in io.lines("%(paths)s") do paths[#paths + 1] = line end
math.randomseed(%(seed)d)
local headers = {["Authorization"] = "Bearer %(token)s"}
local form, first, span = %(form)s, %(first)s, %(span)s
if form then headers["Content-Type"] = "%(type)s" end
request = function()
  local path = paths[math.random(#paths)]
  if first then
    local at = first + math.floor(math.random() * span)
    path = path .. string.format("&latest=%%d.%%06d", math.floor(at / 1000000), at %% 1000000)
  end
  return wrk.format(form and "POST" or "GET", path, headers, form)
end
local bad = 0
local setups = {}
function setup(thread) table.insert(setups, thread) end
response = function(status, headers, body)
  if status ~= 200 or not string.find(body, '"ok":true', 1, true) then bad = bad + 1; wrk.thread:set("bad", bad) end
end
done = function(summary, latency, requests)
  local all = 0
  for _, thread in ipairs(setups) do all = all + (thread:get("bad") or 0) end
  io.write(string.format('RESULT {"requests": %%d, "micros": %%d, "p99": %%d, "bad": %%d, "errors": %%d}\\n',
    summary.requests, summary.duration, latency:percentile(99), all,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Requests:
    """Requests of one kind, each for one of these paths at random.

    Arguments:
        form: what each of them posts, encoded; they are GET requests where it is empty.
        latest: two moments in microseconds; each request adds a `latest` of its own between them to its path.
    """

    paths: list[str]
    token: str
    form: str = ""
    latest: tuple[int, int] | None = None


@dataclass(frozen=True)
class Load:
    """What one burst came to. Times are in seconds."""

    requests: int
    seconds: float
    p99: float


class NotOk(Exception):
    """An answer was not ok, or a connection failed: the figures would mean nothing."""


def run(port: int, requests: Requests, seconds: float, core: int | None) -> Load:
    """Send requests to a server on this port. No two bursts draw the same ones.

    Arguments:
        core: the processor that the load is pinned to, None for no pinning.
    """
    if shutil.which("wrk") is None:
        return asyncio.run(_own(port, requests, seconds))
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "load.lua"
        listed.write_text("\n".join(requests.paths))
        script.write_text(_SCRIPT % _parameters(requests, listed))
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds:g}s",
            "--timeout",
            "10s",
            "-s",
            str(script),
            f"http://127.0.0.1:{port}",
        ]
        if core is not None:
            command = ["taskset", "-c", str(core), *command]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("RESULT "))
    told = json.loads(line.removeprefix("RESULT "))
    if told["bad"] or told["errors"]:
        raise NotOk(f"{told['bad']} answers were not ok, {told['errors']} connections failed")
    return Load(told["requests"], told["micros"] / 1e6, told["p99"] / 1e6)


def _parameters(requests: Requests, listed: Path) -> dict[str, object]:
    """What the script of wrk is filled in with."""
    first, last = requests.latest or (0, 0)
    return {
        "paths": listed,
        "token": requests.token,
        "form": json.dumps(requests.form) if requests.form else "nil",
        "type": FORM,
        "first": first if requests.latest else "nil",
        "span": last - first,
        "seed": random.randrange(2**31),
    }


def _writer(requests: Requests) -> Callable[[], bytes]:
    """Gives the bytes of one request after another."""
    head = f"Host: localhost\r\nAuthorization: Bearer {requests.token}\r\n"
    if requests.form:
        head += f"Content-Type: {FORM}\r\nContent-Length: {len(requests.form)}\r\n"
    verb = "POST" if requests.form else "GET"

    def write() -> bytes:
        path = random.choice(requests.paths)
        if requests.latest:
            at = random.randint(*requests.latest)
            path += f"&latest={at // 1_000_000}.{at % 1_000_000:06}"
        return f"{verb} {path} HTTP/1.1\r\n{head}\r\n{requests.form}".encode()

    return write


async def _own(port: int, requests: Requests, seconds: float) -> Load:
    took: list[float] = []
    write = _writer(requests)
    until = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            request = write()
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(length)
            took.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or b'"ok":true' not in body:
                raise NotOk(f"{head!r} {body[:200]!r}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    took.sort()
    return Load(len(took), time.perf_counter() - began, took[int(len(took) * 0.99)])
