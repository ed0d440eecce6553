"""A place has a telephone link that dials what is written."""

import pytest

from clinic.facts import ClinicFacts
from intake.places import Places


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("01632 960123", "tel:01632960123"),
        ("+44 (0)1632 960123", "tel:+441632960123"),
        ("01632 960123 ext. 4", "tel:01632960123"),
        ("12345", "tel:12345"),
        ("12345 ext. 6", "tel:12345"),
    ],
)
def test_a_telephone_link_dials_what_is_written(facts: ClinicFacts, phone: str, link: str) -> None:
    assert Places(facts.model_copy(update={"phone": phone})).of("").phone_link == link
