"""The heartbeat: a worker process says every few seconds that it lives and how far it has got."""

import asyncio
import os
from pathlib import Path

from clinic.clock import Clock, milliseconds
from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.logs import logger
from clinic.store import Store

EVERY_SECONDS = 5.0


class Heartbeat:
    """Counts what this process settles, and tells the store; a file that it touches is for probes without Python."""

    def __init__(self, store: Store, process: str, clock: Clock, file: Path | None = None) -> None:
        """Begin; raise ConfigurationError for a file that can't be made."""
        if file is not None and not os.access(file.parent, os.W_OK):
            fault = f"{file} can't be made: name a file in a folder that there is and that the worker may write to"
            raise ConfigurationError([f"ALIVE_FILE: {fault}"])
        self._store = store
        self._process = process
        self._clock = clock
        self._file = file
        self._settled = 0
        self._last_ms = 0

    def settled(self) -> None:
        """Note that the end of an attempt was stored."""
        self._settled += 1
        self._last_ms = milliseconds(self._clock.now())

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await self.beat()
            await asyncio.sleep(EVERY_SECONDS)

    async def beat(self) -> None:
        """Beat once; while the store is away nobody hears it."""
        try:
            await self._store.beat(self._process, self._settled, self._last_ms)
        except StoreUnavailable as fault:
            logger().warning("beat_failed", fault=str(fault))
        # Touched then too: whoever is replaced starts only when the store is back, and after a crash loop late.
        if self._file is not None:
            try:
                self._file.touch()
            except OSError as error:
                # The probe finds it old and has us replaced; until then there is work to be done.
                logger().warning("alive_file_failed", fault=str(error))
