"""Pages: what is written to people, from the templates beside this file."""

from collections.abc import Sequence
from pathlib import Path

from clinic.clock import Clock
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.hours import mail_sentence
from clinic.reference import spaced
from clinic.templates import pages
from intake.answer import HTML, JSON_LD, Answer
from intake.assets import Assets
from intake.door import TRAP
from intake.links import Confirmation
from intake.listing import Listing
from intake.places import Places
from intake.refusal import FieldProblem, Refusal
from intake.tokens import FormTokens

FOLDER = Path(__file__).parent / "templates"
BLANK = dict.fromkeys(Enquiry.model_fields, "")


class Pages:
    """Renders the form, the confirmation and the problems of one clinic."""

    def __init__(self, facts: ClinicFacts, places: Places, assets: Assets, tokens: FormTokens, clock: Clock) -> None:
        self._environment = pages(FOLDER)
        self._environment.globals |= {
            "clinic": facts,
            "place": places.clinic,
            "stylesheet": assets.path("site.css"),
            "icon": assets.path("icon.svg"),
            "conditions": [(condition.slug, condition.title) for condition in facts.condition],
            "sites": [(site.slug, site.name) for site in facts.site],
        }
        self._facts = facts
        self._listing = Listing(facts)
        self._places = places
        self._tokens = tokens
        self._clock = clock

    def form(
        self,
        values: dict[str, str],
        errors: Sequence[FieldProblem] = (),
        *,
        status: int = 200,
        notice: str | None = None,
    ) -> Answer:
        """Return the form with what was typed before; `notice` is a problem of the form as a whole."""
        now = self._clock.now()
        place = self._places.of(values.get("site", ""))
        told = place.tell(now)
        return self._page(
            status,
            "form.html",
            values=BLANK | values,
            errors=errors,
            fault_of=BLANK | {error.field: error.message for error in errors},
            notice=notice,
            condition=self._facts.condition_title(values.get("condition", "")),
            hours_today=place.hours_today(now),
            promise=told.now if told else None,
            listing=self._listing.written(now),
            nonce=self._tokens.new(shown_before=bool(errors or notice)),
            trap=TRAP,
        )

    def opening_hours(self) -> Answer:
        """Return the opening hours for machines."""
        return Answer(200, self._listing.written(self._clock.now()).encode(), JSON_LD)

    def confirmation(self, confirmation: Confirmation) -> Answer:
        """Return the page after an enquiry was accepted; every day is named, for it may be read again tomorrow."""
        place = self._places.of(confirmation.site)
        told = place.tell(confirmation.received_at)
        return self._page(
            200,
            "confirmation.html",
            reference=spaced(confirmation.reference),
            promise=mail_sentence(told.promise) if told else None,
            place=place,
        )

    def problem(self, refusal: Refusal) -> Answer:
        """Return a refusal for people."""
        return self._page(refusal.kind.status, "problem.html", *refusal.headers, kind=refusal.kind, refusal=refusal)

    def explained(self, refusal: Refusal) -> Answer:
        """Return what a problem document's type means."""
        return self._page(200, "problem.html", kind=refusal.kind, refusal=refusal)

    def _page(self, status: int, name: str, *headers: tuple[bytes, bytes], **context: object) -> Answer:
        return Answer(status, self._environment.get_template(name).render(context).encode(), HTML, *headers)
