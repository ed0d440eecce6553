"""The bell rings where no mail goes: when an alarm comes, each hour, and when it goes, for each ringer by itself."""

import asyncio
from collections.abc import Mapping

import pytest

from clinic.errors import ConfigurationError
from ops.monitor.alarms import Raised
from ops.monitor.bell import Bell, ringers
from tests.support.clock import SetClock


class Ringer:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.good = True

    async def __call__(self, fields: Mapping[str, str]) -> bool:
        self.heard.append((fields["alarm"], fields["status"]))
        return self.good


async def test_the_bell_rings_when_an_alarm_comes_each_hour_and_when_it_goes() -> None:
    ringer, clock = Ringer(), SetClock()
    bell = Bell([ringer], clock)
    for _ in range(3):
        await bell.ring([Raised("NoWorkers", "none", "")])
        clock.forward(5)
    assert ringer.heard == [("NoWorkers", "firing")]
    clock.forward(3600)
    await bell.ring([Raised("NoWorkers", "none", "")])
    await bell.ring([])
    await bell.ring([])
    assert ringer.heard == [("NoWorkers", "firing")] * 2 + [("NoWorkers", "resolved")]


async def test_what_nothing_is_known_of_is_neither_over_nor_new() -> None:
    """Redis is restarted first, whatever the alarm: that must not close the incident of a pager, and open another."""
    ringer, clock = Ringer(), SetClock()
    bell = Bell([ringer], clock)
    lasting, passing, away = (Raised(name, "x", "") for name in ("NoWorkers", "RelayAway", "StoreAway"))
    await bell.ring([lasting, passing])
    ringer.heard.clear()
    await bell.ring([away], unknown=["NoWorkers", "RelayAway"])
    clock.forward(5)
    await bell.ring([], unknown=["NoWorkers"])
    clock.forward(30)
    await bell.ring([lasting])
    came, *gone = ringer.heard
    assert came == ("StoreAway", "firing")
    assert sorted(gone) == [("RelayAway", "resolved"), ("StoreAway", "resolved")]
    clock.forward(3600)
    await bell.ring([], unknown=["NoWorkers"])
    await bell.ring([])
    assert ringer.heard[3:] == [("NoWorkers", "resolved")]


async def test_a_ringer_that_fails_is_tried_again_and_holds_up_no_other() -> None:
    failing, good = Ringer(), Ringer()
    failing.good = False
    bell = Bell([failing, good], SetClock())
    await bell.ring([Raised("RelayAway", "x", "")])
    await bell.ring([Raised("RelayAway", "x", "")])
    assert (len(failing.heard), len(good.heard)) == (2, 1)


async def test_a_ringer_that_is_slow_delays_nobody_and_is_told_one_thing_at_a_time() -> None:
    gate, good = asyncio.Event(), Ringer()
    asked: list[str] = []

    async def slow(fields: Mapping[str, str]) -> bool:
        asked.append(fields["alarm"])
        await gate.wait()
        return True

    bell = Bell([slow, good], SetClock())
    first = asyncio.create_task(bell.ring([Raised("RelayAway", "x", "")]))
    while not good.heard:
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await bell.ring([Raised("RelayAway", "x", ""), Raised("NoWorkers", "x", "")])
    assert good.heard == [("RelayAway", "firing"), ("NoWorkers", "firing")]
    assert asked == ["RelayAway"]
    gate.set()
    await first


async def test_a_ringer_that_breaks_silences_nobody() -> None:
    async def broken(_fields: Mapping[str, str]) -> bool:
        raise ValueError("no such host")

    good = Ringer()
    bell = Bell([broken, good], SetClock())
    await bell.ring([Raised("RelayAway", "x", "")])
    await bell.ring([])
    assert good.heard == [("RelayAway", "firing"), ("RelayAway", "resolved")]


async def test_a_webhook_that_speaks_no_http_counts_as_not_told() -> None:
    async def rude(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"go away\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(rude, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        [ringer] = ringers([f"http://127.0.0.1:{port}/"])
        assert not await ringer({"alarm": "RelayAway"})


@pytest.mark.parametrize("service", ["http", "json"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_told(service: str, status: int) -> None:
    """Followed, it would be asked by a GET without the alarm, and what answers that would count as having heard it."""
    asked: list[bytes] = []

    async def moved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        asked.append(line)
        answer = f"{status} Moved\r\nLocation: /new" if b"/old" in line else "200 OK"
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_server(moved, "127.0.0.1", 0) as server:
        [ringer] = ringers([f"{service}://127.0.0.1:{server.sockets[0].getsockname()[1]}/old"])
        assert not await ringer({"alarm": "RelayAway", "status": "firing", "told": "x", "cure": ""})
    assert [line.split()[0] for line in asked] == [b"POST"]


async def test_what_apprise_knows_is_told_with_what_to_do() -> None:
    heard: list[bytes] = []

    async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        heard.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hook, "127.0.0.1", 0) as server:
        bell = Bell(ringers([f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/"]), SetClock())
        await bell.ring([Raised("NoWorkers", "no worker was ever seen", "Start workers.")])
    [told] = heard
    for words in (b"firing: NoWorkers", b"no worker was ever seen. Start workers."):
        assert words in told


def test_an_address_that_nobody_knows_is_named_by_its_setting_and_not_shown() -> None:
    with pytest.raises(ConfigurationError) as refused:
        ringers(["https://example.org/", "carrier-pigeon://secret"])
    [fault] = refused.value.faults
    assert fault.startswith("ALARM_URLS: entry 2: ")
    assert "secret" not in fault
