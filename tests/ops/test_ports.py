"""A port of our choice is one that nobody is given meanwhile, for its part listens on it seconds later."""

import random

from ops.ports import QUIET, TRIES, asked, bound

HOST = "127.0.0.1"


def test_a_port_of_our_choice_is_none_that_the_system_gives_to_whoever_connects() -> None:
    assert all(asked(HOST, 0, "--port") in QUIET for _ in range(20))


def test_one_that_is_taken_is_passed_over() -> None:
    state = random.getstate()
    first = random.sample(QUIET, TRIES)[0]
    random.setstate(state)
    with bound(HOST, first, "--port") as taken:
        taken.listen()
        assert asked(HOST, 0, "--port") != first
