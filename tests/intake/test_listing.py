"""Search engines read the same hours as patients."""

import json
import re
from datetime import UTC, datetime

import httpx

from clinic.facts import ClinicFacts, Site
from intake.listing import Listing

CHRISTMAS_WEEK = datetime(2026, 12, 21, 9, tzinfo=UTC)


async def test_the_form_and_the_address_for_machines_say_the_same(client: httpx.AsyncClient) -> None:
    answer = await client.get("/opening-hours")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ld+json")
    block = re.findall(r'<script type="application/ld\+json">(.*?)</script>', (await client.get("/")).text)
    assert [json.loads(text) for text in block] == [answer.json()]


def test_a_usual_week_and_the_days_that_are_not_usual_are_told(facts: ClinicFacts) -> None:
    (clinic,) = json.loads(Listing(facts).written(CHRISTMAS_WEEK))["@graph"]
    (week,) = clinic["openingHoursSpecification"]
    assert (len(week["dayOfWeek"]), week["opens"], week["closes"]) == (6, "08:00", "20:00")
    closed = {day["validFrom"] for day in clinic["specialOpeningHoursSpecification"] if day["opens"] == day["closes"]}
    assert {"2026-12-25", "2026-12-26", "2026-12-28", "2027-01-01"} <= closed


def test_each_site_is_listed_and_nothing_can_end_the_script(facts: ClinicFacts) -> None:
    site = Site(slug="riverside", name="</script><b>Riverside", opening_hours="Mo-Fr 09:00-17:00")
    text = Listing(facts.model_copy(update={"site": (site,)})).written(CHRISTMAS_WEEK)
    assert "<" not in text
    assert json.loads(text)["@graph"][0]["name"] == "Pure Physiotherapy, </script><b>Riverside"
