"""The way to Redis: its connections, its faults in our words, and the checks without which we do not start."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import MasterDownError, ReadOnlyError, RedisError

from clinic.errors import StoreUnavailable, UnsafeForNow

CONNECTIONS = 16
WAIT_SECONDS = 5.0
# Script flags ("#!lua flags=…") came with Redis 7.0; every Valkey has them.
OLDEST_SERVER = 7
# While the append-only file is rewritten, which every purge and erasure starts, `no-appendfsync-on-rewrite yes` leaves
# what is acknowledged unsynced.
DURABLE = {
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "maxmemory-policy": "noeviction",
}
# One that was started without its file is empty, and would write it anew from that at a CONFIG SET.
CURES = {"appendonly": "; if it came up empty, start it again with it: CONFIG SET would wipe its file"}


def connect(url: str, wait: float = WAIT_SECONDS) -> Redis:
    """Return a client that waits at most `wait` seconds for each answer and never repeats a command by itself.

    A repeat behind our back would turn "no answer" into "done twice"; each caller decides what no answer means.
    A connection is left whose server was made the replica of another: the next command asks anew where its name leads.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=wait,
        socket_timeout=wait,
        socket_connect_timeout=wait,
        # Repeated no time, so that all it does is to close the connection.
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[ReadOnlyError, MasterDownError],
    )
    return Redis.from_pool(pool)


class in_our_words:  # noqa: N801 - it is read as a function
    """Turn whatever redis-py raises into StoreUnavailable: to a caller, no answer and a refusal are the same."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        """Raise the fault in our words, where it is one of those."""
        if isinstance(error, RedisError | OSError | TimeoutError):
            raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


async def server_ms(redis: Redis) -> int:
    """Return what the server's own clock says, in ms since 1970; raise StoreUnavailable."""
    with in_our_words():
        seconds, micros = await redis.time()
    return seconds * 1000 + micros // 1000


async def weakened(redis: Redis) -> dict[str, str]:
    """Return what the server has for each setting that is not as DURABLE says; raise StoreUnavailable."""
    with in_our_words():
        actual = {name: str((await redis.config_get(name)).get(name)) for name in DURABLE}
    return {name: found for name, found in actual.items() if found != DURABLE[name]}


async def check_durability(redis: Redis) -> None:
    """Raise UnsafeForNow unless the server keeps what it acknowledges, naming each setting to change."""
    with in_our_words():
        version = str((await redis.info("server"))["redis_version"])
        cluster = (await redis.info("cluster")).get("cluster_enabled")
    faults = [
        f"REDIS_URL: the server has {name} {actual}, and would lose enquiries: "
        f"set {name} {DURABLE[name]} in its configuration{CURES.get(name, '')}"
        for name, actual in (await weakened(redis)).items()
    ]
    if int(version.split(".", maxsplit=1)[0]) < OLDEST_SERVER:
        faults.append(f"REDIS_URL: the server is Redis {version}: use Redis {OLDEST_SERVER}.0 or later, or Valkey")
    if cluster:
        # A script there may touch the keys of one slot only, and those of an enquiry are many.
        faults.append(
            "REDIS_URL: the server is one of a Redis Cluster, which can't take an enquiry as a whole: "
            "set cluster-enabled no in its configuration, or use another server"
        )
    if faults:
        raise UnsafeForNow(faults)
