"""The append-only file written anew, so that what was erased leaves the disk: begun, and begun again until it is."""

from typing import cast
from uuid import uuid4

from redis.asyncio import Redis

from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.script import script


class Rewriting:
    """Sees to the wish that stands under `keys.REWRITE`; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._wish = script(redis, "wish")

    async def rewrite(self) -> bool:
        """Have the server write its append-only file anew, if something was erased since; return whether it does.

        While it does so already the wish stands, for that file was begun before. It stands until one has ended well on
        the server that began it: one that is started anew knows nothing of what it left half done, and says "ok".
        """
        # All is asked over one connection, which leads to one server, whatever becomes of its name meanwhile.
        with in_our_words():
            async with self._redis.client() as one:
                wish = cast("bytes | None", await one.get(keys.REWRITE))
                if wish is None:
                    return False
                info = cast("dict[str, object]", await one.info("server", "persistence"))
                if (well := _ended_well(info)) is None:
                    return False
                begun = f"begun {info.get('run_id')}".encode()
                if well and wish.startswith(begun):
                    await self._put(one, wish, b"")
                    return False
                # Nobody else's mark is like it, so what is erased from here on leaves a wish that is seen to be new.
                # One of a server that was asked and refuses, or of a process that dies, is no rewrite that has begun.
                mark = uuid4().hex.encode()
                if not await self._put(one, wish, b"asked " + mark):
                    return False
                await one.bgrewriteaof()
                await self._put(one, b"asked " + mark, begun + b" " + mark)
                return True

    async def wished(self) -> bool:
        """Return whether something was erased that may still be in the file."""
        with in_our_words():
            return bool(await self._redis.exists(keys.REWRITE))

    async def rewritten(self) -> bool | None:
        """Return whether the last rewrite of the append-only file ended well, or None while one is under way."""
        with in_our_words():
            return _ended_well(cast("dict[str, object]", await self._redis.info("persistence")))

    async def _put(self, one: Redis, old: bytes, new: bytes) -> bool:
        """Put a wish in the place of another; False where something was erased, or somebody asked, in this moment."""
        return cast(int, await self._wish(keys=[keys.REWRITE], args=[old, new], client=one)) == 1


def _ended_well(info: dict[str, object]) -> bool | None:
    if info.get("aof_rewrite_in_progress") or info.get("aof_rewrite_scheduled"):
        return None
    return info.get("aof_last_bgrewrite_status") == "ok"
