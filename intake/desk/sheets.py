"""The page of one enquiry, with how the act that led there went, and a note that is still in its field."""

from intake.answer import Answer, Header
from intake.desk.flash import NOTE_LENGTH
from intake.desk.pages import DeskPages
from intake.desk.rows import Rows


class Sheets:
    """Answers with it; raises StoreUnavailable."""

    def __init__(self, pages: DeskPages, rows: Rows) -> None:
        self._pages = pages
        self._rows = rows

    async def answer(
        self,
        user: str | None,
        reference: str | None,
        *headers: Header,
        told: str = "",
        note: str = "",
        fault: str = "",
    ) -> Answer:
        """Return the page of an enquiry, or that there is none."""
        sheet = await self._rows.sheet(reference) if reference else None
        if sheet is None:
            return self._pages.page(404, "missing.html", *headers, user=user)
        more = {"told": told, "note": note, "fault": fault, "note_length": NOTE_LENGTH}
        return self._pages.page(422 if fault else 200, "sheet.html", *headers, user=user, sheet=sheet, **more)
