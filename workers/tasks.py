"""The Celery task: a hint came, so take what is due."""

from collections.abc import Callable

from celery import Celery

from clinic.hint import TASK


def register(app: Celery, wake: Callable[[], None]) -> None:
    """Register the task that answers a hint by `wake`, which must return within its own bounds."""

    @app.task(name=TASK)
    def deliver(reference: str) -> None:  # noqa: ARG001 - a hint says that something is due, the diary says what
        wake()
