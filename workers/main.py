"""A worker process: everything is wired here, and started and stopped in order."""

import asyncio
import os
import signal
import socket
import time
import uuid
import warnings

from clinic import logs
from clinic.clock import WallClock
from clinic.facts import read_facts
from clinic.garbage import collected
from clinic.records import Records
from clinic.retention import Retention
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Files, Logins, Purging, Rewriting, Store, check_durability, check_skew, connect
from clinic.traces import tracing
from workers.attempt import Attempts
from workers.channels import Channels
from workers.claimed import Claimed
from workers.connections import Connections
from workers.courier import Courier
from workers.dispatcher import Dispatcher
from workers.heartbeat import Heartbeat
from workers.loop import LoopThread, cancelled
from workers.openings import Openings
from workers.watchdog import Watchdog

# A task returns by then though the round it started may go on: Celery's threads stay free for the next hint.
TASK_SECONDS = 30.0
# Longer than an attempt may last, so that a stop cuts none short; the supervisor waits a little longer still.
STOP_SECONDS = 65.0
STALLED_EXIT = 70
# Mails have the process to themselves for so long at the start, if any are due.
ALONE_SECONDS = 0.25


def run(settings: Settings) -> int:
    """Work until told to stop, and return the process's exit code; raise ConfigurationError before the start."""
    process = f"worker-{socket.gethostname()}-{os.getpid()}"
    logs.configure(process)
    relay, trace = settings.relay(), tracing(settings.otel_exporter_otlp_endpoint, process)
    facts = read_facts(settings.clinic_file)
    channels = Channels(settings.channel_addresses, facts.alerts.channels)
    loop = LoopThread()

    async def wire() -> tuple[Store, Connections, Courier, Heartbeat, Openings]:
        redis = connect(settings.redis_url.get_secret_value())
        await check_durability(redis)
        await check_skew(redis, WallClock())
        store = Store(redis)
        connections = Connections(relay, Logins(redis))
        files = Files(redis)
        claimed = Claimed(Records(store, Seal(settings.secrets), facts), store, files, facts)
        openings = Openings(facts, files, store, WallClock())
        retention = Retention(Purging(redis), Rewriting(redis), settings.retention_days, facts)
        heartbeat = Heartbeat(store, process, WallClock(), settings.alive_file)
        attempts = Attempts(
            store,
            claimed,
            connections,
            WallClock(),
            channels=channels,
            settled=heartbeat.settled,
            retention=retention,
            trace=trace,
        )
        return store, connections, Courier(store, attempts.deliver), heartbeat, openings

    store, connections, courier, heartbeat, openings = loop.run(wire(), TASK_SECONDS)
    watchdog = Watchdog(time.monotonic, _stalled)
    dispatcher = Dispatcher(store, f"{process}-{uuid.uuid4()}", watchdog, at_opening=openings.turn)

    def wake() -> None:
        watchdog.progress()
        loop.run(courier.wake(TASK_SECONDS), TASK_SECONDS + 1)

    async def begin() -> None:
        background.extend(asyncio.create_task(each) for each in (dispatcher.run(), heartbeat.run()))
        holding.append(asyncio.create_task(courier.hold()))
        for task in (*background, *holding):
            task.add_done_callback(_broken)
        # What is due already need not wait for a hint, and its first mails not for Celery, whose import slows them.
        await courier.wake(ALONE_SECONDS)

    async def finish() -> None:
        for task in (*background, *holding):
            task.remove_done_callback(_broken)  # however they end now, what is begun is ended
        await cancelled(background)
        await courier.stop()
        await cancelled(holding)
        await connections.close()
        await store.close()

    background: list[asyncio.Task[None]] = []
    # What is carried is held until it has ended.
    holding: list[asyncio.Task[None]] = []
    asked: list[int] = []
    # Until Celery listens itself, which takes it longer than a mail: a stop must not cut what is begun.
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    loop.run(begin(), TASK_SECONDS)
    # Imported when the first mails are on their way.
    from celery import signals
    from celery.exceptions import SecurityWarning

    from workers.app import celery_app
    from workers.tasks import register

    app = celery_app(settings.redis_url.get_secret_value(), events=settings.celery_events)
    register(app, wake)

    @signals.setup_logging.connect(weak=False)
    def ours(**_: object) -> None:
        """Keep Celery from setting up logs of its own."""

    @signals.worker_ready.connect(weak=False)
    def ready(**_: object) -> None:
        for number in asked:
            signal.raise_signal(number)
        logs.logger().info("worker_ready")
        logs.tell("worker ready")

    # Celery warns of root because of pickle, which it can't be sent here: messages are JSON or nothing.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = app.Worker(
        hostname=f"{process}@{socket.gethostname()}",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    collected()
    worker.start()
    loop.run(finish(), STOP_SECONDS)
    loop.stop()
    return worker.exitcode or 0


def _broken(task: asyncio.Task[None]) -> None:
    """End a process of which a part that runs for ever has ended: half a worker would go on unseen."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logs.logger().error("worker_broken", at=logs.frames(error))
        os._exit(STALLED_EXIT)


def _stalled() -> None:
    """End a process that takes no hints, at once: whatever it carries, its leases run out and others take it."""
    logs.logger().error("worker_stalled")
    os._exit(STALLED_EXIT)
