"""The desk's pages, rendered, and the answers that lead to one."""

from collections.abc import Mapping

from clinic.store.files import View
from clinic.templates import pages
from intake.answer import DESK, HTML, TO_OURSELVES, Answer, Header
from intake.assets import Assets
from intake.desk.words import day, length_of_time
from intake.renderer import FOLDER

TITLES: Mapping[View, str] = {
    "open": "To be answered",
    "overdue": "Overdue",
    "contacted": "Contacted",
    "quarantined": "Set aside",
    "failed": "Mails that failed",
}


class DeskPages:
    """Writes them."""

    def __init__(self, clinic_name: str, assets: Assets, *, elsewhere: bool) -> None:
        """`elsewhere`: people sign in and out at an identity proxy."""
        self._environment = pages(FOLDER)
        self._environment.filters |= {"day": day, "length_of_time": length_of_time}
        self._environment.globals |= {
            "clinic_name": clinic_name,
            "stylesheet": assets.path("site.css"),
            "icon": assets.path("icon.svg"),
            "desk_script": assets.path("desk.js"),
            "titles": TITLES,
            "elsewhere": elsewhere,
        }

    def page(self, status: int, name: str, *headers: Header, **context: object) -> Answer:
        """Return a page."""
        body = self._environment.get_template(f"desk/{name}").render(context).encode()
        return Answer(status, body, HTML, *headers, policy=DESK, referrer=TO_OURSELVES)


def see(path: str, *headers: Header) -> Answer:
    """Return an answer that leads to a page."""
    return Answer(303, b"", HTML, (b"location", path.encode()), *headers)
