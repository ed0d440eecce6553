"""The pages behind the links in reception's mails: an enquiry's reference, and a button or who pressed it."""

from typing import Any

from clinic.acts import Contact
from clinic.clock import Clock
from clinic.facts import ClinicFacts
from clinic.hours import day_and_time
from clinic.reference import spaced
from intake.answer import TO_NOBODY, Answer
from intake.places import Places
from intake.renderer import Renderer


class ActPages:
    """Writes them, in a language of the clinic's."""

    def __init__(self, renderer: Renderer, facts: ClinicFacts, places: Places, clock: Clock) -> None:
        self._page = renderer.page
        self._facts = facts
        self._places = places
        self._clock = clock

    def contacted(
        self,
        reference: str,
        contact: Contact | None,
        reopened: Contact | None,
        *,
        here: str,
        desk: bool = False,
        nameless: bool = False,
    ) -> Answer:
        """Return reception's page of one enquiry, and how it was marked last.

        `here` is its path; `desk`: there is one, `nameless`: nobody said who presses the button.
        """
        more = {"contact": contact, "reopened": reopened, "here": here, "desk": desk}
        return self._of("contacted.html", reference, contact or reopened, nameless=nameless, **more)

    def not_spam(
        self, reference: str, released: Contact | None, *, quarantined: bool, desk: bool = False, nameless: bool = False
    ) -> Answer:
        """Return reception's page of an enquiry that is, or was, `quarantined`; the rest as for `contacted`."""
        more = {"released": released, "quarantined": quarantined, "desk": desk}
        return self._of("not_spam.html", reference, released, nameless=nameless, **more)

    def _of(
        self,
        name: str,
        reference: str,
        last: Contact | None,
        *,
        nameless: bool,
        **more: Any,  # noqa: ANN401 - whatever the template asks for
    ) -> Answer:
        """Return a page of one enquiry, with when somebody last pressed its button."""
        zone = self._places.of("").schedule.timezone
        return self._page(
            422 if nameless else 200,
            name,
            locale=self._facts.spoken("en"),
            referrer=TO_NOBODY,
            reference=spaced(reference),
            plain=reference,
            at=day_and_time(last.at, zone, seen_from=self._clock.now()) if last else "",
            nameless=nameless,
            **more,
        )
