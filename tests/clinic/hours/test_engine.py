"""What the engine is asked, and what comes back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.hours.engine import can_read, open_stretches

LONDON = ZoneInfo("Europe/London")


def test_stretches_are_in_utc_and_clipped() -> None:
    start, end = datetime(2026, 7, 1, 9, tzinfo=LONDON), datetime(2026, 7, 2, 9, tzinfo=LONDON)

    stretches = list(open_stretches("Mo-Sa 08:00-20:00", LONDON, start, end))

    assert stretches == [
        (datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 7, 1, 19, tzinfo=UTC)),
        (datetime(2026, 7, 2, 7, tzinfo=UTC), datetime(2026, 7, 2, 8, tzinfo=UTC)),
    ]
    assert {instant.tzinfo for stretch in stretches for instant in stretch} == {UTC}


def test_an_hour_that_the_clocks_skip_is_no_stretch() -> None:
    midnight = datetime(2026, 3, 29, tzinfo=UTC)

    assert list(open_stretches("Mo-Su 01:00-02:00", LONDON, midnight, midnight + timedelta(hours=20))) == []


def test_a_year_without_a_change_is_one_stretch() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 2, 1, tzinfo=UTC)

    assert list(open_stretches("24/7", LONDON, start, end)) == [(start, end)]


def test_a_closure_longer_than_the_window_still_ends() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    expression = "Mo-Su 08:00-20:00; 2026 Jan 01-2028 Jan 30 off"

    first = next(open_stretches(expression, LONDON, start, start + timedelta(days=766)))
    assert first[0] == datetime(2028, 1, 31, 8, tzinfo=UTC)


def test_what_is_outside_the_grammar_cannot_be_read() -> None:
    assert can_read("Mo-Sa 08:00-20:00")
    assert not can_read("8am-8pm")
