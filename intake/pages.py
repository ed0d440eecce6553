"""Pages: what is written to people, from the templates beside this file."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from clinic.acts import Contact
from clinic.clock import Clock
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts, Condition
from clinic.hours import day_and_time, mail_sentence, plain_date
from clinic.languages import TAGS, Locale, say
from clinic.reference import spaced
from intake.answer import ALONE, HTML, JSON_LD, SCRIPTED, TO_NOBODY, TO_OURSELVES, Answer, framed_by
from intake.assets import Assets
from intake.door import TRAP
from intake.languages import Languages
from intake.links import Confirmation
from intake.listing import Listing
from intake.places import Places
from intake.proofs import FIELD, Proofs
from intake.refusal import FieldProblem, Refusal
from intake.tokens import FormTokens

FOLDER = Path(__file__).parent / "templates"
Renderer = Callable[[str, Mapping[str, object]], str]
BLANK = dict.fromkeys(Enquiry.model_fields, "")


class Pages:
    """Renders the form, the confirmation and the problems of one clinic."""

    def __init__(
        self,
        facts: ClinicFacts,
        places: Places,
        languages: Languages,
        assets: Assets,
        tokens: FormTokens,
        proofs: Proofs,
        clock: Clock,
        origins: Iterable[str],
    ) -> None:
        """Let the websites of these origins show a page in a frame, where it is made for one."""
        self._framed = framed_by(origins)
        self._renderer = cache(self._speaking)
        self._by_choice = ((b"vary", b"accept-language"),) if languages.several else ()
        self._facts = facts
        self._listing = Listing(facts)
        self._places = places
        self._languages = languages
        self._assets = assets
        self._tokens = tokens
        self._proofs = proofs
        self._alone = SCRIPTED if proofs.wanted else ALONE
        self._clock = clock

    def form(
        self,
        values: dict[str, str],
        errors: Sequence[FieldProblem] = (),
        *,
        locale: Locale,
        status: int = 200,
        notice: str | None = None,
        framed: bool = False,
    ) -> Answer:
        """Return the form with what was typed before; `notice` is a problem of the form as a whole."""
        now = self._clock.now()
        place = self._places.of(values.get("site", ""), locale)
        told = place.tell(now)
        condition = self._facts.about(values.get("condition", ""))
        return self._page(
            status,
            "form.html",
            locale=locale,
            path=f"/enquiry/{condition.slug}" if condition else "/",
            framed=framed,
            values=BLANK | values,
            errors=errors,
            fault_of=BLANK | {error.field: error.message for error in errors},
            notice=say(notice, locale) if notice else None,
            condition=condition.title_in(locale) if condition else None,
            red_flags=condition.red_flags if condition else None,
            reviewed=_reviewed(condition, locale),
            hours_today=place.hours_today(now),
            promise=told.now if told else None,
            listing=self._listing.written(now),
            nonce=self._tokens.new(shown_before=bool(errors or notice)),
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

    def contacted(
        self, reference: str, contact: Contact | None, *, desk: bool = False, nameless: bool = False
    ) -> Answer:
        """Return reception's page of one enquiry; `desk`: there is one, `nameless`: nobody said who marks it."""
        zone = self._places.of("").schedule.timezone
        return self._page(
            422 if nameless else 200,
            "contacted.html",
            locale=self._facts.spoken("en"),
            referrer=TO_NOBODY,
            reference=spaced(reference),
            plain=reference,
            desk=desk,
            contact=contact,
            at=day_and_time(contact.at, zone, reference=self._clock.now()) if contact else "",
            nameless=nameless,
        )

    def not_spam(
        self, reference: str, released: Contact | None, *, aside: bool, desk: bool = False, nameless: bool = False
    ) -> Answer:
        """Return reception's page of an enquiry that is, or was, set `aside`; the rest as for `contacted`."""
        zone = self._places.of("").schedule.timezone
        return self._page(
            422 if nameless else 200,
            "not_spam.html",
            locale=self._facts.spoken("en"),
            referrer=TO_NOBODY,
            reference=spaced(reference),
            plain=reference,
            desk=desk,
            aside=aside,
            released=released,
            at=day_and_time(released.at, zone, reference=self._clock.now()) if released else "",
            nameless=nameless,
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
        )

    def _page(
        self,
        status: int,
        name: str,
        *headers: tuple[bytes, bytes],
        locale: Locale,
        path: str = "",
        framed: bool = False,
        referrer: bytes = TO_OURSELVES,
        **context: object,
    ) -> Answer:
        """Render a template; `path` is where its page is found in every language, after the prefix for one."""
        body = self._renderer(locale)(name, context | {"framed": framed, "path": path}).encode()
        policy = self._framed if framed else self._alone
        return Answer(status, body, HTML, *headers, *self._by_choice, policy=policy, referrer=referrer)

    def _speaking(self, locale: Locale) -> Renderer:
        """Return what renders pages in a language, once it knows what all of them are given."""
        # Imported on first use: jinja2 is 25 ms of a start, and an enquiry that a website sends needs no page.
        from clinic.templates import pages

        facts, path = self._facts, self._assets.path
        environment = pages(FOLDER, locale)
        environment.globals |= {
            "clinic": facts,
            "place": self._places.of("", locale),
            "locale": locale,
            "language": TAGS[locale],
            "prefix": self._languages.prefix(locale),
            "other_languages": self._languages.others(locale),
            "stylesheet": path("site.css"),
            "icon": path("icon.svg"),
            "frame_script": path("frame.js"),
            "proof_script": path("proof.js"),
            "proof_field": FIELD,
            "conditions": [(condition.slug, condition.title_in(locale)) for condition in facts.condition],
            "sites": [(site.slug, site.name) for site in facts.site],
        }
        return lambda name, values: environment.get_template(name).render(values)


def _reviewed(condition: Condition | None, locale: Locale) -> str | None:
    """Return when the red flags of a condition were reviewed: "1 October 2026"."""
    flags = condition.red_flags if condition else None
    return plain_date(flags.reviewed, locale=locale) if flags else None
