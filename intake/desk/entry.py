"""The entry: whoever is not signed in is led to the login, and from there back to where they were."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from clinic.errors import StoreUnavailable
from clinic.reference import parse_reference
from intake.away import told_when_away
from intake.body import read_body
from intake.desk.flash import line_of
from intake.desk.gate import Gate
from intake.desk.pages import DeskPages, see
from intake.desk.sheets import Sheets
from intake.desk.way_back import LOGIN, login_for, page_of, reference_on, way_back
from intake.fields import plain_fields
from intake.limits import REQUEST_SECONDS

Endpoint = Callable[[Request], Awaitable[Response]]


class Entry:
    """Signs people in and out, and keeps everybody else from the desk."""

    def __init__(self, gate: Gate, pages: DeskPages, sheets: Sheets) -> None:
        self._gate = gate
        self._pages = pages
        self._sheets = sheets

    def behind(self, endpoint: Endpoint) -> Endpoint:
        """Let an endpoint answer who is signed in, and no form but ours."""

        async def guarded(request: Request) -> Response:
            if request.method == "POST":
                self._gate.check_origin(request)
            with told_when_away():
                signed_in = self._gate.user(request) is not None
                return await endpoint(request) if signed_in else await self._to_login(request)

        return guarded

    async def _to_login(self, request: Request) -> Response:
        """Lead to the login; what was sent is not done, and a note travels in the login's own form."""
        page = page_of(request)
        if request.method != "POST":
            return see(login_for(page))
        note = (await fields_of(request)).get("note", "")
        return self._login_page(403, to=page, note=note, unsaved=True)

    async def login_page(self, request: Request) -> Response:
        """Show the login, or lead on who is signed in."""
        to = way_back(request.query_params.get("to", ""))
        return see(to) if self._gate.user(request) else self._login_page(200, to=to)

    async def login(self, request: Request) -> Response:
        """Sign somebody in, and lead to where they were; a note that was not saved is in its field again."""
        self._gate.check_origin(request)
        fields = await fields_of(request)
        to, note, user = way_back(fields.get("to", "")), fields.get("note", ""), fields.get("name", "").strip()
        cookies = await self._gate.sign_in(request, user, fields.get("password", ""))
        if not cookies:
            return self._login_page(403, to=to, who=user, note=note, unsaved=bool(note), wrong=True)
        began = [(b"set-cookie", cookie.encode()) for cookie in cookies]
        reference = parse_reference(reference_on(to) or "")
        if not note or reference is None:
            return see(to, *began)
        try:
            return await self._sheets.answer(user, reference, *began, told=line_of("unsaved"), note=note)
        except StoreUnavailable:
            # Once more, then: the note is in this form, and nowhere else.
            return self._login_page(503, to=to, who=user, note=note, unsaved=True)

    async def logout(self, request: Request) -> Response:
        """Sign somebody out."""
        self._gate.check_origin(request)
        return see(LOGIN, (b"set-cookie", self._gate.signed_out().encode()))

    def _login_page(
        self, status: int, *, to: str, who: str = "", note: str = "", unsaved: bool = False, wrong: bool = False
    ) -> Response:
        more = {"to": to, "who": who, "note": note, "unsaved": unsaved, "wrong": wrong}
        return self._pages.page(status, "login.html", user=None, **more)


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form of the desk's; raise Refusal."""
    return plain_fields(await read_body(request.scope, request.receive, REQUEST_SECONDS))
