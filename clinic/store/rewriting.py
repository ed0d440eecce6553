"""The append-only file written anew, so that what was erased leaves the disk: begun, and begun again until it is."""

import contextlib
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from clinic.store import keys
from clinic.store.connect import in_our_words


class Rewriting:
    """Sees to the wish that stands under `keys.REWRITE`; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def rewrite(self) -> bool:
        """Have the server write its append-only file anew, if something was erased since; return whether it does.

        While it does so already the wish stands, for that file was begun before. It stands until one has ended well on
        the server that began it: one that is started anew knows nothing of what it left half done, and says "ok".
        """
        # The wish is watched, and all is asked over one connection, which leads to one server: an erasure meanwhile
        # leaves the wish as it put it, and a server that is another by now has closed the connection.
        with in_our_words():
            async with self._redis.pipeline() as pipe:
                await pipe.watch(keys.REWRITE)
                wish = cast("bytes | None", await pipe.get(keys.REWRITE))
                if wish is None:
                    return False
                info = cast("dict[str, object]", await pipe.info("server", "persistence"))
                if (well := _ended_well(info)) is None:
                    return False
                begun = f"begun {info.get('run_id')}".encode()
                is_over = well and wish == begun
                if not is_over:
                    await pipe.bgrewriteaof()
                pipe.multi()  # type: ignore[no-untyped-call]
                if is_over:
                    pipe.delete(keys.REWRITE)
                else:
                    pipe.set(keys.REWRITE, begun)
                # Something may have been erased in this very moment.
                with contextlib.suppress(WatchError):
                    await pipe.execute()
                return not is_over

    async def wished(self) -> bool:
        """Return whether something was erased that may still be in the file."""
        with in_our_words():
            return bool(await self._redis.exists(keys.REWRITE))

    async def rewritten(self) -> bool | None:
        """Return whether the last rewrite of the append-only file ended well, or None while one is under way."""
        with in_our_words():
            return _ended_well(cast("dict[str, object]", await self._redis.info("persistence")))


def _ended_well(info: dict[str, object]) -> bool | None:
    if info.get("aof_rewrite_in_progress") or info.get("aof_rewrite_scheduled"):
        return None
    return info.get("aof_last_bgrewrite_status") == "ok"
