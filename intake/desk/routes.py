"""The desk's requests: sign in, look, and act; every act is a form, says who did it, and leads back to a page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from clinic.acts import Acts
from clinic.errors import StoreUnavailable
from clinic.logs import logger
from clinic.reference import parse_reference
from clinic.report import WEEKS
from clinic.store.files import VIEWS, View
from clinic.templates import pages
from clinic.text import Unacceptable, many_lines
from intake.answer import DESK, HTML, TO_OURSELVES, Answer
from intake.assets import Assets
from intake.body import read_body
from intake.desk.gate import Gate
from intake.desk.rows import Rows
from intake.desk.told import ACTS, NOTE_FAULT, NOTE_LENGTH, line_of, word_of
from intake.fields import plain_fields
from intake.limits import REQUEST_SECONDS, RETRY_AFTER_SECONDS
from intake.problem import NOT_FOUND, STORE_AWAY
from intake.refusal import Refusal
from intake.renderer import FOLDER

# A browser asks again when this is over; a server that stops waits for no longer.
STREAM_SECONDS, LOOK_SECONDS = 10.0, 2.0
TITLES: Mapping[View, str] = {
    "open": "To be answered",
    "overdue": "Overdue",
    "contacted": "Contacted",
    "quarantined": "Set aside",
    "failed": "Mails that failed",
}
Endpoint = Callable[[Request], Awaitable[Response]]


def desk_routes(clinic_name: str, gate: Gate, rows: Rows, acts: Acts, assets: Assets) -> list[Route]:
    """Return the routes of the desk."""
    desk = _Desk(clinic_name, gate, rows, acts, assets)
    return [
        Route("/desk/login", desk.login_page),
        Route("/desk/login", desk.login, methods=["POST"]),
        Route("/desk/logout", desk.logout, methods=["POST"]),
        Route("/desk", desk.behind(desk.inbox)),
        Route("/desk/changes", desk.behind(desk.changes)),
        Route("/desk/report", desk.behind(desk.report)),
        Route("/desk/{reference}", desk.behind(desk.sheet)),
        *(Route(f"/desk/{{reference}}/{act}", desk.behind(desk.act(act)), methods=["POST"]) for act in ACTS),
    ]


class _Desk:
    def __init__(self, clinic_name: str, gate: Gate, rows: Rows, acts: Acts, assets: Assets) -> None:
        self._gate = gate
        self._rows = rows
        self._acts = acts
        self._environment = pages(FOLDER)
        self._environment.globals |= {
            "clinic_name": clinic_name,
            "stylesheet": assets.path("site.css"),
            "icon": assets.path("icon.svg"),
            "desk_script": assets.path("desk.js"),
            "titles": TITLES,
            "elsewhere": gate.elsewhere,
        }

    def behind(self, endpoint: Endpoint) -> Endpoint:
        """Let an endpoint answer who is signed in; whoever is not is led to the login."""

        async def guarded(request: Request) -> Response:
            if self._gate.user(request) is None:
                return _see("/desk/login")
            if request.method == "POST":
                self._gate.check_origin(request)
            try:
                return await endpoint(request)
            except StoreUnavailable:
                raise Refusal(STORE_AWAY, headers=[(b"retry-after", b"%d" % RETRY_AFTER_SECONDS)]) from None

        return guarded

    async def login_page(self, request: Request) -> Response:
        return _see("/desk") if self._gate.user(request) else self._page(200, "login.html", user=None, wrong=False)

    async def login(self, request: Request) -> Response:
        self._gate.check_origin(request)
        fields = plain_fields(await read_body(request.scope, request.receive, REQUEST_SECONDS))
        cookie = await self._gate.sign_in(request, fields.get("name", "").strip(), fields.get("password", ""))
        if cookie is None:
            return self._page(403, "login.html", user=None, wrong=True)
        return _see("/desk", (b"set-cookie", cookie.encode()))

    async def logout(self, request: Request) -> Response:
        self._gate.check_origin(request)
        return _see("/desk/login", (b"set-cookie", self._gate.signed_out().encode()))

    async def inbox(self, request: Request) -> Response:
        """Show one view, or lead to the enquiry whose reference was searched for."""
        searched = request.query_params.get("reference", "")
        reference = parse_reference(searched) if searched else None
        if reference:
            return _see(f"/desk/{reference}")
        asked = request.query_params.get("view", "open")
        view = next((view for view in VIEWS if view == asked), None)
        if view is None:
            raise Refusal(NOT_FOUND, "There is no such view. Go back to the desk: /desk")
        counts = await self._rows.counts()
        return self._page(
            200,
            "inbox.html",
            user=self._gate.user(request),
            view=view,
            counts=counts,
            rows=await self._rows.listed(view),
            searched=searched,
            pulse=_pulse(counts),
        )

    async def report(self, request: Request) -> Response:
        """Show how the promise is kept."""
        report = await self._rows.report()
        return self._page(200, "report.html", user=self._gate.user(request), report=report, weeks=WEEKS)

    async def sheet(self, request: Request) -> Response:
        """Show one enquiry, and how the act that led here went."""
        reference = parse_reference(request.path_params["reference"])
        return await self._sheet(request, reference, told=line_of(request.query_params.get("told", "")))

    async def _sheet(
        self, request: Request, reference: str | None, *, told: str = "", note: str = "", fault: str = ""
    ) -> Response:
        user = self._gate.user(request)
        sheet = await self._rows.sheet(reference) if reference else None
        if sheet is None:
            return self._page(404, "missing.html", user=user)
        more = {"told": told, "note": note, "fault": fault, "note_length": NOTE_LENGTH}
        return self._page(422 if fault else 200, "sheet.html", user=user, sheet=sheet, **more)

    def act(self, what: str) -> Endpoint:
        """Return the endpoint that does one thing to an enquiry."""

        async def endpoint(request: Request) -> Response:
            reference = parse_reference(request.path_params["reference"])
            user = self._gate.user(request)
            if reference is None or user is None:
                raise Refusal(NOT_FOUND)
            fields = plain_fields(await read_body(request.scope, request.receive, REQUEST_SECONDS))
            match what:
                case "contacted":
                    written = fields.get("note", "")
                    try:
                        note = many_lines(written, NOTE_LENGTH)
                    except Unacceptable:
                        return await self._sheet(request, reference, note=written, fault=NOTE_FAULT)
                    contact = await self._acts.mark(reference, user, note)
                    done = contact is not None and contact.new
                case "reopen":
                    done = await self._acts.reopen(reference, user)
                case "release":
                    done = await self._acts.release(reference, user)
                case "resend":
                    done = await self._acts.resend(reference, user)
                case _:
                    done = fields.get("sure") == "yes" and await self._acts.erase(reference, user)
            logger().info("desk_act", reference=reference, act=what, done=done)
            return _see(f"/desk/{reference}?told={word_of(what, done=done)}")

        return endpoint

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

    def _page(self, status: int, name: str, **context: object) -> Answer:
        body = self._environment.get_template(f"desk/{name}").render(context).encode()
        return Answer(status, body, HTML, policy=DESK, referrer=TO_OURSELVES)


def _pulse(counts: Mapping[View, int]) -> str:
    return "-".join(str(counts[view]) for view in VIEWS)


def _see(path: str, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(303, b"", HTML, (b"location", path.encode()), *headers)
