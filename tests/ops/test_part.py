"""A part that died is started again after a wait that grows, and is forgiven after a long life."""

from ops.part import Backoff


def test_the_wait_doubles_to_its_longest_and_is_forgiven_after_a_long_life() -> None:
    backoff = Backoff()
    waits = [0.0]
    for _ in range(8):
        waits.append(backoff.after(waits[-1], lived=1))
    assert waits[1:] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.after(30, lived=60) == 0.5
