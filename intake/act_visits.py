"""What the links in reception's mails ask: to look at a page changes nothing, its button does, once."""

from typing import Protocol

from starlette.requests import Request

from clinic.acts import Contact
from clinic.logs import logger
from clinic.text import Unacceptable, single_line, visible
from intake.act_links import ActLinks
from intake.act_pages import ActPages
from intake.answer import HTML, Answer
from intake.away import told_when_away
from intake.body import read_body
from intake.fields import BY, plain_fields
from intake.head import Head
from intake.limits import REQUEST_SECONDS
from intake.problem import STAFF_LINK
from intake.refusal import Refusal

BY_LENGTH = 40
# Behind the path of the page.
REOPEN = "/reopen"


class Marks(Protocol):
    """Marks enquiries as contacted, takes that back, and releases what was set aside; `clinic.acts.Acts` does."""

    async def mark(self, reference: str, by: str) -> Contact | None:
        """Mark one, or return how it was marked before; None for no such enquiry."""

    async def of(self, reference: str) -> Contact | None:
        """Return how one was marked, or None."""

    async def reopen(self, reference: str, by: str) -> bool:
        """Take back that one was contacted; False where it is not marked so."""

    async def reopened(self, reference: str) -> Contact | None:
        """Return how one was reopened, or None where it was not, or was contacted since."""

    async def release(self, reference: str, by: str) -> bool:
        """Send what was held back for one that was set aside; False where it is not."""

    async def released(self, reference: str) -> Contact | None:
        """Return how one was released, or None."""

    async def is_quarantined(self, reference: str) -> bool:
        """Return whether one is set aside now."""


class ActVisits:
    """Answers the requests of both pages."""

    def __init__(self, marks: Marks, contacted: ActLinks, not_spam: ActLinks, pages: ActPages, *, desk: bool) -> None:
        """Lead on to the desk, where there is one."""
        self._desk = desk
        self._marks = marks
        self._contacted = contacted
        self._not_spam = not_spam
        self._pages = pages

    async def page(self, request: Request) -> Answer:
        """Show an enquiry's reference and either the button or who pressed it."""
        return await self._page(request, _reference(request, self._contacted))

    async def _page(self, request: Request, reference: str, *, nameless: bool = False) -> Answer:
        with told_when_away():
            contact = await self._marks.of(reference)
            reopened = None if contact else await self._marks.reopened(reference)
        here = _path(request)
        return self._pages.contacted(reference, contact, reopened, here=here, desk=self._desk, nameless=nameless)

    async def mark(self, request: Request) -> Answer:
        """Mark it, and lead back to the page, so that a reload marks nothing."""
        reference = _reference(request, self._contacted)
        by = await _who(request)
        if by is None:
            return await self._page(request, reference, nameless=True)
        with told_when_away():
            marked = await self._marks.mark(reference, by)
        if marked is None:
            raise Refusal(STAFF_LINK)
        logger().info("contacted", reference=reference, new=marked.new)
        return _back(request)

    async def reopen(self, request: Request) -> Answer:
        """Take back that it was contacted, and lead back to the page."""
        reference = _reference(request, self._contacted)
        by = await _who(request)
        if by is None:
            return await self._page(request, reference, nameless=True)
        with told_when_away():
            done = await self._marks.reopen(reference, by)
        logger().info("reopened", reference=reference, done=done)
        return _back(request)

    async def quarantined(self, request: Request) -> Answer:
        """Show the reference of an enquiry that was set aside and either the button or that it was released."""
        reference = _reference(request, self._not_spam)
        with told_when_away():
            quarantined = await self._marks.is_quarantined(reference)
            released = await self._marks.released(reference)
        return self._pages.not_spam(reference, released, quarantined=quarantined, desk=self._desk)

    async def release(self, request: Request) -> Answer:
        """Release it, and lead back to the page, so that a reload releases nothing."""
        reference = _reference(request, self._not_spam)
        by = await _who(request)
        if by is None:
            return self._pages.not_spam(reference, None, quarantined=True, desk=self._desk, nameless=True)
        with told_when_away():
            new = await self._marks.release(reference, by)
        logger().info("released", reference=reference, new=new)
        return _back(request)


def _reference(request: Request, links: ActLinks) -> str:
    reference = links.read(request.path_params["token"])
    if reference is None:
        raise Refusal(STAFF_LINK)
    return reference


async def _who(request: Request) -> str | None:
    """Return who presses the button, or None for nobody."""
    Head.of(request.scope).media()
    fields = plain_fields(await read_body(request.scope, request.receive, REQUEST_SECONDS))
    try:
        return visible(single_line(fields.get(BY, ""), BY_LENGTH))
    except Unacceptable:
        return None


def _path(request: Request) -> str:
    return request.url.path.removesuffix(REOPEN)


def _back(request: Request) -> Answer:
    return Answer(303, b"", HTML, (b"location", _path(request).encode()))
