"""Scripts: read from their files, and told the time."""

from pathlib import Path

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from clinic.clock import Clock, milliseconds

SCRIPTS = Path(__file__).parent / "scripts"


def script(redis: Redis, name: str) -> AsyncScript:
    """Return a script, to be called."""
    return redis.register_script((SCRIPTS / f"{name}.lua").read_text(encoding="utf-8"))


def script_now(clock: Clock | None) -> int | str:
    """Return the time as scripts take it, in ms since 1970; "" has them ask the server's own clock."""
    return milliseconds(clock.now()) if clock else ""
