"""Visits: the pages and documents that change nothing."""

import json
from functools import cached_property

from starlette.requests import Request

from clinic.facts import ClinicFacts
from clinic.languages import Locale
from intake.answer import JSON, TEXT, Answer
from intake.head import Head
from intake.languages import Languages
from intake.links import ConfirmationLinks
from intake.openapi import openapi
from intake.pages import Pages
from intake.problem import LINK_EXPIRED, NOT_FOUND, PROBLEMS
from intake.refusal import Refusal


class Visits:
    """Answers GET and HEAD; what describes the interface is written when it is first asked for."""

    def __init__(self, facts: ClinicFacts, pages: Pages, languages: Languages, links: ConfirmationLinks) -> None:
        self._facts = facts
        self._pages = pages
        self._languages = languages
        self._links = links

    async def form(self, request: Request) -> Answer:
        """Show the form, for a condition where the path names one."""
        return self._form(request, framed=False)

    async def framed_form(self, request: Request) -> Answer:
        """Show the form for a frame in a page of a website."""
        return self._form(request, framed=True)

    async def confirmation(self, request: Request) -> Answer:
        """Show what a confirmation link of ours says."""
        return self._confirmation(request, framed=False)

    async def framed_confirmation(self, request: Request) -> Answer:
        """Show the same in the frame."""
        return self._confirmation(request, framed=True)

    def _form(self, request: Request, *, framed: bool) -> Answer:
        condition = request.path_params.get("condition", "")
        if condition and self._facts.about(condition) is None:
            raise Refusal(NOT_FOUND)
        return self._pages.form({"condition": condition}, locale=self._wanted(request), framed=framed)

    def _confirmation(self, request: Request, *, framed: bool) -> Answer:
        token = request.path_params["token"]
        confirmation = self._links.read(token)
        if confirmation is None:
            raise Refusal(LINK_EXPIRED)
        locale = self._wanted(request)
        return self._pages.confirmation(confirmation, f"/enquiries/{token}", locale=locale, framed=framed)

    def _wanted(self, request: Request) -> Locale:
        return self._languages.wanted(Head.of(request.scope), path=request.url.path)

    async def problem(self, request: Request) -> Answer:
        """Explain the type of a problem document."""
        for problem in PROBLEMS:
            if problem.slug == request.path_params["slug"]:
                return self._pages.problem(Refusal(problem), locale=self._wanted(request), status=200)
        raise Refusal(NOT_FOUND)

    async def health(self, _request: Request) -> Answer:
        """Say that this process answers; it asks nobody else."""
        return Answer(200, b"ok", TEXT)

    async def opening_hours(self, _request: Request) -> Answer:
        """Show the opening hours for machines."""
        return self._pages.opening_hours()

    async def openapi(self, _request: Request) -> Answer:
        """Show the description of the interface."""
        return Answer(200, self._described, JSON)

    async def docs(self, _request: Request) -> Answer:
        """Show the same to people."""
        return self._docs

    @cached_property
    def _description(self) -> dict[str, object]:
        return openapi(self._facts)

    @cached_property
    def _described(self) -> bytes:
        return json.dumps(self._description).encode()

    @cached_property
    def _docs(self) -> Answer:
        return self._pages.docs(self._description)
