"""How a process that serves is started: nothing is collected until it stands, whatever comes of it."""

import gc

import pytest

import clinic.settings
import intake.serve
import workers.main
from clinic.errors import ConfigurationError
from ops import serving


@pytest.mark.parametrize("role", ["intake", "worker"])
def test_nothing_is_collected_during_a_start_and_again_when_it_was_refused(
    monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    seen: list[bool] = []

    def start(_settings: object) -> None:
        seen.append(gc.isenabled())
        raise ConfigurationError(["INTAKE_PORT: is taken"])

    monkeypatch.setattr(clinic.settings, "read_settings", lambda: None)
    monkeypatch.setattr(intake.serve, "serve", start)
    monkeypatch.setattr(workers.main, "run", start)
    with pytest.raises(ConfigurationError):
        getattr(serving, role)()
    assert seen == [False]
    assert gc.isenabled()
