"""The application: every part of the intake, put together in this one place."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from clinic.acceptance import Acceptance
from clinic.clock import Clock
from clinic.enquiry import Offered
from clinic.facts import ClinicFacts
from clinic.logs import logger
from intake.act_links import CONTACTED, NOT_SPAM, ActLinks
from intake.act_pages import ActPages
from intake.act_visits import REOPEN, ActVisits, Marks
from intake.answer import Answer
from intake.assets import Assets
from intake.door import Door
from intake.enquiries import Enquiries
from intake.head import Head
from intake.languages import PREFIXES, Languages
from intake.limits import REQUEST_SECONDS
from intake.links import IN_FRAME, ConfirmationLinks
from intake.origins import Origins
from intake.pages import Pages
from intake.places import Places
from intake.problem import NOT_FOUND, OUR_FAULT, WRONG_METHOD
from intake.proofs import Proofs
from intake.rates import Rates
from intake.readiness import Readiness, Ready, always_ready
from intake.refusal import Refusal
from intake.refused import refused
from intake.renderer import Renderer
from intake.tokens import FormTokens
from intake.visits import Visits

BUSY = "/enquiries"
# Whoever runs us asks these by whatever address they have, a pod's for one, and the answers say nothing.
PROBED = {"/healthz", "/readyz"}


def create_app(
    facts: ClinicFacts,
    acceptance: Acceptance,
    clock: Clock,
    secrets: Sequence[str],
    rates: Rates,
    marks: Marks,
    *,
    public_url: str = "",
    websites: Sequence[str] = (),
    trusted_proxies: int = 0,
    proof_of_work: bool = False,
    desk: Callable[[Assets], Sequence[Route]] = lambda _assets: (),
    ready: Ready = always_ready,
    request_seconds: float = REQUEST_SECONDS,
) -> ASGIApp:
    """Return the intake as one ASGI application.

    `secrets` sign the confirmation links and the form tokens, newest first. `public_url` goes in front of links;
    empty, they are paths. `desk` gives the routes of reception's desk, `ready` says why no enquiry can be taken.
    A request whose body is not complete after `request_seconds` is refused.
    """
    places, languages, assets = Places(facts), Languages(facts), Assets(facts.languages)
    tokens, proofs = FormTokens(secrets, clock), Proofs(secrets, clock, wanted=proof_of_work)
    origins = Origins((facts.website, *facts.websites, *websites), public_url)
    renderer = Renderer(facts, places, languages, assets, origins.allowed, scripted=proof_of_work)
    pages = Pages(renderer, facts, places, tokens, proofs, clock)
    door = Door(facts, tokens, proofs, rates)
    links = ConfirmationLinks(secrets, clock)
    offered = Offered(
        conditions=frozenset(condition.slug for condition in facts.condition),
        sites=frozenset(site.slug for site in facts.site),
    )
    enquiries = Enquiries(
        acceptance,
        offered,
        places,
        languages,
        links,
        pages,
        door,
        origins,
        public_url=public_url,
        request_seconds=request_seconds,
        trusted_proxies=trusted_proxies,
    )
    visits = Visits(facts, pages, languages, links)
    desk_routes = desk(assets)
    to_mark, to_release = (ActLinks(purpose, secrets, clock, public_url) for purpose in (CONTACTED, NOT_SPAM))
    acts = ActVisits(marks, to_mark, to_release, ActPages(renderer, facts, places, clock), desk=bool(desk_routes))
    handler = _Handler(pages, languages)
    others = Starlette(
        routes=[
            *(route for prefix in PREFIXES for route in _in_each_language(prefix, visits)),
            Route("/contacted/{token}", acts.page),
            Route("/contacted/{token}", acts.mark, methods=["POST"]),
            Route("/contacted/{token}" + REOPEN, acts.reopen, methods=["POST"]),
            Route("/not-spam/{token}", acts.quarantined),
            Route("/not-spam/{token}", acts.release, methods=["POST"]),
            Route("/embed.js", assets.embed),
            Route("/problems/{slug}", visits.problem),
            Route("/healthz", visits.health),
            Route("/readyz", Readiness(ready, clock).answer),
            Route("/opening-hours", visits.opening_hours),
            Route("/openapi.json", visits.openapi),
            Route("/docs", visits.docs),
            *desk_routes,
            Route("/static/{file}", assets.answer),
        ],
        exception_handlers={
            Refusal: handler.refusal,
            HTTPException: handler.of_starlette,
            Exception: handler.fault,
        },
    )
    others.router.redirect_slashes = False

    async def intake(scope: Scope, receive: Receive, send: Send) -> None:
        """Take the busy path past Starlette's routing."""
        if scope["type"] == "http":
            head = Head.of(scope)
            try:
                if scope["path"] not in PROBED:
                    origins.check_host(head.all(b"host"))
            except Refusal as refusal:
                locale = languages.wanted(head, path=scope["path"])
                await refused(pages, refusal, head, locale=locale)(scope, receive, send)
                return
        if scope["type"] == "http" and scope["path"] == BUSY:
            await enquiries(scope, head, receive, send)
        else:
            # Starlette raises a fault again after our handler has answered and logged it.
            with suppress(Exception):
                await others(scope, receive, send)

    return intake


def _in_each_language(prefix: str, visits: Visits) -> list[Route]:
    """Return the routes of the pages for patients."""
    return [
        Route(prefix or "/", visits.form),
        Route(prefix + "/enquiry/{condition}", visits.form),
        Route(prefix + "/embed", visits.framed_form),
        Route(prefix + "/embed/{condition}", visits.framed_form),
        Route(prefix + IN_FRAME + "/enquiries/{token}", visits.framed_confirmation),
        Route(prefix + "/enquiries/{token}", visits.confirmation),
    ]


class _Handler:
    """Answers what goes wrong on the pages, in the same two shapes as on the busy path."""

    def __init__(self, pages: Pages, languages: Languages) -> None:
        self._pages = pages
        self._languages = languages

    async def refusal(self, request: Request, error: Exception) -> Answer:
        head = Head.of(request.scope)
        locale = self._languages.wanted(head, path=request.url.path)
        return refused(self._pages, cast(Refusal, error), head, locale=locale)

    async def of_starlette(self, request: Request, error: Exception) -> Answer:
        """Starlette itself raises two: no such path, and not this method."""
        raised = cast(HTTPException, error)
        if raised.status_code == 405:
            allow = (raised.headers or {}).get("Allow", "GET").encode()
            return await self.refusal(request, Refusal(WRONG_METHOD, headers=[(b"allow", allow)], close=True))
        return await self.refusal(request, Refusal(NOT_FOUND, close=True))

    async def fault(self, request: Request, error: Exception) -> Answer:
        logger().error("request_failed", exc_info=error)
        return await self.refusal(request, Refusal(OUR_FAULT, close=True))
