"""Backup and restore: every key as the server dumps it, in a file whose records stay sealed."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clinic.errors import ConfigurationError
from clinic.store import connect
from clinic.store.copies import Copies, Copy, Key, Place

FORMAT = {"frontdesk": "backup", "version": 2}


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
    count = lines = 0
    try:
        with out:
            out.write(json.dumps(FORMAT) + "\n")
            async for copy in Copies(redis).all():
                out.write(json.dumps(_line(copy)) + "\n")
                count += len(copy.keys)
                lines += 1
            out.write(json.dumps({"lines": lines}) + "\n")
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


async def restore(redis_url: str, file: Path) -> int:
    """Put a backup into an empty server, and return how many keys it has.

    Raises ConfigurationError for a server that holds something and for a file that is no whole backup.
    """
    # Before anything is written: half a restore would have to be wiped.
    count = sum(len(copy.keys) for copy in _read(file))
    redis = connect(redis_url)
    store = Copies(redis)
    try:
        if not await store.empty():
            raise ConfigurationError(["REDIS_URL: the server is not empty: restore into a new one, then move there"])
        await store.put(_read(file))
        return count
    finally:
        await redis.aclose()


def _line(copy: Copy) -> dict[str, object]:
    return {
        "reference": copy.reference,
        "keys": [[_text(key.name), _text(key.dump), key.ttl_ms] for key in copy.keys],
        "places": copy.places,
        "deliveries": copy.deliveries,
    }


def _copy(line: dict[str, Any]) -> Copy:
    found = [Key(_bytes(name), _bytes(dump), ttl_ms) for name, dump, ttl_ms in line["keys"]]
    return Copy(found, [Place(*place) for place in line["places"]], line["reference"], line["deliveries"])


def _read(file: Path) -> Iterator[Copy]:
    """Yield what is in a backup, line by line; raise ConfigurationError, for one that is not whole at its end."""
    torn = ConfigurationError([f"{file} is no whole backup of ours: take another"])
    try:
        with file.open(encoding="ascii") as lines:
            head, last, count = json.loads(lines.readline() or "{}"), None, 0
            if head != FORMAT:
                raise torn
            for line in lines:
                if last is not None:
                    yield _copy(last)
                    count += 1
                last = json.loads(line)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError([f"{file} can't be read: {error}"]) from None
    if last != {"lines": count}:
        raise torn


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
