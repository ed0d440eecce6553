"""Cuts a dialogue at every byte, in each direction: that of an acceptance with Valkey, that of a mail with a relay."""

import tempfile
from pathlib import Path

from clinic.delivery import Kind
from clinic.facts import read_facts
from clinic.settings import ROOT
from clinic.store import connect
from tests.faults.accept_cuts import Dialogue
from tests.faults.kills import Tell
from tests.faults.mail_cuts import MailDialogue
from tests.faults.row import Row
from tests.support.proxy import Proxy
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Valkey


async def cut_accept(tell: Tell, *, cold: bool, every: int) -> Row:
    """Cut the dialogue of an acceptance at every byte."""
    title = "first on an empty server" if cold else "as usual"
    found: list[str] = []
    tried = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        server = Valkey(Path(folder))
        server.start()
        redis = connect(server.url)
        way = server.socket.with_name("p")
        try:
            async with Proxy(server.socket, way) as proxy:
                dialogue = Dialogue(proxy, redis, read_facts(ROOT / "clinic.toml"), way, cold)
                await dialogue.length()
                lengths = await dialogue.length()
                for direction, length in lengths.items():
                    for byte in range(0, length + 1, every):
                        found += await dialogue.cut(direction, byte)
                        tried += 1
                        if byte % 100 == 0:
                            tell(f"cutting an acceptance ({title}), {direction} {byte} of {length}")
        finally:
            await redis.aclose()
            server.remove()
    for fault in found[:5]:
        tell(fault)
    lost = sum("promised" in fault for fault in found)
    return Row(
        f"18 connection to Valkey cut in an acceptance ({title})",
        f"{tried:,} cuts over {lengths['up']:,} bytes up, {lengths['down']:,} down",
        lost=lost,
        doubled=len(found) - lost,
    )


async def cut_mail(tell: Tell, *, kind: Kind, every: int) -> Row:
    """Cut the dialogue of a mail at every byte."""
    found: list[str] = []
    tried = doubled = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        server = Valkey(Path(folder))
        server.start()
        redis = connect(server.url)
        try:
            async with ScriptedRelay() as relay, Proxy(("127.0.0.1", relay.port)) as proxy:
                dialogue = MailDialogue.of(proxy, relay, redis, read_facts(ROOT / "clinic.toml"), kind)
                await dialogue.length()
                lengths = await dialogue.length()
                allowed = 0
                for direction, length in lengths.items():
                    for byte in range(0, length + 1, every):
                        ended = await dialogue.cut(direction, byte)
                        found += ended.faults
                        doubled += ended.doubled
                        allowed += ended.in_window
                        tried += 1
                        if byte % 100 == 0:
                            tell(f"cutting the {kind} at {direction} {byte} of {length}")
        finally:
            await redis.aclose()
            server.remove()
    for fault in found[:5]:
        tell(fault)
    return Row(
        f"18 connection to the relay cut in a mail ({kind})",
        f"{tried:,} cuts over {lengths['up']:,} bytes up, {lengths['down']:,} down",
        lost=sum("ended" in fault for fault in found),
        doubled=sum("ended" not in fault for fault in found),
        in_window=doubled,
        allowed=allowed,
    )
