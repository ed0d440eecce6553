"""A delivery is tried as often as its schedule says."""

import pytest

from clinic.delivery import ALERT_SCHEDULE, CONFIRMATION_SCHEDULE, RetrySchedule


@pytest.mark.parametrize(("schedule", "tries"), [(ALERT_SCHEDULE, 292), (CONFIRMATION_SCHEDULE, 16)])
def test_there_is_time_for_as_many_tries_as_the_schedule_is_said_to_have(schedule: RetrySchedule, tries: int) -> None:
    assert schedule.tries_at_most == tries
    # Counted one by one: the last falls within the time, and one more would not.
    waits = sum(schedule.delay(attempt) for attempt in range(1, tries))
    assert waits <= schedule.give_up_after < waits + schedule.delay(tries)
