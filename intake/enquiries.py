"""POST /enquiries: bytes come in, an enquiry is accepted, and the answer says what happens next."""

from collections.abc import Sequence

from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from clinic.acceptance import Acceptance, Accepted, IdempotencyConflict, TooMany
from clinic.enquiry import Enquiry, Offered, read_enquiry
from clinic.errors import StoreUnavailable
from clinic.languages import Locale, say
from clinic.logs import logger
from clinic.screening import Limit, Screening
from intake.answer import HTML, JSON, Answer
from intake.body import VisitorGone, read_body
from intake.client import client_of
from intake.door import Door
from intake.faults import field_problems
from intake.fields import FRAME, NONCE, VIEW, filled, form_fields, json_fields
from intake.head import Head
from intake.languages import Languages
from intake.links import IN_FRAME, Confirmation, ConfirmationLinks
from intake.nonces import known_by
from intake.origins import PREFLIGHT, Origins
from intake.pages import Pages
from intake.places import Places
from intake.problem import INVALID, KEY_REUSED, OUR_FAULT, TOO_MANY, UNAVAILABLE, WRONG_METHOD
from intake.receipt import receipt_bytes
from intake.refusal import LATER, RETRY_AFTER, Refusal
from intake.refused import refused


class Enquiries:
    """A bare ASGI application: this is the one busy path, and a request object would cost as much as the rest of it."""

    def __init__(
        self,
        acceptance: Acceptance,
        offered: Offered,
        places: Places,
        languages: Languages,
        links: ConfirmationLinks,
        pages: Pages,
        door: Door,
        origins: Origins,
        *,
        public_url: str,
        request_seconds: float,
        trusted_proxies: int,
    ) -> None:
        self._acceptance = acceptance
        self._offered = offered
        self._places = places
        self._languages = languages
        self._links = links
        self._pages = pages
        self._door = door
        self._origins = origins
        self._trusted_proxies = trusted_proxies
        self._public_url = public_url
        self._request_seconds = request_seconds

    async def __call__(self, scope: Scope, head: Head, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is; only who has gone gets no answer."""
        form: dict[str, str] = {}
        fields: dict[str, object] = {}
        try:
            answer = await self._answer(scope, head, receive, form, fields)
        except VisitorGone:
            return
        except Refusal as refusal:
            answer = self._refused(refusal, head, form, fields)
        except Exception:  # noqa: BLE001  # whatever it is, the patient is told to phone
            logger().error("request_failed", exc_info=True)
            answer = self._refused(Refusal(OUR_FAULT, close=True), head, {}, fields)
        if origins := head.all(b"origin"):
            answer.raw_headers += self._origins.shared_with(origins)
        await answer(scope, receive, send)

    def _refused(self, refusal: Refusal, head: Head, form: dict[str, str], fields: dict[str, object]) -> Answer:
        locale = self._wanted(head, fields)
        return refused(self._pages, refusal, head, locale=locale, values=form or None)

    def _wanted(self, head: Head, fields: dict[str, object]) -> Locale:
        said = fields.get("locale")
        return self._languages.wanted(head, field=said if isinstance(said, str) else "")

    async def _answer(
        self, scope: Scope, head: Head, receive: Receive, form: dict[str, str], fields: dict[str, object]
    ) -> Answer:
        """Read, check, accept; `form` is filled with what a browser form said, to show it again.

        `fields` are filled with what was said in either shape, for the language to answer in.
        """
        if scope["method"] == "OPTIONS" and self._origins.is_ours(head.all(b"origin")):
            return Answer(204, b"", HTML, *PREFLIGHT)
        if scope["method"] in ("GET", "HEAD") and head.wants_page:
            # This is the address of a form that came back; who opens it anew means the form.
            form_path = self._languages.prefix(self._wanted(head, fields)) + (IN_FRAME if head.in_frame else "") or "/"
            return Answer(303, b"", HTML, (b"location", form_path.encode()))
        if scope["method"] != "POST":
            raise Refusal(WRONG_METHOD, headers=[(b"allow", b"POST")], close=True)
        self._origins.check(head.all(b"host"), head.all(b"origin"), head.all(b"sec-fetch-site"))
        media, key = head.media(), head.idempotency_key()
        head.check_length()
        body = await read_body(scope, receive, self._request_seconds)
        if media == "json":
            fields |= json_fields(body)
        else:
            form |= form_fields(body)
            fields |= filled(form)
        try:
            enquiry = read_enquiry(fields, self._offered)
        except ValidationError as error:
            raise Refusal(INVALID, errors=field_problems(error, self._wanted(head, fields))) from None
        if form and key is None:
            key, body = known_by(form.get(NONCE, ""), enquiry, body)
        client = client_of(scope, head.all(b"x-forwarded-for"), self._trusted_proxies)
        screening, limits = self._door.screen(enquiry, form, form.get(NONCE, ""), client)
        accepted = await self._accept(enquiry, key, body, screening, limits)
        page = media == "form" and head.wants_page
        return self._accepted(accepted, enquiry, page=page, framed=form.get(VIEW) == FRAME)

    async def _accept(
        self, enquiry: Enquiry, key: str | None, body: bytes, screening: Screening, limits: Sequence[Limit]
    ) -> Accepted:
        try:
            return await self._acceptance.accept(
                enquiry, idempotency_key=key, body=body, screening=screening, limits=limits
            )
        except IdempotencyConflict:
            raise Refusal(KEY_REUSED) from None
        except TooMany:
            raise Refusal(TOO_MANY, headers=[LATER]) from None
        except StoreUnavailable as fault:
            place = self._places.of(enquiry.site, enquiry.locale)
            detail = say(
                "We may not have your enquiry. Please phone us on {phone}, or try again in a minute.", place.locale
            )
            detail = detail.format(phone=place.phone)
            raise Refusal(UNAVAILABLE, detail, headers=[RETRY_AFTER], cause=str(fault)) from None

    def _accepted(self, accepted: Accepted, enquiry: Enquiry, *, page: bool, framed: bool) -> Answer:
        place = self._places.of(enquiry.site, enquiry.locale)
        path = self._links.path(Confirmation(accepted.reference, accepted.received_at, enquiry.site))
        where = self._public_url + self._languages.prefix(place.locale) + (IN_FRAME if page and framed else "") + path
        if page:
            return Answer(303, b"", HTML, (b"location", where.encode()))
        return Answer(202, receipt_bytes(accepted, place, where), JSON)
