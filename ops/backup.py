"""Backup and restore: every key as the server dumps it, in a file whose records stay sealed."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path

from clinic.errors import ConfigurationError
from clinic.store import connect
from clinic.store.copies import Copies, Copy

FORMAT = {"frontdesk": "backup", "version": 1}


async def backup(redis_url: str, file: Path) -> int:
    """Write a backup to a new file and return how many keys it holds; raise ConfigurationError, or StoreUnavailable.

    Enquiries that come meanwhile may or may not be in it; what is in it is whole.
    """
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        # A file of its own holds up nobody; Path.open takes no opener.
        out = open(unfinished, "x", encoding="ascii", opener=_private)  # noqa: ASYNC230, SIM115 - as above
    except FileExistsError:
        fault = f"{unfinished} is there: another backup writes it, or one was killed: remove it then, and start again"
        raise ConfigurationError([fault]) from None
    except OSError as error:
        raise ConfigurationError([f"{unfinished} can't be written: {error.strerror}"]) from None
    redis = connect(redis_url)
    count = 0
    try:
        with out:
            out.write(json.dumps(FORMAT) + "\n")
            async for copy in Copies(redis).all():
                out.write(json.dumps(_line(copy)) + "\n")
                count += 1
            out.write(json.dumps({"keys": count}) + "\n")
            out.flush()
            # Whoever is told that it is written may wipe what it was taken from.
            os.fsync(out.fileno())
        unfinished.rename(file)
    except OSError as error:
        raise ConfigurationError([f"{unfinished} can't be written: {error.strerror}"]) from None
    finally:
        # Renamed by now, or half a backup, which would fill a full disk and stop the next.
        unfinished.unlink(missing_ok=True)
        await redis.aclose()
    return count


async def restore(redis_url: str, file: Path) -> tuple[int, int]:
    """Put a backup into an empty server; return how many keys it has, and how many deliveries are due again.

    Raises ConfigurationError for a server that holds something and for a file that is no whole backup.
    """
    copies = list(_read(file))
    redis = connect(redis_url)
    store = Copies(redis)
    try:
        if not await store.empty():
            raise ConfigurationError(["REDIS_URL: the server is not empty: restore into a new one, then move there"])
        await store.put(copies)
        return len(copies), await store.mend()
    finally:
        await redis.aclose()


def _line(copy: Copy) -> dict[str, str | int]:
    return {
        "key": base64.b64encode(copy.key).decode(),
        "dump": base64.b64encode(copy.dump).decode(),
        "ttl_ms": copy.ttl_ms,
    }


def _read(file: Path) -> Iterator[Copy]:
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="ascii").splitlines()]
    except (OSError, ValueError) as error:
        raise ConfigurationError([f"{file} can't be read: {error}"]) from None
    if len(lines) < 2 or lines[0] != FORMAT or lines[-1] != {"keys": len(lines) - 2}:
        raise ConfigurationError([f"{file} is no whole backup of ours: take another"])
    for line in lines[1:-1]:
        yield Copy(base64.b64decode(line["key"]), base64.b64decode(line["dump"]), line["ttl_ms"])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
