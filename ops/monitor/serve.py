"""The monitor process: it reads the store every few seconds, serves what it found, and tells of alarms."""

import asyncio
import hmac
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from clinic import logs
from clinic.clock import WallClock
from clinic.errors import StoreUnavailable
from clinic.logs import logger
from clinic.settings import Settings
from clinic.store import Gauges, connect
from clinic.store.reading import Reading
from ops.monitor.alarms import NAMES, Raised, raised, unknown
from ops.monitor.bell import Bell, ringers
from ops.monitor.metrics import CONTENT_TYPE, exposition
from ops.monitor.page import page
from ops.monitor.uptime import Uptime
from ops.ports import bound, origin_of
from ops.web import Web

EVERY_SECONDS = 5.0
# A scraper is never told what is older than this; a reading that is younger serves all who ask at once.
FRESH_SECONDS = 1.0
OURS = "default-src 'none'; style-src 'unsafe-inline'"


class Monitor:
    """Reads, judges, and keeps the last of both."""

    def __init__(self, gauges: Gauges, bell: Bell, token: str = "", uptime: Uptime | None = None) -> None:
        self._gauges = gauges
        self._bell = bell
        self._token = token
        self._uptime = uptime or Uptime()
        self._lock = asyncio.Lock()
        self._read_at = -FRESH_SECONDS
        self.reading: Reading | None = None

    async def look(self) -> Reading | None:
        """Return a fresh reading, or None where the store can't be read."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._read_at >= FRESH_SECONDS:
                try:
                    self.reading = await self._gauges.read()
                except StoreUnavailable as fault:
                    logger().warning("reading_failed", fault=str(fault))
                    self.reading = None
                self._read_at = asyncio.get_running_loop().time()
            return self.reading

    async def judge(self) -> tuple[Reading | None, Sequence[Raised], Sequence[str]]:
        """Return a fresh reading, the alarms that hold, and those of which nothing is known."""
        reading = await self.look()
        uptime_ms = self._uptime.ms(reading)
        return reading, raised(reading, uptime_ms), unknown(reading, uptime_ms)

    async def run(self) -> None:
        """Look and ring for ever; a ringer that takes its time delays no look."""
        async with asyncio.TaskGroup() as ringing:
            while True:
                _, alarms, unsure = await self.judge()
                ringing.create_task(self._bell.ring(alarms, unsure))
                await asyncio.sleep(EVERY_SECONDS)

    def app(self) -> Starlette:
        """Return what is served: `/metrics` for scrapers, `/healthz` for whoever starts us, `/` for people."""
        return Starlette(
            routes=[
                Route("/metrics", self._metrics),
                Route("/healthz", lambda _request: PlainTextResponse("ok")),
                Route("/", self._page),
            ]
        )

    async def _metrics(self, request: Request) -> Response:
        if not self._may(request):
            return PlainTextResponse(
                "Send the token of METRICS_TOKEN: Authorization: Bearer <token>\n",
                401,
                {"WWW-Authenticate": "Bearer"},
            )
        reading, alarms, unsure = await self.judge()
        held = {alarm.name for alarm in alarms}
        told = exposition(reading, _version(), [(name, name in held) for name in NAMES if name not in unsure])
        return Response(told, media_type=CONTENT_TYPE)

    async def _page(self, request: Request) -> Response:
        if not self._may(request):
            return PlainTextResponse("Send the token of METRICS_TOKEN as a bearer token.\n", 401)
        reading, alarms, unsure = await self.judge()
        headers = {"Content-Security-Policy": OURS, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return HTMLResponse(page(reading, alarms, unsure), headers=headers)

    def _may(self, request: Request) -> bool:
        if not self._token:
            return True
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {self._token}".encode())


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raise ConfigurationError before the start."""
    logs.configure("monitor")
    asyncio.run(_serve(settings))


def _version() -> str:
    try:
        return version("frontdesk")
    except PackageNotFoundError:
        return "a checkout"


async def _serve(settings: Settings) -> None:
    host, bell = settings.monitor_host, Bell(ringers(settings.alarm_urls.get_secret_value().split()), WallClock())
    async with connect(settings.redis_url.get_secret_value()) as redis:
        monitor = Monitor(Gauges(redis), bell, settings.metrics_token.get_secret_value())
        with bound(host, settings.monitor_port, "MONITOR_PORT") as listener:
            web = Web(monitor.app())
            watching = asyncio.create_task(monitor.run())
            # One that watches no more must not go on as if it did: its supervisor starts another.
            watching.add_done_callback(lambda _watching: setattr(web, "should_exit", True))
            ready = f"monitor ready on {origin_of(host, listener.getsockname()[1])}"
            # Said when it can be stopped: `serve` has taken the signals by then.
            asyncio.get_running_loop().call_soon(logs.tell, ready)
            try:
                await web.serve([listener])
                if watching.done():
                    watching.result()
            finally:
                watching.cancel()
