"""What a test does on a machine that lacks what it needs: it is left out and says so, save where nothing may be."""

import os
from typing import NoReturn

import pytest


def without(reason: str) -> NoReturn:
    """Leave the test out, loudly; fail it where `CI` is set. The reason begins with NO and what is missing."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
