"""The watchdog ends a process that gets nothing done, and no other."""

from workers.watchdog import STALLED_SECONDS, Watchdog


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def watched() -> tuple[Seconds, list[str], Watchdog]:
    seconds, ended = Seconds(), list[str]()
    return seconds, ended, Watchdog(seconds, lambda: ended.append("ended"))


def test_process_that_leaves_hints_lying_for_a_minute_is_ended() -> None:
    seconds, ended, watchdog = watched()
    seconds.now = STALLED_SECONDS + 1
    watchdog.observe(hints=1)
    assert ended == ["ended"]


def test_process_without_work_lives_on() -> None:
    seconds, ended, watchdog = watched()
    seconds.now = 10 * STALLED_SECONDS
    watchdog.observe(hints=0)
    seconds.now += STALLED_SECONDS - 1
    watchdog.observe(hints=3)
    assert ended == []


def test_process_that_takes_hints_lives_on_however_many_wait() -> None:
    seconds, ended, watchdog = watched()
    for _ in range(10):
        seconds.now += STALLED_SECONDS - 1
        watchdog.progress()
        watchdog.observe(hints=8)
    assert ended == []
