"""Why a relay can't be used, in our words, with what to do: the relay's own may quote a password or a patient."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator

from clinic.relay import PORTS, Relay
from workers.smtp import ConversationEnded

UNKNOWN = (socket.EAI_NONAME, socket.EAI_NODATA)
NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
# Where a name has several addresses, asyncio says of all at once what became of each.
NUMBER = re.compile(r"\[Errno (\d+)\]")


def relay_fault(relay: Relay, ended: ConversationEnded) -> str:
    """Return what became of a conversation that came to nothing before any mail."""
    cause = ended.outcome.cause
    stage, _, code = cause.partition("-")
    told = _unanswered(relay, stage, list(_chain(ended))) if code == "silence" else _answered(stage, code)
    return f"{told} ({cause})"


def _chain(error: BaseException) -> Iterator[BaseException]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield error


def _answered(stage: str, code: str) -> str:
    """Return what an answer means that has a code."""
    if stage == "auth":
        if code.startswith("4"):
            return "the relay can't check the login now: try again later"
        return "the relay refuses the login: correct user and password in SMTP_URL"
    if stage == "tls":
        return "the relay can't encrypt now: ask whoever runs it"
    return "the relay takes nothing from this machine: ask whoever runs it whether it may send"


def _unanswered(relay: Relay, stage: str, errors: list[BaseException]) -> str:
    """Return what is behind silence: the network, the encryption, or what the relay does not offer."""
    for error in errors:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is refused, {_certificate(error)}"
        if isinstance(error, ssl.SSLError):
            return _no_tls(relay)
    if stage == "connect":
        return _unconnected(relay, errors)
    # What is no fault of the line is the library's: it found that what we want is not on offer.
    offered = any(isinstance(error, OSError | ValueError) for error in errors)
    if stage == "tls" and not offered:
        return f"the relay offers no STARTTLS: use smtps:// and its port ({PORTS['smtps']} as a rule)"
    if stage == "auth" and not offered:
        return (
            "the relay offers no login with a password: take user and password out of SMTP_URL, or use its port for "
            f"submission ({PORTS['smtp']} as a rule)"
        )
    return f"the relay left at {stage.upper()}, or said what is no SMTP: look at its log"


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    message = error.verify_message.rstrip(".")
    if "self-signed" in message or "local issuer" in message:
        return f"{message}: trust it by ?ca=/path/of/certificates.pem in SMTP_URL"
    if "not valid for" in message:
        return f"{message}: use a name in SMTP_URL that is on it"
    return f"{message}: ask whoever runs the relay for a good one"


def _no_tls(relay: Relay) -> str:
    if relay.encryption == "tls":
        return "this port speaks no TLS: use smtp:// with it, which demands STARTTLS of it"
    return "the encryption fails: look at the relay's log, its TLS may be too old"


def _unconnected(relay: Relay, errors: list[BaseException]) -> str:
    for error in errors:
        if isinstance(error, UnicodeError) or (isinstance(error, socket.gaierror) and error.errno in UNKNOWN):
            return "no such host: correct it in SMTP_URL"
        if isinstance(error, socket.gaierror):
            return "the host's name can't be looked up: correct it in SMTP_URL, or see to this machine's DNS"
    numbers = {int(number) for error in errors for number in NUMBER.findall(str(error))}
    if errno.ECONNREFUSED in numbers:
        return "connection refused: correct the port in SMTP_URL, or start the relay"
    if numbers.intersection(NO_WAY):
        return "no way there from this machine: see to its network, and to the host in SMTP_URL"
    if relay.encryption != "tls" and relay.port == PORTS["smtps"]:
        return f"no greeting: port {relay.port} speaks TLS at once, so use smtps:// with it"
    if any(isinstance(error, TimeoutError) for error in errors):
        return (
            "no answer: correct host and port in SMTP_URL, and see that no firewall is between; a port that speaks TLS "
            "at once wants smtps://"
        )
    return "what answers there is no relay, or does not want us: correct host and port in SMTP_URL"
