"""The inbox of the catcher: pages for people, JSON for programs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from clinic.templates import pages
from ops.catcher.faults import Faults, read_faults
from ops.catcher.mailbox import Envelope, Mailbox
from ops.catcher.reading import Letter, read_letter

PAGES = Path(__file__).with_name("pages")
NEWEST = 200
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"
OURS = f"{NOTHING}; style-src 'self'; frame-src 'self'; frame-ancestors 'none'"
# A mail's own HTML may be styled and shows what it carries with it: it runs, sends and fetches nothing.
THEIRS = f"sandbox; {NOTHING}; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def inbox(mailbox: Mailbox, faults: Faults) -> Starlette:
    """Return the web application of one mailbox and the faults of its SMTP side."""
    view = _Inbox(mailbox, faults)
    return Starlette(
        routes=[
            Route("/", view.list),
            Route("/inbox.css", view.style),
            Route("/messages/{id}", view.message),
            Route("/messages/{id}/html", view.html),
            Route("/messages/{id}/raw", view.raw),
            Route("/api/messages", view.all_as_json, methods=["GET"]),
            Route("/api/messages", view.forget, methods=["DELETE"]),
            Route("/api/faults", view.faults, methods=["GET"]),
            Route("/api/faults", view.script, methods=["PUT"]),
            Route("/api/faults", view.unscript, methods=["DELETE"]),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Mail:
    envelope: Envelope
    letter: Letter


class _Inbox:
    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults
        self._pages = pages(PAGES)

    def list(self, _: Request) -> Response:
        envelopes = self._mailbox.envelopes()
        newest = [self._read(envelope) for envelope in envelopes[: -NEWEST - 1 : -1]]
        return self._page("list.html", mails=newest, total=len(envelopes))

    def message(self, request: Request) -> Response:
        return self._page("message.html", mail=self._found(request))

    def html(self, request: Request) -> Response:
        letter = self._found(request).letter
        return HTMLResponse(letter.html, headers=_safely(THEIRS))

    def raw(self, request: Request) -> Response:
        return PlainTextResponse(self._found(request).letter.raw, headers=_safely(OURS))

    def style(self, _: Request) -> Response:
        return FileResponse(PAGES / "inbox.css", media_type="text/css", headers=_safely(OURS))

    def all_as_json(self, request: Request) -> Response:
        after = request.query_params.get("after", "")
        return JSONResponse([_as_json(self._read(envelope)) for envelope in self._mailbox.envelopes(after)])

    async def forget(self, _: Request) -> Response:
        self._mailbox.forget()
        return Response(status_code=204)

    async def faults(self, _: Request) -> Response:
        return JSONResponse([fault.model_dump(exclude_defaults=True) for fault in self._faults.script])

    async def script(self, request: Request) -> Response:
        try:
            self._faults.script = read_faults(await request.body())
        except ValueError as error:
            return PlainTextResponse(f"{error}\n", status_code=422)
        return await self.faults(request)

    async def unscript(self, _: Request) -> Response:
        self._faults.script = []
        return Response(status_code=204)

    def _read(self, envelope: Envelope) -> _Mail:
        return _Mail(envelope, read_letter(self._mailbox.raw(envelope)))

    def _found(self, request: Request) -> _Mail:
        envelope = self._mailbox.find(request.path_params["id"])
        if envelope is None:
            raise HTTPException(404, "There is no such mail: go back to the inbox.")
        return self._read(envelope)

    def _page(self, name: str, **values: object) -> Response:
        return HTMLResponse(self._pages.get_template(name).render(values), headers=_safely(OURS))


def _safely(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


def _as_json(mail: _Mail) -> dict[str, Any]:
    envelope, letter = mail.envelope, mail.letter
    return {
        "id": envelope.id,
        "from": envelope.sender,
        "to": list(envelope.recipients),
        "subject": letter.header("Subject"),
        "headers": letter.by_name(),
        "text": letter.text,
        "html": letter.html,
        "raw": letter.raw,
        "received_at": envelope.received_at.isoformat(),
    }
