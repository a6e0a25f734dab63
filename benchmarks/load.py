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
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32

_SCRIPT = """
local paths = {}
for line in io.lines("%(paths)s") do paths[#paths + 1] = line end
math.randomseed(7)
request = function()
  return wrk.format("GET", paths[math.random(#paths)], {["Authorization"] = "Bearer %(token)s"})
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
class Load:
    """What one burst came to. Times are in seconds."""

    requests: int
    seconds: float
    p99: float


class NotOk(Exception):
    """An answer was not ok, or a connection failed: the figures would mean nothing."""


def run(port: int, paths: list[str], token: str, seconds: float, core: int | None) -> Load:
    """Send requests for these paths, at random, to a server on this port.

    Arguments:
        core: the processor that the load is pinned to, None for no pinning.
    """
    if shutil.which("wrk") is None:
        return asyncio.run(_own(port, paths, token, seconds))
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "load.lua"
        listed.write_text("\n".join(paths))
        script.write_text(_SCRIPT % {"paths": listed, "token": token})
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


async def _own(port: int, paths: list[str], token: str, seconds: float) -> Load:
    took: list[float] = []
    draw = random.Random(7)
    until = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            path = draw.choice(paths)
            began = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
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
