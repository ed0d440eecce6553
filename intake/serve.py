"""The intake process: everything is built here, served, and closed in order."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import uvicorn
import uvloop
from starlette.routing import Route
from starlette.types import ASGIApp

from clinic import logs
from clinic.acceptance import Acceptance
from clinic.acts import Acts
from clinic.clock import Clock, WallClock
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts, read_facts
from clinic.garbage import collected
from clinic.listening import unheard
from clinic.records import Records
from clinic.seal import Blinder, Seal
from clinic.settings import Settings
from clinic.signals import stopping
from clinic.store import Files, Gauges, Presence, Staff, Store, check_durability, check_skew, connect
from clinic.traces import tracing
from intake.act_links import CONTACTED, NOT_SPAM, ActLinks
from intake.app import create_app
from intake.assets import Assets
from intake.connection import Connection
from intake.durability import Durability
from intake.limits import BACKLOG, GRACE_SECONDS, KEEP_ALIVE_SECONDS
from intake.proofs import USED_ONCE
from intake.rates import StoreRates
from intake.repeating import repeated
from intake.unfit import limits, unfit
from intake.warm import warm_up


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was begun; raise ConfigurationError before the start."""
    logs.configure("intake")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    facts, clock = read_facts(settings.clinic_file), WallClock()
    if faults := unfit(settings, facts):
        raise ConfigurationError(faults)
    redis = connect(settings.redis_url.get_secret_value())
    store = Store(redis)
    try:
        await check_durability(redis)
        await check_skew(redis, clock)
        blinder = Blinder(settings.secrets[0], "idempotency", settings.secrets[1:])
        seal, trace = Seal(settings.secrets), tracing(settings.otel_exporter_otlp_endpoint, "intake")
        link, not_spam = (
            ActLinks(purpose, settings.secrets, clock, settings.public_url).url for purpose in (CONTACTED, NOT_SPAM)
        )
        gauges = Gauges(redis)
        durability = Durability(gauges.server)
        acceptance = Acceptance(
            store, facts, seal, blinder, clock, link=link, not_spam=not_spam, durable=durability.holds, trace=trace
        )
        counted = limits(settings) | {"limit_per_proof": USED_ONCE}
        rates = StoreRates(store, Blinder(settings.secrets[0], "limits"), counted)
        records = Records(store, seal, facts)
        acts = Acts(Staff(redis), seal, records)
        desk = _desk(settings, facts, Files(redis), records, acts, rates, clock)
        app = create_app(
            facts,
            acceptance,
            clock,
            settings.secrets,
            rates,
            acts,
            public_url=settings.public_url,
            websites=settings.websites,
            trusted_proxies=settings.trusted_proxies,
            proof_of_work=settings.proof_of_work,
            desk=desk,
            ready=gauges.unready,
        )
        listener = listen(settings.intake_host, settings.intake_port)
        server = Server(app)
        presence = Presence(redis, f"intake-{socket.gethostname()}-{os.getpid()}")
        beside = [
            asyncio.create_task(each)
            for each in (
                repeated(presence.say, "presence_failed"),
                # Whatever stands between may forget a connection that is quiet: a balancer after four minutes, say, and
                # a firewall tells nobody. An enquiry that went by it would wait in vain.
                repeated(store.ping, "ping_failed"),
                durability.watch(),
                _warmed(app, server.listens),
            )
        ]
        try:
            await server.serve([listener])
        finally:
            for each in beside:
                each.cancel()
    finally:
        await store.close()


async def _warmed(app: ASGIApp, listens: asyncio.Event) -> None:
    """Warm up as soon as visitors can come in; what stands then stays."""
    await listens.wait()
    try:
        await warm_up(app)
    finally:
        collected()


def _desk(
    settings: Settings,
    facts: ClinicFacts,
    files: Files,
    records: Records,
    acts: Acts,
    rates: StoreRates,
    clock: Clock,
) -> Callable[[Assets], Sequence[Route]]:
    """Return what makes the desk's routes: none where nobody may sign in."""
    if not settings.has_desk:
        return lambda _assets: ()
    # Imported where somebody may sign in: it brings argon2 and jinja2 into the start.
    from intake.desk import Accounts, Gate, Rows, desk_routes

    accounts = Accounts.read(settings.desk_users) if settings.desk_users else None
    gate = Gate(
        accounts,
        settings.desk_user_header,
        settings.secrets,
        rates,
        clock,
        secure=settings.public_url.startswith("https://"),
        trusted_proxies=settings.trusted_proxies,
    )
    rows = Rows(files, records, acts, facts, clock)
    return lambda assets: desk_routes(facts.name, gate, rows, acts, assets)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise ConfigurationError where the address can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError([unheard(error, host, port, "INTAKE_PORT")]) from None


class Server(uvicorn.Server):
    """uvicorn, as we run it: it says when it is ready, and a signal to stop is no failure."""

    def __init__(self, app: ASGIApp) -> None:
        self.listens = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so on a line that supervisors wait for."""
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()[:2]
            logs.tell(f"intake ready on http://{f'[{host}]' if ':' in host else host}:{port}")
        self.listens.set()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # uvicorn's is a generator
        """Stop on a signal."""
        return stopping(self.handle_exit)
