"""The pages: home links to the form, a condition page has it in a frame, the hours page has a form of its own."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from clinic.clock import Clock
from clinic.facts import ClinicFacts
from clinic.hours import coming_lines, hours_lines
from clinic.templates import pages

FOLDER = Path(__file__).parent / "templates"
COMING_DAYS = 14
ABOUT = "sacro-iliac-joint-pain"


def website(facts: ClinicFacts, clock: Clock, intake: str) -> Starlette:
    """Return the website; `intake` is the address of the form, without a slash at its end."""
    environment = pages(FOLDER)
    schedule = facts.schedule()
    environment.globals |= {"clinic": facts, "intake": intake, "about": ABOUT}

    def page(name: str) -> Route:
        async def answer(_request: Request) -> HTMLResponse:
            today = clock.now().astimezone(schedule.timezone).date()
            hours = {"week": hours_lines(facts.hours()), "coming": coming_lines(schedule, today, days=COMING_DAYS)}
            return HTMLResponse(environment.get_template(f"{name}.html").render(hours))

        return Route({"home": "/", "condition": f"/conditions/{ABOUT}", "hours": "/opening-hours"}[name], answer)

    return Starlette(routes=[page("home"), page("condition"), page("hours")])
