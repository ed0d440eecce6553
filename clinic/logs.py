"""Logs: one JSON object a line, events by fixed names, and never a word about a person."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]


def frames(error: BaseException) -> str:
    """Return where an exception came from, without its message: messages may quote what a patient wrote."""
    stack = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}:{frame.name}" for frame in stack]
    return " > ".join([*places, type(error).__name__])


def without_messages(_logger: object, _method: str, event: Event) -> Event:
    """Replace an exception by its frames, in our own lines and in those of libraries."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = frames(error)
    return event


def configure(process: str) -> None:
    """Send the lines of this process, and of the libraries in it, to standard output as JSON."""

    def named(_logger: object, _method: str, event: Event) -> Event:
        event["process"] = process
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        named,
        without_messages,
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # Their lines at this level are one for each task or request, and would drown ours.
    for library in ("celery", "kombu", "uvicorn", "asyncio", "amqp"):
        logging.getLogger(library).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logger() -> structlog.stdlib.BoundLogger:
    """Return the logger; its first argument is the event's name."""
    return structlog.stdlib.get_logger("frontdesk")
