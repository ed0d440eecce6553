"""The check before going live: each part is really asked, and what is wrong with it is said with its cure."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import dns.flags
import dns.message
import dns.rrset
import pytest
from dns.asyncresolver import Resolver

from clinic.clock import Clock, WallClock
from clinic.facts import ClinicFacts, read_facts
from clinic.settings import ROOT, Settings
from ops.check import Finding, check
from ops.preview import every
from tests.ops.command_line import refused, run
from tests.support.certificates import certificate
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.receiver import receiving
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Client, Valkey
from workers.mail import Mail
from workers.message import UnsafeMessage, message_bytes

DOMAIN = "purephysiotherapy.example"


@dataclass
class Names(asyncio.DatagramProtocol):
    """A name server that knows these texts and says of all other names that there are none."""

    texts: dict[str, str]
    resolver: Resolver = field(default_factory=lambda: Resolver(configure=False))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)
        self.resolver.nameservers = ["127.0.0.1"]
        self.resolver.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = dns.message.from_wire(data)
        name = asked.question[0].name
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        if text := self.texts.get(name.to_text(omit_final_dot=True)):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def names(**texts: str) -> AsyncIterator[Resolver]:
    known = {{"spf": DOMAIN, "dmarc": f"_dmarc.{DOMAIN}"}[which]: text for which, text in texts.items()}
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Names(known), local_addr=("127.0.0.1", 0)
    )
    yield server.resolver
    transport.close()


async def found(
    valkey: Valkey, clock: Clock | None = None, resolver: Resolver | None = None, **given: str
) -> dict[str, Finding]:
    settings = Settings.model_validate(
        {"redis_url": valkey.url, "frontdesk_secret": SECRET, "clinic_file": ROOT / "clinic.toml", **given}
    )
    if resolver is None:
        async with names() as nobody:
            return {one.what: one async for one in check(settings, clock or WallClock(), nobody)}
    return {one.what: one async for one in check(settings, clock or WallClock(), resolver)}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"limit_per_address": "lots"}, "LIMIT_PER_ADDRESS: 'lots' is no limit: write it like"),
        ({"desk_users": "/nowhere/desk-users"}, "DESK_USERS: /nowhere/desk-users can't be read"),
    ],
)
async def test_what_an_intake_would_not_start_on_is_told_before(
    shared_valkey: Valkey, redis: Client, given: dict[str, str], told: str
) -> None:
    assert await redis.ping()
    settings = (await found(shared_valkey, None, None, **given))["settings"]
    assert settings.good is False
    assert settings.told.startswith(told)


async def test_a_login_over_tls_is_tried_to_its_end(shared_valkey: Valkey, redis: Client, tmp_path: Path) -> None:
    assert await redis.ping()
    tls, trusted = certificate(tmp_path)
    async with ScriptedRelay(tls=tls, tls_at_once=True, offers=("AUTH PLAIN",)) as relay:
        url = f"smtps://clinic:secrecy@127.0.0.1:{relay.port}"
        good = await found(shared_valkey, smtp_url=f"{url}?ca={trusted}")
        assert good["mail relay"] == Finding(
            "mail relay", True, f"127.0.0.1:{relay.port}, encrypted, certificate checked, logged in"
        )
        assert (relay.seen["AUTH"], relay.seen["MAIL"], relay.seen["QUIT"]) == (1, 0, 1)
        strange = await found(shared_valkey, smtp_url=url)
        assert strange["mail relay"].good is False
        assert "its certificate is refused, self-signed certificate: trust it by ?ca=" in strange["mail relay"].told
        relay.always("AUTH", b"535 5.7.8 no\r\n")
        refused = await found(shared_valkey, smtp_url=f"{url}?ca={trusted}")
        assert refused["mail relay"].good is False
        assert "refuses the login: correct user and password in SMTP_URL (auth-535)" in refused["mail relay"].told
        assert "secrecy" not in refused["mail relay"].told


async def test_clocks_that_differ_are_told(shared_valkey: Valkey, redis: Client) -> None:
    assert await redis.ping()
    ahead = SetClock(datetime.now(UTC) + timedelta(seconds=90))
    clocks = (await found(shared_valkey, ahead))["clocks"]
    assert clocks.good is False
    # The clock that is ahead stands still, while a busy machine's does not.
    assert re.fullmatch(r"[678]\d s apart: run NTP on both machines|90 s apart: run NTP on both machines", clocks.told)
    assert (await found(shared_valkey))["clocks"].good


async def test_a_server_that_would_lose_something_is_told(shared_valkey: Valkey, redis: Client) -> None:
    await redis.config_set("appendfsync", "everysec")
    try:
        redis_is = (await found(shared_valkey))["redis"]
    finally:
        await redis.config_set("appendfsync", "always")
    assert redis_is.good is False
    assert "set appendfsync always in its configuration" in redis_is.told


async def test_the_sender_s_names_are_hints_and_never_faults(shared_valkey: Valkey, redis: Client) -> None:
    assert await redis.ping()
    async with names(spf="v=spf1 include:relay.example -all", dmarc="v=DMARC1; p=quarantine") as resolver:
        good = await found(shared_valkey, resolver=resolver)
    assert good["SPF"] == Finding("SPF", True, "v=spf1 include:relay.example -all")
    assert good["DMARC"] == Finding("DMARC", True, "v=DMARC1; p=quarantine")
    async with names(spf="google-site-verification=x") as resolver:
        poor = await found(shared_valkey, resolver=resolver)
    assert {poor[name].good for name in ("SPF", "DMARC", "DKIM")} == {None}
    assert "has none: name your relay in it" in poor["SPF"].told


async def test_a_broken_clinic_file_hides_nothing_else(shared_valkey: Valkey, redis: Client, tmp_path: Path) -> None:
    assert await redis.ping()
    (tmp_path / "clinic.toml").write_text("name = 3\n")
    told = await found(shared_valkey, clinic_file=str(tmp_path / "clinic.toml"), smtp_url="smtp://127.0.0.1:9")
    assert {name: one.good for name, one in told.items()} == {
        "settings": True,
        "clinic file": False,
        "redis": True,
        "clocks": True,
        "mail relay": False,
        "alarms": None,
        "contacted": False,
        "visitors": None,
    }


async def test_each_mail_is_written_under_the_clinic_s_name_and_for_its_sites(
    shared_valkey: Valkey, redis: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await redis.ping()
    file = tmp_path / "clinic.toml"
    file.write_text((ROOT / "clinic.toml").read_text() + '\n[[site]]\nslug = "mill"\nname = "The Old Mill"\n')
    told = (await found(shared_valkey, clinic_file=str(file)))["templates"]
    assert (told.good, told.told) == (True, f"{len(every(read_facts(file))) + 5} mails written")

    def refused(mail: Mail) -> bytes:
        if "Old Mill" in mail.subject:
            raise UnsafeMessage("not one address in from")
        return message_bytes(mail)

    monkeypatch.setattr("ops.check.message_bytes", refused)
    told = (await found(shared_valkey, clinic_file=str(file)))["templates"]
    assert told.good is False
    assert told.told.startswith("alert-open: not one address in from: correct")


async def test_the_hours_are_told_by_what_they_promise(shared_valkey: Valkey, redis: Client) -> None:
    assert await redis.ping()
    friday = SetClock(datetime(2026, 11, 27, 9, tzinfo=UTC))
    told = (await found(shared_valkey, friday))["opening hours"]
    assert told == Finding("opening hours", True, "an enquiry now is answered by Friday 27 November, 13:00")


@pytest.mark.parametrize(
    ("addresses", "good", "told"),
    [
        ("", None, "nobody is told of them"),
        ("http://{here}/good json://{here}/good", True, "2 heard a test"),
        ("http://{here}/good", True, "1 heard a test"),
        (
            "http://{here}/good http://{here}/moved",
            False,
            "ALARM_URLS: entry 2 did not hear a test: it has to ",
        ),
        ("carrier-pigeon://x", False, "ALARM_URLS: entry 1: "),
    ],
)
async def test_targets_of_alarms_are_told_a_test(
    shared_valkey: Valkey, redis: Client, addresses: str, good: bool | None, told: str
) -> None:
    assert await redis.ping()
    heard: list[bytes] = []

    def take(path: str, _headers: Mapping[str, str], body: bytes) -> int:
        heard.append(body)
        return 200 if path == "/good" else 301

    with receiving(take) as port:
        given = addresses.format(here=f"127.0.0.1:{port}")
        alarms = (await found(shared_valkey, alarm_urls=given))["alarms"]
    assert alarms.good is good
    assert alarms.told.startswith(told)
    assert len(heard) == given.count("127.0.0.1")
    assert all(b"test" in body for body in heard)


@pytest.mark.parametrize(
    ("given", "good", "told"),
    [
        ({}, False, "nobody can mark an enquiry as contacted: set PUBLIC_URL for links in mails, or DESK_USERS"),
        ({"public_url": "http://127.0.0.1:8000"}, None, "links lead to 127.0.0.1, which is this machine only"),
        ({"desk_user_header": "X-Forwarded-User"}, None, "at the desk only; mails have no link, or under `up` one to "),
        (
            {"public_url": "https://book.example", "desk_users": "desk-users"},
            True,
            "marked by links in mails and at the desk",
        ),
    ],
)
async def test_a_way_to_mark_as_contacted_is_looked_for(
    shared_valkey: Valkey, redis: Client, given: dict[str, str], good: bool | None, told: str
) -> None:
    assert await redis.ping()
    contacted = (await found(shared_valkey, None, None, **given))["contacted"]
    assert contacted.good is good
    assert contacted.told.startswith(told)


@pytest.mark.parametrize(
    ("given", "good", "told"),
    [
        ({"public_url": "https://book.example"}, None, "TRUSTED_PROXIES is not set: behind a proxy all visitors look"),
        ({"public_url": "https://book.example", "trusted_proxies": "1"}, True, "told apart by X-Forwarded-For"),
        ({"public_url": "http://book.example"}, True, "told apart by who connects"),
        ({}, None, "told apart by who connects; with a web server in front set TRUSTED_PROXIES=1"),
    ],
)
async def test_it_is_looked_at_whether_visitors_can_be_told_apart(
    shared_valkey: Valkey, redis: Client, given: dict[str, str], good: bool | None, told: str
) -> None:
    assert await redis.ping()
    visitors = (await found(shared_valkey, None, None, **given))["visitors"]
    assert visitors.good is good
    assert visitors.told.startswith(told)


@pytest.mark.usefixtures("given")
def test_the_check_says_what_is_good_and_what_to_do(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(shared_valkey, facts, relay_says=None)
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:9")
    found = run("check")
    assert found.exit_code == 1
    assert "ok   redis" in found.output
    assert "ok   templates" in found.output
    assert "bad  mail relay: 127.0.0.1:9, connection refused: correct the port in SMTP_URL" in found.output
