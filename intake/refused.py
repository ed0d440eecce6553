"""Refused: the answer to a request that is not taken, in the shape that was asked for, and its line in the log."""

from clinic.languages import Locale, gettext_noop
from clinic.logs import logger
from clinic.text import FieldFault
from intake.answer import PROBLEM, Answer
from intake.fields import FRAME, VIEW
from intake.head import Head
from intake.pages import Pages
from intake.problem import INVALID, KEY_REUSED, UNAVAILABLE
from intake.refusal import ProblemDocument, Refusal

AGAIN = gettext_noop(
    "You sent this form before, and we have that enquiry. To send what is written below as well, send it again."
)


def refused(
    pages: Pages, refusal: Refusal, head: Head, *, locale: Locale, values: dict[str, str] | None = None
) -> Answer:
    """Return the answer; `values` are those of the browser form that was sent, to be kept in it.

    What goes wrong before they are read, or when a page is looked at, is to be seen in a frame as well.
    """
    framed = head.in_frame or (values is not None and values.get(VIEW) == FRAME)
    logger().info(
        "request_refused",
        status=refusal.problem.status,
        problem=refusal.problem.slug,
        instance=refusal.instance,
        faults=[f"{_known(error.field, error.code)}:{error.code}" for error in refusal.errors],
        **({"cause": refusal.cause} if refusal.cause else {}),
    )
    if not head.wants_page:
        document = ProblemDocument.of(refusal, locale).model_dump_json().encode()
        return Answer(refusal.problem.status, document, PROBLEM, *refusal.headers)
    if values is not None and refusal.problem is INVALID:
        return pages.form(values, refusal.errors, locale=locale, status=refusal.problem.status, framed=framed)
    if values is not None and refusal.problem is KEY_REUSED:
        return pages.form(values, locale=locale, status=refusal.problem.status, notice=AGAIN, framed=framed)
    if values is not None and refusal.problem is UNAVAILABLE:
        return pages.form(
            values,
            locale=locale,
            status=refusal.problem.status,
            notice=refusal.detail,
            unkept=True,
            headers=refusal.headers,
            framed=framed,
        )
    return pages.problem(refusal, locale=locale, framed=framed)


def _known(field: str, code: FieldFault) -> str:
    """Return a field's name for the log, unless a stranger chose it."""
    return "?" if code is FieldFault.UNKNOWN_FIELD else field
