"""The dispatcher hints at what is due, when it leads and when no hint is waiting."""

import pytest

from clinic.store.words import Turn
from workers.dispatcher import Dispatcher
from workers.watchdog import Watchdog


class Found:
    def __init__(self, found: Turn) -> None:
        self.found = found
        self.hints: list[bytes] = []
        self.errands_run = 0

    async def dispatch(self, process: str) -> Turn:
        assert process == "one"
        return self.found

    async def errands(self) -> None:
        self.errands_run += 1

    async def hint(self, message: bytes) -> None:
        self.hints.append(message)


@pytest.mark.parametrize(
    ("found", "hints"),
    [
        (Turn(leading=True, hints=0, due="CFGH3467"), 1),
        (Turn(leading=True, hints=1, due="CFGH3467"), 0),
        (Turn(leading=True, hints=0, due=None), 0),
        (Turn(leading=False, hints=0, due=None), 0),
    ],
)
async def test_one_hint_when_something_is_due_and_none_is_waiting(found: Turn, hints: int) -> None:
    store = Found(found)
    watchdog = Watchdog(lambda: 0.0, lambda: None)
    looked = 0

    async def at_opening() -> None:
        nonlocal looked
        looked += 1

    await Dispatcher(store, "one", watchdog, at_opening=at_opening).turn()  # type: ignore[arg-type]  # the verbs it uses
    assert looked == found.leading
    assert len(store.hints) == hints
    assert store.errands_run == found.leading
