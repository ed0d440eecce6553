"""The Celery application: how a hint travels from the queue to a task."""

from urllib.parse import urlsplit

from celery import Celery

from clinic.hint import QUEUE

THREADS = 4


def celery_app(redis_url: str, *, events: bool = False) -> Celery:
    """Return the application on one Redis; the record is the truth, so nothing here has to be reliable, only lively.

    `ack_emulation` off: kombu's acknowledgements on Redis cost two synced writes a message, and one that fails keeps
    its prefetch credit for ever, until the worker is alive, idle and silent (measured, kombu 5.7). A lost hint costs a
    second: the dispatcher hints again at whatever is due. `events` are for Flower: nothing of ours reads them.
    """
    app = Celery("frontdesk", set_as_current=False)
    app.conf.update(
        broker_url=broker_url(redis_url),
        broker_transport_options={
            "ack_emulation": False,
            "priority_steps": [0],
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 25,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,
        broker_pool_acquire_timeout=5,
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_pool="threads",
        worker_concurrency=THREADS,
        worker_prefetch_multiplier=1,
        # On Redis the default would cancel tasks whose work is not the broker's business.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=True,
        worker_send_task_events=events,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    return app


def broker_url(redis_url: str) -> str:
    """Return the URL as kombu spells it.

    Without a word of it kombu would check no certificate, and hand the password to whoever listens between.
    """
    parts = urlsplit(redis_url)
    if parts.scheme == "rediss" and "ssl_cert_reqs=" not in parts.query:
        redis_url += ("&" if parts.query else "?") + "ssl_cert_reqs=required"
    return redis_url.replace("unix://", "redis+socket://", 1)
