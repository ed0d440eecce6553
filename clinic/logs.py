"""Logs: one JSON object a line, events by fixed names, and never a word about a person."""

import json
import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from functools import cache
from types import NoneType
from typing import Any, TextIO

from pydantic_core import to_json

from clinic.imports import without

# They would set tracebacks in colour for a terminal; our lines are JSON.
with without("rich", "better_exceptions"):
    import structlog

Event = MutableMapping[str, Any]
PLAIN = frozenset({str, int, float, bool, NoneType})


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


def _json(event: Event, *, default: Callable[[Any], Any]) -> str:
    """Write a line by pydantic's encoder, which takes half the time: there is a line for each mail."""
    if PLAIN.issuperset(map(type, event.values())):
        # It would look into what only the standard library shows by its `repr`, which may have something to hide.
        with suppress(ValueError):  # half a character
            line = to_json(event)
            # Any other could be more than standard output can write, and more than a line to who reads it.
            if line.isascii():
                return line.decode()
    return json.dumps(event, default=default)


def configure(process: str) -> None:
    """Send the lines of this process, and of the libraries in it, to standard output as JSON."""

    def named(_logger: object, _method: str, event: Event) -> Event:
        event["process"] = process
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
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
                structlog.processors.JSONRenderer(_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # Their lines at this level are one for each task or request, and would drown ours.
    for library in ("celery", "kombu", "uvicorn", "asyncio", "amqp"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Ours go straight to where those of the libraries end: one is written for each mail.
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(_json)],
        logger_factory=lambda *_: _Lines(handler),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    logger.cache_clear()


def tell(line: str) -> None:
    """Write the line that supervisors wait for; a full disk must not keep us from serving."""
    with suppress(OSError, ValueError):
        print(line, flush=True)  # noqa: T201 - it is no line of the log


class _Lines:
    """Writes lines where a handler writes, and as a handler does: a full disk must not stop a mail."""

    def __init__(self, handler: "logging.StreamHandler[TextIO]") -> None:
        self._handler = handler

    def info(self, line: str) -> None:
        """Write a line."""
        try:
            self._handler.stream.write(line + "\n")
            self._handler.flush()
        except (OSError, ValueError):
            self._handler.handleError(logging.makeLogRecord({"msg": line}))

    warning = error = info


@cache
def logger() -> structlog.typing.FilteringBoundLogger:
    """Return the logger; its first argument is the event's name."""
    return structlog.get_logger()  # type: ignore[no-any-return]  # it is what `configure` says
