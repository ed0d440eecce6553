"""A Celery worker of ours whose task does nothing but take long: `python -m tests.support.slow_worker REDIS_URL`."""

import os
import sys
import time

from clinic import logs
from workers.app import celery_app
from workers.tasks import register

TASK_SECONDS = 1.5


def wake() -> None:
    """Say that a hint was taken, and when it is done."""
    # In one write each: four threads say it at once.
    os.write(1, b"taken\n")
    time.sleep(TASK_SECONDS)
    os.write(1, b"done\n")


if __name__ == "__main__":
    logs.configure("slow")
    app = celery_app(sys.argv[1])
    # Red on purpose: with "acks" the worker acknowledges as kombu does by itself, and starves after an outage.
    app.conf.broker_transport_options["ack_emulation"] = "acks" in sys.argv
    register(app, wake)
    app.Worker(quiet=True, loglevel="ERROR", without_gossip=True, without_mingle=True, without_heartbeat=True).start()
