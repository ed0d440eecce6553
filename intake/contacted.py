"""The page behind "Mark as contacted": to look at it changes nothing, its button does, once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import Request

from clinic.acts import Contact
from clinic.clock import Clock, instant
from clinic.errors import StoreUnavailable
from clinic.logs import logger
from clinic.reference import parse_reference
from clinic.text import Unacceptable, single_line, visible
from intake.answer import HTML, Answer
from intake.body import read_body
from intake.fields import BY, form_fields
from intake.head import Head
from intake.limits import REQUEST_SECONDS, RETRY_AFTER_SECONDS
from intake.links import LONGEST
from intake.pages import Pages
from intake.problem import LINK_EXPIRED, UNAVAILABLE
from intake.refusal import Refusal
from intake.signing import Signed

PURPOSE = "mark as contacted"
# Longer than an enquiry stays open in any clinic.
GOOD_FOR = timedelta(days=90)
BY_LENGTH = 40


class Marks(Protocol):
    """Marks enquiries as contacted; `clinic.acts.Contacts` does."""

    async def mark(self, reference: str, by: str) -> Contact | None:
        """Mark one, or return how it was marked before; None for no such enquiry."""

    async def of(self, reference: str) -> Contact | None:
        """Return how one was marked, or None."""


class ContactLinks:
    """Signs and reads the links in reception's mails: a reference and when it came, nothing of a person."""

    def __init__(self, secrets: Sequence[str], clock: Clock, public_url: str) -> None:
        """Take the secrets, newest first; without a public URL there is no address to lead to, so no link."""
        self._signed = Signed(secrets, PURPOSE)
        self._clock = clock
        self._public_url = public_url if urlsplit(public_url).netloc else ""

    def url(self, reference: str, received_ms: int) -> str:
        """Return the address of the page of one enquiry, or nothing."""
        path = f"/contacted/{self._signed.sign(f'{reference}.{received_ms}')}"
        return self._public_url + path if self._public_url else ""

    def read(self, token: str) -> str | None:
        """Return the reference that a link of ours names, or None for one that is forged, damaged or too old."""
        payload = self._signed.read(token) if len(token) <= LONGEST and token.isascii() else None
        if payload is None:
            return None
        reference, received_ms = payload.split(".")
        if self._clock.now() - instant(int(received_ms)) > GOOD_FOR:
            return None
        return parse_reference(reference)


class Contacted:
    """Answers the two requests of the page."""

    def __init__(self, marks: Marks, links: ContactLinks, pages: Pages, *, desk: bool) -> None:
        """Lead on to the desk, where there is one."""
        self._desk = desk
        self._marks = marks
        self._links = links
        self._pages = pages

    async def page(self, request: Request) -> Answer:
        """Show an enquiry's reference and either the button or who pressed it."""
        reference = self._reference(request)
        try:
            return self._pages.contacted(reference, await self._marks.of(reference), desk=self._desk)
        except StoreUnavailable:
            raise _unavailable() from None

    async def mark(self, request: Request) -> Answer:
        """Mark it, and lead back to the page, so that a reload marks nothing."""
        reference = self._reference(request)
        Head.of(request.scope).media()
        fields = form_fields(await read_body(request.receive, REQUEST_SECONDS))
        try:
            by = visible(single_line(fields.get(BY, ""), BY_LENGTH))
        except Unacceptable:
            return self._pages.contacted(reference, None, desk=self._desk, nameless=True)
        try:
            marked = await self._marks.mark(reference, by)
        except StoreUnavailable:
            raise _unavailable() from None
        if marked is None:
            raise Refusal(LINK_EXPIRED)
        logger().info("contacted", reference=reference, new=marked.new)
        return Answer(303, b"", HTML, (b"location", request.url.path.encode()))

    def _reference(self, request: Request) -> str:
        reference = self._links.read(request.path_params["token"])
        if reference is None:
            raise Refusal(LINK_EXPIRED)
        return reference


def _unavailable() -> Refusal:
    return Refusal(
        UNAVAILABLE,
        "Nothing was marked: the service can't reach its store. Try again in a minute.",
        headers=[(b"retry-after", b"%d" % RETRY_AFTER_SECONDS)],
    )
