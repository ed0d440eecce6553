"""When garbage is looked for: not while a process starts, and again on every path that leads out of that."""

import gc
from collections.abc import Iterator

import pytest

from clinic.errors import ConfigurationError
from clinic.garbage import AT_MOST, collected, uncollected


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


def test_none_is_looked_for_during_a_start_and_some_after_one_that_failed() -> None:
    def start() -> None:
        with uncollected():
            assert not gc.isenabled()
            raise ConfigurationError(["INTAKE_PORT: is many"])

    with pytest.raises(ConfigurationError):
        start()
    assert gc.isenabled()


def test_what_stands_is_not_looked_at_again_and_what_comes_is() -> None:
    with uncollected():
        collected()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == AT_MOST
