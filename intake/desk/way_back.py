"""The way back: which page of the desk somebody asked for who is not signed in, and where the login leads on to."""

import re
from urllib.parse import quote

from starlette.requests import Request

DESK, LOGIN = "/desk", "/desk/login"
# What may be led to, and nothing else: an address that anyone can write must not lead off the desk.
PAGE = re.compile(r"/desk(/report|/[A-Za-z0-9]{8}|\?view=[a-z]{1,20}(&page=[0-9]{1,5})?)?")
SHEET = re.compile(r"/desk/([A-Za-z0-9]{8})")


def page_of(request: Request) -> str:
    """Return the page that was asked for, or the one that a form was on."""
    path = request.url.path
    if request.method == "POST":
        return way_back(path.rpartition("/")[0])
    return way_back(f"{path}?{request.url.query}" if request.url.query else path)


def way_back(asked: str) -> str:
    """Return the page of the desk that is named; its first page for whatever else is."""
    return asked if PAGE.fullmatch(asked) else DESK


def login_for(page: str) -> str:
    """Return the address of the login that leads back to a page, where that is not the first."""
    return LOGIN if page == DESK else f"{LOGIN}?to={quote(page)}"


def reference_on(page: str) -> str | None:
    """Return the reference of the enquiry whose page it is, or None for another page."""
    found = SHEET.fullmatch(page)
    return found[1] if found else None
