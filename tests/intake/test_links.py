"""The link of a confirmation: it tells what was signed, for a day, and to nobody who changed it."""

import pytest

from intake.links import Confirmation, ConfirmationLinks
from intake.signing import LONGEST
from tests.intake.stand_ins import MONDAY_MORNING, SECRETS
from tests.support.clock import SetClock

SHOWN = Confirmation("CFGH3467", MONDAY_MORNING, "riverside")


def token(links: ConfirmationLinks, shown: Confirmation = SHOWN) -> str:
    return links.path(shown).removeprefix("/enquiries/")


@pytest.fixture
def links(clock: SetClock) -> ConfirmationLinks:
    return ConfirmationLinks(SECRETS, clock)


@pytest.mark.parametrize("site", ["", "riverside", "a-site-of-sixty-characters-" + "x" * 33])
def test_a_link_tells_what_was_signed(links: ConfirmationLinks, site: str) -> None:
    shown = Confirmation("CFGH3467", MONDAY_MORNING, site)
    assert links.read(token(links, shown)) == shown


def test_a_link_ends_after_a_day(links: ConfirmationLinks, clock: SetClock) -> None:
    path = token(links)
    clock.forward(hours=24)
    assert links.read(path) == SHOWN
    clock.forward(milliseconds=1)
    assert links.read(path) is None


def test_the_newest_secret_signs_and_earlier_ones_still_open(clock: SetClock) -> None:
    newest, earlier = (ConfirmationLinks([secret], clock) for secret in SECRETS)
    both = ConfirmationLinks(SECRETS, clock)
    assert token(both) == token(newest)
    assert both.read(token(earlier)) == SHOWN
    assert earlier.read(token(newest)) is None


def test_a_link_that_is_not_ours_tells_nothing(links: ConfirmationLinks) -> None:
    good = token(links)
    for position in range(len(good)):
        assert links.read(good[:position]) is None
        changed = "A" if good[position] != "A" else "B"
        # The last character of base64 has bits that mean nothing.
        if position < len(good) - 1:
            assert links.read(good[:position] + changed + good[position + 1 :]) is None
    for forged in ("", ".", "..", "...", "\u00e9", "x" * 10_000, good * 2, good.upper(), "none", good + "=" * LONGEST):
        assert links.read(forged) is None


def test_a_link_bears_nothing_of_a_person(links: ConfirmationLinks) -> None:
    assert token(links).split(".")[:3] == ["CFGH3467", "1795428184567", "riverside"]
