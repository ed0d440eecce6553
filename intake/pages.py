"""Pages: what is written to people, from the templates beside this file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from clinic.clock import Clock
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.hours import mail_sentence
from clinic.reference import spaced
from clinic.templates import pages
from intake.answer import ALONE, HTML, JSON_LD, Answer, framed_by
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

    def __init__(
        self,
        facts: ClinicFacts,
        places: Places,
        assets: Assets,
        tokens: FormTokens,
        clock: Clock,
        origins: Iterable[str],
    ) -> None:
        """Let the websites of these origins show a page in a frame, where it is made for one."""
        self._framed = framed_by(origins)
        self._environment = pages(FOLDER)
        self._environment.globals |= {
            "clinic": facts,
            "place": places.clinic,
            "stylesheet": assets.path("site.css"),
            "icon": assets.path("icon.svg"),
            "frame_script": assets.path("frame.js"),
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
        framed: bool = False,
    ) -> Answer:
        """Return the form with what was typed before; `notice` is a problem of the form as a whole."""
        now = self._clock.now()
        place = self._places.of(values.get("site", ""))
        told = place.tell(now)
        return self._page(
            status,
            "form.html",
            framed=framed,
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

    def confirmation(self, confirmation: Confirmation, *, framed: bool = False) -> Answer:
        """Return the page after an enquiry was accepted; every day is named, for it may be read again tomorrow."""
        place = self._places.of(confirmation.site)
        told = place.tell(confirmation.received_at)
        return self._page(
            200,
            "confirmation.html",
            framed=framed,
            reference=spaced(confirmation.reference),
            promise=mail_sentence(told.promise) if told else None,
            place=place,
        )

    def docs(self, description: Mapping[str, Any]) -> Answer:
        """Return the description of the interface for people."""
        post = description["paths"]["/enquiries"]["post"]
        return self._page(
            200,
            "docs.html",
            description=description,
            post=post,
            submission=description["components"]["schemas"]["Submission"],
            example=json.dumps(post["requestBody"]["content"]["application/json"]["example"], indent=2),
        )

    def problem(self, refusal: Refusal, *, framed: bool = False) -> Answer:
        """Return a refusal for people."""
        status, headers = refusal.kind.status, refusal.headers
        return self._page(status, "problem.html", *headers, framed=framed, kind=refusal.kind, refusal=refusal)

    def explained(self, refusal: Refusal) -> Answer:
        """Return what a problem document's type means."""
        return self._page(200, "problem.html", kind=refusal.kind, refusal=refusal)

    def _page(
        self, status: int, name: str, *headers: tuple[bytes, bytes], framed: bool = False, **context: object
    ) -> Answer:
        body = self._environment.get_template(name).render(context | {"framed": framed}).encode()
        return Answer(status, body, HTML, *headers, policy=self._framed if framed else ALONE)
