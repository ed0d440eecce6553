"""The house on one machine: which parts `demo` and `up` start, in which order, and what each is told."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts, read_facts
from clinic.settings import Settings, read_settings
from clinic.settings import environment as given
from ops.environment import clinic_file, for_python, names, overlaid
from ops.folder import Folder
from ops.outside import warnings
from ops.part import Part, Probe
from ops.ports import asked, origin_of, usual
from ops.probes import answers, says
from ops.valkey import find_server, socket_for, url, valkey

HOST = "127.0.0.1"
WORKERS = 2
# A worker's attempts last 60 s at most, and it waits for them.
WORKER_GRACE = 70.0
INTAKE_GRACE = 15.0
PER_PERSON = (
    *("LIMIT_PER_ADDRESS", "LIMIT_PER_NETWORK", "LIMIT_QUARANTINED"),
    *("LIMIT_PER_RECIPIENT", "LIMIT_CONFIRMATIONS"),
)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server on all addresses is found from here


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that were asked for; None leaves the choice to us."""

    intake: int | None = None
    inbox: int | None = None
    smtp: int | None = None
    website: int | None = None
    monitor: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is started, and where it can be reached: addresses are (host, port).

    `inbox` is the mail catcher's, `website` the demo's, and so is `desk_password`; `monitor` is for ops. `desk` is
    where reception signs in, empty where there is none; `warnings` is what an operator should set.
    """

    parts: tuple[Part, ...]
    intake: tuple[str, int]
    inbox: tuple[str, int] | None
    website: tuple[str, int] | None
    monitor: tuple[str, int]
    desk: str
    desk_password: str | None
    redis_url: str
    facts: ClinicFacts
    warnings: tuple[str, ...]


@contextlib.contextmanager
def house(folder: Folder, ports: Ports, *, demo: bool) -> Iterator[House]:
    """Yield what to start over a data folder; raise ConfigurationError for what can't be, before anything starts.

    The demo's mails go to the catcher, and its usual ports give way to any free ones. Otherwise they go to SMTP_URL, a
    taken port is a fault, and the catcher is only there when a port of it is asked for.
    """
    environment = given()
    if not names(environment, "FRONTDESK_SECRET"):
        environment = overlaid(environment, FRONTDESK_SECRET_FILE=str(folder.keep_secret()))
    parts: list[Part] = []
    inbox = website = desk_password = None
    with contextlib.ExitStack() as stack:
        if not names(environment, "REDIS_URL"):
            socket = stack.enter_context(socket_for(folder.valkey))
            environment = overlaid(environment, REDIS_URL=url(socket))
            parts.append(valkey(find_server(), folder.valkey, socket, environment))
        if demo or ports.inbox is not None or ports.smtp is not None:
            inbox = (HOST, _port(HOST, ports.inbox, 8025, "--inbox-port"))
            smtp = _port(HOST, ports.smtp, 1025, "--smtp-port")
            options = ("--smtp-port", str(smtp), "--inbox-port", str(inbox[1]), "--data", str(folder.mail))
            parts.append(_part("catcher", ("catcher", *options), answers(inbox, "/api/faults"), environment))
            if demo:
                environment = overlaid(environment, SMTP_URL=f"smtp://{HOST}:{smtp}", **_generous(environment))
                website = (HOST, _port(HOST, ports.website, 8090, "--website-port"))
                if not names(environment, "DESK_USERS") and not names(environment, "DESK_USER_HEADER"):
                    users, desk_password = folder.keep_desk()
                    environment = overlaid(environment, DESK_USERS=str(users))
                origin = f"http://{HOST}:{website[1]}"
                environment = overlaid(environment, WEBSITES=f"{environment.get('WEBSITES', '')} {origin}".strip())
        settings, facts = _checked(environment)
        host, firm = settings.intake_host, names(environment, "INTAKE_PORT") or not demo
        port = _port(host, ports.intake, settings.intake_port, "--port", "INTAKE_PORT" if firm else "")
        intake = (EVERYWHERE.get(host, host), port)
        environment = overlaid(environment, INTAKE_HOST=host, INTAKE_PORT=str(port))
        if not names(environment, "PUBLIC_URL"):
            # Links in mails lead at least to this machine.
            environment = overlaid(environment, PUBLIC_URL=origin_of(*intake))
        parts += [
            _part(f"worker-{number}", ("worker",), says("worker ready"), environment, WORKER_GRACE)
            for number in range(1, WORKERS + 1)
        ]
        parts.append(_part("intake", ("intake",), answers(intake, "/healthz"), environment, INTAKE_GRACE))
        host, firm = settings.monitor_host, names(environment, "MONITOR_PORT") or not demo
        port = _port(host, ports.monitor, settings.monitor_port, "--monitor-port", "MONITOR_PORT" if firm else "")
        monitor = (EVERYWHERE.get(host, host), port)
        environment = overlaid(environment, MONITOR_HOST=host, MONITOR_PORT=str(port))
        parts.append(_part("monitor", ("monitor",), answers(monitor, "/healthz"), environment))
        if website is not None:
            arguments = (
                "website",
                "--website-port",
                str(website[1]),
                "--intake",
                origin_of(*intake),
            )
            parts.append(_part("website", arguments, answers(website, "/"), environment))
        redis_url = _without_password(settings.redis_url.get_secret_value())
        # Signed in over HTTPS only, where that is how it is reached.
        desk = f"{settings.public_url or origin_of(*intake)}/desk" if settings.has_desk else ""
        told = () if demo else tuple(warnings(settings, origin_of(*intake)))
        yield House(tuple(parts), intake, inbox, website, monitor, desk, desk_password, redis_url, facts, told)


def _generous(environment: Mapping[str, str]) -> dict[str, str]:
    """Return limits under which one can try things from one machine, save those that are given."""
    return {name: "1000 per minute" for name in PER_PERSON if not names(environment, name)}


def _checked(environment: Mapping[str, str]) -> tuple[Settings, ClinicFacts]:
    """Return the settings and the clinic facts; raise ConfigurationError with the faults of both."""
    faults: list[str] = []
    try:
        settings = read_settings(environment)
        settings.relay()
    except ConfigurationError as error:
        faults += error.faults
    try:
        facts = read_facts(clinic_file(environment))
    except ConfigurationError as error:
        faults += error.faults
    if faults:
        raise ConfigurationError(faults)
    return settings, facts


def _port(host: str, port: int | None, ordinary: int, option: str, setting: str = "") -> int:
    """Return the port that was asked for, or the ordinary one, or any free one where no setting insists on that."""
    if port is not None:
        return asked(host, port, option)
    return asked(host, ordinary, setting) if setting else usual(host, ordinary, option)


def _part(
    name: str, arguments: tuple[str, ...], ready: Probe, environment: dict[str, str], grace: float = 10.0
) -> Part:
    return Part(
        name=name,
        command=(sys.executable, "-P", "-m", "ops", *arguments),
        ready=ready,
        advice="Correct what it names above, and start again.",
        environment=for_python(environment),
        grace=grace,
    )


def _without_password(address: str) -> str:
    password = urlsplit(address).password
    return address.replace(f":{password}@", ":***@") if password else address
