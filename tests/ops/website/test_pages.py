"""The demo's website shows the form in each of the three ways."""

import httpx

from clinic.facts import ClinicFacts
from ops.website.pages import website
from tests.support.clock import SetClock

INTAKE = "http://form.test:8000"


async def test_each_page_has_the_form_in_a_way_of_its_own(facts: ClinicFacts) -> None:
    transport = httpx.ASGITransport(app=website(facts, SetClock(), INTAKE))
    async with httpx.AsyncClient(transport=transport, base_url="http://clinic.test") as client:
        home, condition, hours = [
            (await client.get(path)).text for path in ("/", "/conditions/sacro-iliac-joint-pain", "/opening-hours")
        ]
    assert f'<a href="{INTAKE}/">' in home
    assert f'<script async src="{INTAKE}/embed.js" data-condition="sacro-iliac-joint-pain"></script>' in condition
    assert f'<form method="post" action="{INTAKE}/enquiries"' in hours
    assert "Monday to Saturday, 8am to 8pm" in hours
