"""The desk's requests: look, and act; every act is a form, says who did it, and leads back to a page."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clinic.acts import Acts
from clinic.errors import StoreUnavailable
from clinic.logs import logger
from clinic.reference import NEVER, parse_reference
from clinic.report import WEEKS
from clinic.store.files import VIEWS, View
from clinic.text import FieldFault, Unacceptable
from intake.assets import Assets
from intake.desk.deeds import done
from intake.desk.entry import Endpoint, Entry, fields_of
from intake.desk.flash import ACTS, NO_NOTE, NOTE_FAULT, line_of
from intake.desk.gate import Gate
from intake.desk.pages import DeskPages, see
from intake.desk.rows import SHOWN_AT_MOST, Rows
from intake.desk.sheets import Sheets
from intake.problem import NOT_FOUND
from intake.refusal import Refusal

# A browser asks again when this is over; a server that stops waits for no longer.
STREAM_SECONDS, LOOK_SECONDS = 10.0, 2.0
PAGE = re.compile("[1-9][0-9]{0,4}")


def desk_routes(clinic_name: str, gate: Gate, rows: Rows, acts: Acts, assets: Assets) -> list[Route]:
    """Return the routes of the desk."""
    pages = DeskPages(clinic_name, assets, elsewhere=gate.elsewhere)
    sheets = Sheets(pages, rows)
    entry, desk = Entry(gate, pages, sheets), _Desk(gate, pages, sheets, rows, acts)
    behind = entry.behind
    return [
        Route("/desk/login", entry.login_page),
        Route("/desk/login", entry.login, methods=["POST"]),
        Route("/desk/logout", entry.logout, methods=["POST"]),
        Route("/desk", behind(desk.inbox)),
        Route("/desk", behind(desk.search), methods=["POST"]),
        Route("/desk/changes", behind(desk.changes)),
        Route("/desk/report", behind(desk.report)),
        Route("/desk/{reference}", behind(desk.sheet)),
        *(Route(f"/desk/{{reference}}/{act}", behind(desk.act(act)), methods=["POST"]) for act in ACTS),
        *(Route(f"/desk/{{reference}}/{act}", behind(desk.acted)) for act in ACTS),
    ]


class _Desk:
    def __init__(self, gate: Gate, pages: DeskPages, sheets: Sheets, rows: Rows, acts: Acts) -> None:
        self._gate = gate
        self._pages = pages
        self._sheets = sheets
        self._rows = rows
        self._acts = acts

    async def inbox(self, request: Request) -> Response:
        """Show one view."""
        asked, page = request.query_params.get("view", "open"), request.query_params.get("page", "1")
        view = next((view for view in VIEWS if view == asked), None)
        if view is None or not PAGE.fullmatch(page):
            raise Refusal(NOT_FOUND, "There is no such view. Go back to the desk: /desk")
        return await self._inbox(request, view, int(page))

    async def search(self, request: Request) -> Response:
        """Lead to the enquiry of a reference; what is none may be a name, which must not come into an address."""
        searched = (await fields_of(request)).get("reference", "").strip()
        if searched and parse_reference(searched) is None:
            return await self._inbox(request, "open", 1, searched)
        return see(f"/desk/{parse_reference(searched)}" if searched else "/desk")

    async def _inbox(self, request: Request, view: View, page: int, searched: str = "") -> Response:
        counts = await self._rows.counts()
        return self._pages.page(
            422 if searched else 200,
            "inbox.html",
            user=self._gate.user(request),
            view=view,
            counts=counts,
            rows=await self._rows.listed(view, page),
            page=page,
            pages=max(1, -(-counts[view] // SHOWN_AT_MOST)),
            searched=searched,
            never=NEVER,
            pulse=_pulse(counts),
        )

    async def report(self, request: Request) -> Response:
        """Show how the promise is kept."""
        report = await self._rows.report()
        return self._pages.page(200, "report.html", user=self._gate.user(request), report=report, weeks=WEEKS)

    async def sheet(self, request: Request) -> Response:
        """Show one enquiry, and how the act that led here went."""
        reference = parse_reference(request.path_params["reference"])
        told = line_of(request.query_params.get("told", ""))
        return await self._sheets.answer(self._gate.user(request), reference, told=told)

    def act(self, what: str) -> Endpoint:
        """Return the endpoint that does one thing to an enquiry."""

        async def endpoint(request: Request) -> Response:
            reference = parse_reference(request.path_params["reference"])
            user = self._gate.user(request)
            if reference is None or user is None:
                raise Refusal(NOT_FOUND)
            fields = await fields_of(request)
            try:
                word = await done(self._acts, what, reference, user, fields)
            except Unacceptable as error:
                fault = NO_NOTE if error.fault is FieldFault.REQUIRED else NOTE_FAULT
                return await self._sheets.answer(user, reference, note=fields.get("note", ""), fault=fault)
            logger().info("desk_act", reference=reference, act=what, went=word)
            return see(f"/desk/{reference}?told={word}")

        return endpoint

    async def acted(self, request: Request) -> Response:
        """Lead whoever opens the address of an act anew to its enquiry, whose page stood there with a faulty note."""
        reference = parse_reference(request.path_params["reference"])
        return see(f"/desk/{reference}" if reference else "/desk")

    async def changes(self, _request: Request) -> Response:
        """Tell a page when the counts change (server-sent events)."""
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._pulses(), media_type="text/event-stream", headers=headers)

    async def _pulses(self) -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        for _ in range(int(STREAM_SECONDS / LOOK_SECONDS)):
            try:
                yield f"data: {_pulse(await self._rows.counts())}\n\n".encode()
            except StoreUnavailable:
                return
            await asyncio.sleep(LOOK_SECONDS)


def _pulse(counts: Mapping[View, int]) -> str:
    return "-".join(str(counts[view]) for view in VIEWS)
