"""What a test of the command line may ask for: the settings of a service on the shared server."""

import pytest

from clinic.settings import ROOT
from tests.support.processes import SECRET
from tests.support.valkey import Valkey


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, shared_valkey: Valkey) -> None:
    """Set the settings of a service on the shared server."""
    monkeypatch.setenv("REDIS_URL", shared_valkey.url)
    monkeypatch.setenv("FRONTDESK_SECRET", SECRET)
    monkeypatch.setenv("CLINIC_FILE", str(ROOT / "clinic.toml"))
