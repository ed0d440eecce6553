"""The processes that serve: each needs its settings and nothing of the command line, and is of use sooner without.

What they need is imported in here, where no garbage is looked for: imports are most of a start.
"""

import resource

from clinic.garbage import uncollected


def intake() -> None:
    """Run one intake process until it is told to stop."""
    _leave_no_core()
    with uncollected():
        from clinic.settings import read_settings
        from intake.serve import serve

        serve(read_settings())


def worker() -> int:
    """Run one worker process until it is told to stop, and return its exit code."""
    _leave_no_core()
    with uncollected():
        from clinic.settings import read_settings
        from workers.main import run

        return run(read_settings())


def _leave_no_core() -> None:
    """Have a crash leave no core file: the secret would be in it, and what patients wrote, in the clear."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
