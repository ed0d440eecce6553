"""The dispatcher hints at what is due, when it leads and when no hint is waiting."""

import pytest

from clinic.errors import StoreUnavailable
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


class Away(Found):
    """A store that is away at the first look."""

    looks = 0

    async def dispatch(self, process: str) -> Turn:
        self.looks += 1
        if self.looks == 1:
            raise StoreUnavailable("away")
        return await super().dispatch(process)


class Enough(Exception):
    """The test has seen what it wanted."""


async def test_it_looks_every_second_whether_or_not_the_store_answers_and_the_watchdog_hears_of_hints() -> None:
    store = Away(Turn(leading=False, hints=7, due=None))
    pauses: list[float] = []
    heard: list[int] = []

    class Hears(Watchdog):
        def observe(self, hints: int) -> None:
            heard.append(hints)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise Enough

    with pytest.raises(Enough):
        await Dispatcher(store, "one", Hears(lambda: 0.0, lambda: None), pause).run()  # type: ignore[arg-type]  # as above
    assert (store.looks, pauses, heard) == (3, [1.0] * 3, [7, 7])
