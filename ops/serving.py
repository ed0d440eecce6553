"""The processes that serve: each needs its settings and nothing of the command line, and is of use sooner without.

What they need is imported in here, where no garbage is looked for: imports are most of a start.
"""

import resource

from clinic.garbage import uncollected

# Open at once in an intake. With the usual 1024 a laptop that sends as many slow requests every ten seconds keeps all
# others out; each takes 12 KB, and with the longest body 44, of the 256 MB that the unit for systemd gives.
FILES = 4096


def intake() -> None:
    """Run one intake process until it is told to stop."""
    _leave_no_core()
    _open_many_files()
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


def _open_many_files() -> None:
    """Raise the limit of open files where it is lower, as far as this machine lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
