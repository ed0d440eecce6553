"""Pages: what a visitor is shown: the form, the confirmation, the problems."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from clinic.clock import Clock
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts, Condition
from clinic.hours import mail_sentence, plain_date
from clinic.languages import Locale, say
from clinic.reference import spaced
from intake.answer import FOR_THE_WAY_BACK, JSON_LD, NO_STORE, Answer, Header
from intake.door import TRAP
from intake.fields import NONCE
from intake.links import Confirmation
from intake.listing import Listing
from intake.places import Places
from intake.proofs import Proofs
from intake.refusal import FieldProblem, Refusal
from intake.renderer import Renderer
from intake.tokens import FormTokens

BLANK = dict.fromkeys(Enquiry.model_fields, "")


class Pages:
    """Writes the pages for visitors of one clinic."""

    def __init__(
        self,
        renderer: Renderer,
        facts: ClinicFacts,
        places: Places,
        tokens: FormTokens,
        proofs: Proofs,
        clock: Clock,
    ) -> None:
        self._page = renderer.page
        self._facts = facts
        self._listing = Listing(facts)
        self._places = places
        self._tokens = tokens
        self._proofs = proofs
        self._clock = clock

    def form(
        self,
        values: dict[str, str],
        errors: Sequence[FieldProblem] = (),
        *,
        locale: Locale,
        status: int = 200,
        notice: str | None = None,
        unkept: bool = False,
        headers: Sequence[Header] = (),
        framed: bool = False,
    ) -> Answer:
        """Return the form with what was typed before; `notice` is a problem of the form as a whole.

        `unkept`: we may not have it. It then promises nothing, and keeps its nonce, to count once if we have it.
        """
        now = self._clock.now()
        place = self._places.of(values.get("site", ""), locale)
        told = place.tell(now)
        condition = self._facts.about(values.get("condition", ""))
        shown_before = bool(errors or notice)
        # A form that came back has no address: the link to another language would lead to an empty one.
        path = "" if shown_before else f"/enquiry/{condition.slug}" if condition else "/"
        return self._page(
            status,
            "form.html",
            *headers,
            locale=locale,
            path=path,
            framed=framed,
            # Who goes back and sends it again sends the same nonce again, and is told that we have it.
            cache=NO_STORE if shown_before else FOR_THE_WAY_BACK,
            values=BLANK | values,
            errors=errors,
            fault_of=BLANK | {error.field: error.message for error in errors},
            notice=say(notice, locale) if notice else None,
            condition=condition.title_in(locale) if condition else None,
            red_flags=condition.red_flags if condition else None,
            reviewed=_reviewed(condition, locale),
            hours_today=place.hours_today(now),
            promise=told.now if told and not unkept else None,
            listing=self._listing.written(now),
            nonce=(unkept and values.get(NONCE)) or self._tokens.new(shown_before=shown_before),
            trap=TRAP,
            task=self._proofs.task(),
        )

    def opening_hours(self) -> Answer:
        """Return the opening hours for machines."""
        return Answer(200, self._listing.written(self._clock.now()).encode(), JSON_LD)

    def confirmation(self, confirmation: Confirmation, path: str, *, locale: Locale, framed: bool = False) -> Answer:
        """Return the page after an enquiry was accepted; every day is named, for it may be read again tomorrow."""
        place = self._places.of(confirmation.site, locale)
        told = place.tell(confirmation.received_at)
        return self._page(
            200,
            "confirmation.html",
            locale=locale,
            path=path,
            framed=framed,
            reference=spaced(confirmation.reference),
            promise=mail_sentence(told.promise, locale=locale) if told else None,
            place=place,
        )

    def docs(self, description: Mapping[str, Any]) -> Answer:
        """Return the description of the interface for people."""
        post = description["paths"]["/enquiries"]["post"]
        return self._page(
            200,
            "docs.html",
            locale=self._facts.spoken("en"),
            description=description,
            post=post,
            submission=description["components"]["schemas"]["Submission"],
            example=json.dumps(post["requestBody"]["content"]["application/json"]["example"], indent=2),
        )

    def problem(self, refusal: Refusal, *, locale: Locale, framed: bool = False, status: int | None = None) -> Answer:
        """Return a refusal for people, or with a `status` of 200 what it means."""
        return self._page(
            status or refusal.problem.status,
            "problem.html",
            *(refusal.headers if status is None else ()),
            locale=locale,
            framed=framed,
            title=say(refusal.problem.title, locale),
            detail=say(refusal.detail, locale),
            errors=refusal.errors,
            of_staff=refusal.problem.of_staff,
        )


def _reviewed(condition: Condition | None, locale: Locale) -> str | None:
    """Return when the red flags of a condition were reviewed: "1 October 2026"."""
    flags = condition.red_flags if condition else None
    return plain_date(flags.reviewed, locale=locale) if flags else None
