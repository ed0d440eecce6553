"""A call: a command to the server, who hears what it answers, and by when."""

from typing import Any, NamedTuple, Protocol


class Waiter(Protocol):
    """Who waits for an answer: a future, or whoever passes it on."""

    def done(self) -> bool:
        """Return whether nobody waits any more."""

    def set_result(self, found: Any, /) -> None:  # noqa: ANN401 - whatever the server answers
        """Take the answer."""

    def set_exception(self, fault: Exception, /) -> None:
        """Take the fault that came instead."""


class Nobody:
    """No one waits."""

    def done(self) -> bool:
        """Return that nobody waits."""
        return True

    def set_result(self, found: Any, /) -> None:  # noqa: ANN401 - as above
        """Be told nothing."""

    def set_exception(self, fault: Exception, /) -> None:
        """Be told nothing."""


class Call(NamedTuple):
    """`command` is packed; `script` is the text behind the name in it, while it may have to be loaded first."""

    command: bytes
    answer: Waiter
    deadline: float
    script: str = ""
