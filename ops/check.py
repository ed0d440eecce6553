"""The check before going live: every part that this machine depends on is asked, and each fault says what to do."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clinic.clock import Clock
from clinic.errors import ConfigurationError, FrontdeskError
from clinic.facts import ClinicFacts, read_facts
from clinic.hours import HoursError
from clinic.settings import Settings
from clinic.store import Gauges, check_durability, connect
from clinic.templates import TemplateFault
from intake.desk.accounts import Accounts
from intake.unfit import unfit
from ops.monitor.bell import TEST, ringers
from ops.outside import look_alike, stays_here
from ops.preview import cases, every
from ops.relay_fault import relay_fault
from workers.channels import Channels
from workers.connections import tls_context
from workers.message import UnsafeMessage, message_bytes
from workers.smtp import Conversation, ConversationEnded

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

# More, and mails carry times that a reader takes for wrong.
SKEW = timedelta(seconds=5)
DNS_SECONDS = 3.0
RELAY_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found: good, a hint (`good` is None), or a fault with its cure."""

    what: str
    good: bool | None
    told: str


async def check(settings: Settings, clock: Clock, names: "Resolver | None" = None) -> AsyncIterator[Finding]:
    """Yield a finding for each part, as it is looked at; `names` are asked in place of this machine's name servers."""
    facts, broken = None, ""
    try:
        facts = read_facts(settings.clinic_file)
    except ConfigurationError as error:
        broken = "; ".join(error.faults)
    yield _settings(settings, facts)
    if broken:
        yield Finding("clinic file", False, broken)
    if facts:
        yield Finding("clinic file", True, f"{facts.name}, {len(facts.condition)} conditions")
        yield _hours(facts, clock)
        yield _templates(facts)
    for finding in await _redis(settings, clock):
        yield finding
    yield await _relay(settings)
    yield await _alarms(settings)
    yield _contacted(settings)
    yield _visitors(settings)
    if facts:
        yield _channels(settings, facts)
        for finding in await _dns(facts.sender.rpartition("@")[2], names):
            yield finding


def _settings(settings: Settings, facts: ClinicFacts | None) -> Finding:
    """Return whether an intake would start on them; what can't be read did not come so far."""
    faults = unfit(settings, facts)
    if settings.desk_users:
        try:
            Accounts.read(settings.desk_users)
        except ConfigurationError as error:
            faults += error.faults
    return Finding("settings", not faults, "; ".join(faults) or "can be read")


def _hours(facts: ClinicFacts, clock: Clock) -> Finding:
    try:
        reply_by = facts.schedule().reply_by(clock.now())
    except HoursError as error:
        return Finding("opening hours", False, f"{error}: correct opening_hours")
    shown = reply_by.astimezone(facts.schedule().timezone)
    return Finding("opening hours", True, f"an enquiry now is answered by {shown:%A %d %B, %H:%M}")


def _templates(facts: ClinicFacts) -> Finding:
    """Return whether every mail can be written, those of the clinic's own sites among them."""
    at_sites = [
        replace(case, enquiry=case.enquiry.model_copy(update={"site": site.slug}))
        for site in facts.site
        for case in cases(facts)
        if case.name.endswith(("-open", "-rcpt-550"))
    ]
    every_mail = [*every(facts), *at_sites]
    for case in every_mail:
        try:
            message_bytes(case.mail())
        except (TemplateFault, UnsafeMessage) as fault:
            return Finding("templates", False, f"{case.name}: {fault}: correct it, and look at `frontdesk preview`")
    return Finding("templates", True, f"{len(every_mail)} mails written")


async def _redis(settings: Settings, clock: Clock) -> list[Finding]:
    try:
        async with connect(settings.redis_url.get_secret_value()) as redis:
            await check_durability(redis)
            gauges = Gauges(redis)
            await gauges.probe()
            reading = await gauges.read()
    except ConfigurationError as error:
        return [Finding("redis", False, "; ".join(error.faults))]
    except FrontdeskError as error:
        return [Finding("redis", False, f"{error}: see that it runs, and that REDIS_URL leads to it")]
    skew = timedelta(milliseconds=abs(reading.at_ms - clock.now().timestamp() * 1000))
    clocks = Finding("clocks", True, f"this machine and Redis are {skew.total_seconds():.1f} s apart")
    if skew > SKEW:
        clocks = Finding("clocks", False, f"{skew.total_seconds():.0f} s apart: run NTP on both machines")
    return [Finding("redis", True, f"{reading.server.version}, keeps what it acknowledges"), clocks]


async def _relay(settings: Settings) -> Finding:
    try:
        relay = settings.relay()
    except ConfigurationError as error:
        return Finding("mail relay", False, "; ".join(error.faults))
    conversation = Conversation(relay, tls_context(relay))
    try:
        await asyncio.wait_for(conversation.open(), RELAY_SECONDS)
    except ConversationEnded as ended:
        return Finding("mail relay", False, f"{relay.host}:{relay.port}, {relay_fault(relay, ended)}")
    except TimeoutError:
        stage = conversation.stage.upper()
        told = f"no answer to {stage} within {RELAY_SECONDS} s: look at the relay's log, and at firewalls between"
        return Finding("mail relay", False, f"{relay.host}:{relay.port}, {told}")
    await conversation.quit()
    way = "in the clear on this machine" if relay.encryption == "none" else "encrypted, certificate checked"
    return Finding("mail relay", True, f"{relay.host}:{relay.port}, {way}" + (", logged in" if relay.username else ""))


def _channels(settings: Settings, facts: ClinicFacts) -> Finding:
    try:
        Channels(settings.channel_addresses, facts.alerts.channels)
    except ConfigurationError as error:
        return Finding("channels", False, "; ".join(error.faults))
    return Finding("channels", True, ", ".join(facts.alerts.channels) or "none beside mail")


async def _alarms(settings: Settings) -> Finding:
    addresses = settings.alarm_urls.get_secret_value().split()
    if not addresses:
        return Finding("alarms", None, "nobody is told of them: set ALARM_URLS, or scrape the monitor")
    try:
        made = ringers(addresses)
    except ConfigurationError as error:
        return Finding("alarms", False, "; ".join(error.faults))
    heard = await asyncio.gather(*(ringer(TEST) for ringer in made), return_exceptions=True)
    cure = "it has to answer 2xx, and no redirect: give the address that it leads to"
    deaf = [
        f"ALARM_URLS: entry {number} did not hear a test: {cure}"
        for number, told in enumerate(heard, 1)
        if told is not True
    ]
    return Finding("alarms", not deaf, "; ".join(deaf) or f"{len(made)} heard a test")


def _contacted(settings: Settings) -> Finding:
    """Return how an enquiry can be marked as contacted, without which reception is reminded of every one."""
    if not settings.public_url and not settings.has_desk:
        cure = "set PUBLIC_URL for links in mails, or DESK_USERS for the desk"
        return Finding("contacted", False, f"nobody can mark an enquiry as contacted: {cure}")
    if not settings.public_url:
        told = "at the desk only; mails have no link, or under `up` one to this machine only: set PUBLIC_URL"
        return Finding("contacted", None, told)
    if stays_here(settings.public_url):
        told = f"links lead to {urlsplit(settings.public_url).hostname}, which is this machine only: set PUBLIC_URL"
        return Finding("contacted", None, told)
    return Finding("contacted", True, "marked by links in mails" + (" and at the desk" if settings.has_desk else ""))


def _visitors(settings: Settings) -> Finding:
    """Return whether visitors can be told apart, for limits count them."""
    if alike := look_alike(settings):
        return Finding("visitors", None, f"TRUSTED_PROXIES {alike}")
    if settings.trusted_proxies:
        return Finding("visitors", True, f"told apart by X-Forwarded-For, proxies: {settings.trusted_proxies}")
    told = "told apart by who connects; with a web server in front set TRUSTED_PROXIES=1, or all look like one"
    return Finding("visitors", True if settings.public_url else None, told)


async def _dns(domain: str, names: "Resolver | None") -> list[Finding]:
    """Return hints about the sender's domain; a name server that does not answer is no fault."""
    from dns.asyncresolver import Resolver
    from dns.exception import DNSException

    async def texts(name: str) -> list[str]:
        answer = await (names or Resolver()).resolve(name, "TXT", lifetime=DNS_SECONDS)
        return [b"".join(record.strings).decode(errors="replace") for record in answer]

    async def look(what: str, name: str, begins: str, cure: str) -> Finding:
        try:
            found = [text for text in await texts(name) if text.startswith(begins)]
        except (DNSException, OSError) as error:
            return Finding(what, None, f"{name}: no answer ({type(error).__name__}); {cure}")
        return Finding(what, True, found[0]) if found else Finding(what, None, f"{name} has none: {cure}")

    return [
        await look("SPF", domain, "v=spf1", "name your relay in it, or mails are taken for spam"),
        await look("DMARC", f"_dmarc.{domain}", "v=DMARC1", "publish one, large mail services ask for it"),
        Finding("DKIM", None, "your relay signs: ask whoever runs it for the selector, and send yourself a mail"),
    ]
