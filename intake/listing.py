"""The listing: the clinic and its opening hours as search engines read them (schema.org, JSON-LD)."""

import json
from datetime import datetime
from functools import lru_cache

from clinic.facts import ClinicFacts
from clinic.hours import opening_hours_specification, special_opening_hours_specification


class Listing:
    """Writes the clinic, or each of its sites, as a MedicalClinic: https://schema.org/MedicalClinic."""

    def __init__(self, facts: ClinicFacts) -> None:
        self._facts = facts
        # What is unusual in the year to come changes from day to day only.
        self._of_day = lru_cache(maxsize=2)(self._written)

    def written(self, now: datetime) -> str:
        """Return the JSON-LD document as it is at an instant; without a "<", so that it may stand in a page."""
        return self._of_day(now.replace(hour=0, minute=0, second=0, microsecond=0))

    def _written(self, day: datetime) -> str:
        places = [self._place(site.slug, day) for site in self._facts.site] or [self._place("", day)]
        document = {"@context": "https://schema.org", "@graph": places}
        return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")

    def _place(self, slug: str, day: datetime) -> dict[str, object]:
        facts = self._facts
        practice = facts.practice(slug)
        return {
            "@type": "MedicalClinic",
            "name": ", ".join(filter(None, (practice.clinic, practice.site))),
            "url": facts.website,
            "telephone": practice.phone,
            "address": practice.address,
            "openingHoursSpecification": opening_hours_specification(facts.hours(slug)),
            "specialOpeningHoursSpecification": special_opening_hours_specification(facts.schedule(slug), day),
        }
