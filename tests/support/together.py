"""How tests are given to processes: each to whoever is free, save those that share what is slow to start."""

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it comes without types

# They share a browser, or houses that wait at the same time, or what a first run left.
TOGETHER = ("tests/browser/", "tests/faults/test_alarms.py", "tests/ops/test_demo.py::test_demo_")


class Together(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Gives tests that stand in one of these places to one process.

    pytest-xdist has marks and `--dist=loadgroup` for it, which do nothing under pytest 9.2 (its issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return what a test is given together with; LoadScopeScheduling asks by this name."""
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
