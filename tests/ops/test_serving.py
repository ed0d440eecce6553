"""How a process that serves is started: nothing is collected until it stands, and a crash of it leaves no file."""

import gc
import resource
from collections.abc import Iterator

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


@pytest.fixture
def cores() -> Iterator[None]:
    """Let a crash leave a file of any size, as in most containers."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.usefixtures("cores")
@pytest.mark.parametrize("role", ["intake", "worker"])
def test_a_crash_leaves_no_file_with_what_patients_wrote(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    limits: list[int] = []

    def start(_settings: object) -> int:
        limits.append(resource.getrlimit(resource.RLIMIT_CORE)[0])
        return 0

    monkeypatch.setattr(clinic.settings, "read_settings", lambda: None)
    monkeypatch.setattr(intake.serve, "serve", start)
    monkeypatch.setattr(workers.main, "run", start)
    getattr(serving, role)()
    assert limits == [0]


@pytest.fixture
def files() -> Iterator[None]:
    """Let a process open as many files as most systems do unless they are asked for more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("files")
def test_an_intake_takes_as_many_connections_as_it_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, int]] = []
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(clinic.settings, "read_settings", lambda: None)
    monkeypatch.setattr(intake.serve, "serve", lambda _: limits.append(resource.getrlimit(resource.RLIMIT_NOFILE)))
    serving.intake()
    assert limits == [(min(4096, before[1]) if before[1] != resource.RLIM_INFINITY else 4096, before[1])]
