"""The house on one machine: which parts `demo` and `up` start, in which order, and what each is told."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from clinic.facts import read_facts
from clinic.settings import read_settings
from ops.environment import clinic_file, for_python, given, names, overlaid
from ops.folder import Folder
from ops.part import Part, Probe
from ops.ports import asked, usual
from ops.probes import answers, says
from ops.valkey import find_server, socket_for, url, valkey

HOST = "127.0.0.1"
WORKERS = 2
# A worker's attempts last 60 s at most, and it waits for them.
WORKER_GRACE = 70.0


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is started, and where it can be reached; `inbox` is (host, port), None without a catcher."""

    parts: tuple[Part, ...]
    intake: tuple[str, int]
    inbox: tuple[str, int] | None
    redis_url: str


@contextlib.contextmanager
def house(
    folder: Folder, *, port: int | None, catcher: bool, inbox_port: int | None = None, smtp_port: int | None = None
) -> Iterator[House]:
    """Yield what to start over a data folder; raise ConfigurationError for what can't be, before anything starts.

    A port that is asked for must be free; the usual ones give way to any free one.
    """
    environment = given()
    read_facts(clinic_file(environment))
    if not names(environment, "FRONTDESK_SECRET"):
        environment = overlaid(environment, FRONTDESK_SECRET_FILE=str(folder.keep_secret()))
    host = environment.get("INTAKE_HOST") or HOST
    intake = (host, chosen(host, port, 8000, "--port"))
    parts: list[Part] = []
    inbox = None
    with contextlib.ExitStack() as stack:
        if names(environment, "REDIS_URL"):
            redis_url = environment.get("REDIS_URL") or "the one in REDIS_URL_FILE"
        else:
            socket = stack.enter_context(socket_for(folder.valkey))
            redis_url = url(socket)
            environment = overlaid(environment, REDIS_URL=redis_url)
            parts.append(valkey(find_server(), folder.valkey, socket, environment))
        if catcher:
            inbox = (HOST, chosen(HOST, inbox_port, 8025, "--inbox-port"))
            smtp = chosen(HOST, smtp_port, 1025, "--smtp-port")
            environment = overlaid(environment, SMTP_URL=f"smtp://{HOST}:{smtp}")
            options = ("--smtp-port", str(smtp), "--inbox-port", str(inbox[1]), "--data", str(folder.mail))
            parts.append(_part("catcher", ("catcher", *options), answers(inbox, "/api/messages"), environment))
        environment = overlaid(environment, INTAKE_HOST=host, INTAKE_PORT=str(intake[1]))
        read_settings(environment).relay()
        for number in range(1, WORKERS + 1):
            parts.append(_part(f"worker-{number}", ("worker",), says("worker ready"), environment, WORKER_GRACE))
        parts.append(_part("intake", ("intake",), answers(intake, "/healthz"), environment, 15.0))
        yield House(tuple(parts), intake, inbox, redis_url)


def chosen(host: str, port: int | None, ordinary: int, option: str) -> int:
    """Return the port that was asked for, or the ordinary one, or any free one."""
    return usual(host, ordinary, option) if port is None else asked(host, port, option)


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
