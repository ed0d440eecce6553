"""Refusals: why one request is not taken, and the document that says so (RFC 9457)."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import uuid4

from pydantic import BaseModel, Field

from clinic.languages import Locale, say
from clinic.text import FieldFault
from intake.limits import RETRY_AFTER_SECONDS
from intake.problem import Problem

RETRY_AFTER = (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)
# For what is over in hours and not in seconds.
LATER = (b"retry-after", b"3600")


class FieldProblem(BaseModel):
    """What is wrong with one field and how to put it right; never what was in it."""

    field: str
    code: FieldFault
    message: str


class Refusal(Exception):
    """A request is not taken.

    `headers` go into the answer; `cause` is for the log alone, and says nothing of a person; `close` says that the
    rest of the request will not be read, so that the connection can't be used again.
    """

    def __init__(
        self,
        problem: Problem,
        detail: str = "",
        *,
        errors: Sequence[FieldProblem] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
        cause: str = "",
        close: bool = False,
    ) -> None:
        self.problem = problem
        self.detail = detail or problem.cure
        self.errors = tuple(errors)
        self.cause = cause
        self.headers = (*headers, (b"connection", b"close")) if close else tuple(headers)
        # In the answer and in the log, so that the two can be brought together.
        self.instance = uuid4().urn
        super().__init__(problem.slug)


class ProblemDocument(BaseModel):
    """A refusal for programs."""

    type: Annotated[str, Field(description="Where the problem is explained; it names the problem.")]
    title: str
    status: int
    detail: str
    instance: Annotated[str, Field(description="This one refusal; our log has it under the same name.")]
    errors: tuple[FieldProblem, ...]

    @classmethod
    def of(cls, refusal: Refusal, locale: Locale = "en") -> Self:
        """Return the document of a refusal, its title and detail in a language."""
        return cls(
            type=f"/problems/{refusal.problem.slug}",
            title=say(refusal.problem.title, locale),
            status=refusal.problem.status,
            detail=say(refusal.detail, locale),
            instance=refusal.instance,
            errors=refusal.errors,
        )
