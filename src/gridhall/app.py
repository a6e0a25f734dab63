"""The composition root: the only module that knows every layer."""

import asyncio
import functools
import logging
import socket
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TextIO, TypeVar

import uvloop

from gridhall.catalogue.registry import Registry
from gridhall.cli import founding, logs, operator
from gridhall.cli.banner import Place, announce
from gridhall.cli.founding import Charter
from gridhall.cli.options import Failure, ServeOptions, masked
from gridhall.contract.errors import Refusal
from gridhall.domain import meta
from gridhall.domain.call import Context
from gridhall.domain.cursors import Cursors
from gridhall.domain.jobs import Step
from gridhall.domain.signals import Listeners
from gridhall.domain.site import Site
from gridhall.domain.source import Source, SystemClock
from gridhall.jobs import KINDS
from gridhall.jobs.runner import Runner
from gridhall.methods import MODULES
from gridhall.pipeline.authenticate import Authenticate
from gridhall.pipeline.perform import Perform
from gridhall.pipeline.rate import RateLimiter
from gridhall.pipeline.walk import Observer, Pipeline
from gridhall.server.account import Accounts
from gridhall.server.asgi import Server
from gridhall.server.audit_api import AuditApi
from gridhall.server.client import Client
from gridhall.server.connections import Connections
from gridhall.server.control import Control
from gridhall.server.hashing import Hashing
from gridhall.server.pages.surface import Pages
from gridhall.server.pictures import Pictures
from gridhall.server.request_log import RequestLog
from gridhall.server.run import listen, run
from gridhall.server.sealing import Sealing
from gridhall.server.sign_in import SignIn
from gridhall.server.supervisor import Supervisor
from gridhall.server.throttle import REFUSED_AFTER, Throttle
from gridhall.server.web_api import WebApi
from gridhall.storage.engines import AnyStorage, Unusable, is_sqlite, open_storage, prepare, sole_server
from gridhall.storage.postgres import PostgresStorage

T = TypeVar("T")


def registry() -> Registry:
    """Every method there is."""
    return Registry.of(MODULES)


@dataclass(slots=True)
class Gridhall:
    """A server put together: what a worker runs, and what tests hold on to.

    Arguments:
        server: the ASGI application.
    """

    server: Server
    storage: AnyStorage
    clock: SystemClock
    source: Source
    authenticate: Authenticate
    connections: Connections
    jobs: Runner
    sign_in: SignIn
    accounts: Accounts
    _hashing: Hashing
    _rate: RateLimiter
    _log: RequestLog

    async def close(self) -> None:
        """End jobs, give back what is reserved, and close the database. Requests must have ended."""
        await self.jobs.stop()
        self._hashing.close()
        await self._rate.close()
        self._log.flush()
        await self.storage.close()


async def assemble(
    options: ServeOptions,
    url: str,
    *,
    methods: Registry | None = None,
    kinds: Mapping[str, Step] = KINDS,
    observer: Observer | None = None,
    stall: float = 10.0,
    refused_after: float = REFUSED_AFTER,
    request_log: TextIO | None = None,
) -> Gridhall:
    """Put a server together over a database that was migrated.

    Arguments:
        url: where the server is reached from outside.
        methods, kinds: other methods and kinds of jobs than Gridhall's own; for tests.
        observer, stall: see `Pipeline`; for tests.
        refused_after: see `Throttle`; for tests.
        request_log: where requests are noted, if not on standard error; for tests.

    Raises:
        Unusable: the database is out of reach.
    """
    clock = SystemClock()
    source = Source(clock)
    authenticate, connections, listeners = Authenticate(source), Connections(source), Listeners()
    listeners.add(authenticate)
    listeners.add(connections)
    storage = await open_storage(options.database, source, listeners, clock.follow)
    authenticate.use(storage)
    connections.use(storage)
    context = Context(Site(url), Cursors(await storage.write(lambda work: meta.secret(work, meta.CURSOR_SECRET))))
    rate = RateLimiter(storage, source, options.rate_factor)
    await rate.open()
    log = RequestLog(options.log_format, request_log)
    pipeline = Pipeline(
        methods or registry(),
        source,
        authenticate,
        rate,
        Perform(storage, source, context),
        stall=stall,
        observer=observer,
    )
    jobs = Runner(storage, source, clock, context, kinds)
    listeners.add(jobs)
    await jobs.start()
    hashing = Hashing()
    throttle = Throttle(rate, hashing, refused_after)
    key = await storage.write(lambda work: meta.secret(work, meta.SIGN_IN_SECRET))
    sealing = Sealing(key, source)
    sign_in = SignIn(storage, source, hashing, throttle, sealing)
    accounts = Accounts(storage, source, hashing, throttle, sealing)
    pages = Pages(sign_in, accounts, source, url, key, log, options.trusted_proxies)
    tell = storage.tell_clock if isinstance(storage, PostgresStorage) else None
    server = Server(
        WebApi(pipeline, log, options.trusted_proxies),
        {
            "avatars": Pictures(storage),
            "audit": AuditApi(storage, source, authenticate, rate, context.cursors, log, options.trusted_proxies),
            "client": Client(sign_in, authenticate, storage, source, log, options.trusted_proxies),
            **dict.fromkeys(Pages.FIRST_PARTS, pages),
            "_gridhall": Control(storage, clock, options.control_key, tell, jobs.settle),
        },
    )
    return Gridhall(server, storage, clock, source, authenticate, connections, jobs, sign_in, accounts, hashing, rate, log)


def serve(options: ServeOptions) -> int:
    """Run the server until it is told to stop; gives the exit status.

    Raises:
        Failure: an option that cannot be, a port in use, a database that cannot be used, a mistake in the organization file.
    """
    logs.configure(options.log_format)
    if options.workers > 1 and is_sqlite(options.database):
        raise Failure("SQLite is served by one process: use PostgreSQL for --workers")
    charter = founding.prepare(options)
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        raise Failure(f"cannot listen on {options.host}:{options.port}: {error.strerror}") from error
    with listener:
        place = Place.of(options, listener)
        try:
            if options.workers == 1:
                return _run_loop(_serve_alone(options, charter, place, listener))
            demo = _run_loop(_prepare(options, charter))
            work = functools.partial(_work, options, place.url)
            return Supervisor(work, listener, options.workers, functools.partial(announce, place, demo)).run()
        except Unusable as error:
            raise Failure(f"cannot use {masked(options.database)}: {error}") from error
        except Refusal as refusal:
            raise Failure(f"cannot use {masked(options.database)}: {refusal.__cause__ or refusal.code}") from refusal


async def _serve_alone(options: ServeOptions, charter: Charter | None, place: Place, listener: socket.socket) -> int:
    await prepare(options.database)
    with sole_server(options.database):
        gridhall = await assemble(options, place.url)
        try:
            demo = await founding.found(gridhall.storage, options, charter)
            await run(gridhall.server, listener, functools.partial(announce, place, demo), asyncio.Event())
        finally:
            await gridhall.close()
    return 0


async def _prepare(options: ServeOptions, charter: Charter | None) -> bool:
    """What is done once, before there are workers; gives whether the database holds the demonstration."""
    await prepare(options.database)
    async with operator.storage(options.database) as storage:
        return await founding.found(storage, options, charter)


def _work(options: ServeOptions, url: str, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """The life of one worker."""

    async def live() -> int:
        gridhall = await assemble(options, url)
        try:
            await run(gridhall.server, listener, on_ready, asyncio.Event())
        finally:
            await gridhall.close()
        return 0

    logs.configure(options.log_format)
    try:
        _run_loop(live())
    except (Unusable, Refusal) as error:
        logging.getLogger("gridhall").error("a worker cannot use %s: %s", masked(options.database), error)
        sys.exit(1)


def _run_loop(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
