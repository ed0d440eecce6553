"""The processes that serve: each needs its settings and nothing of the command line, and is of use sooner without."""

from clinic.settings import read_settings


def intake() -> None:
    """Run one intake process until it is told to stop."""
    from intake.serve import serve

    serve(read_settings())


def worker() -> int:
    """Run one worker process until it is told to stop, and return its exit code."""
    from workers.main import run

    return run(read_settings())
