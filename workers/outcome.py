"""What an attempt's end means: decided once, by the SMTP code and by where the conversation stood."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a conversation stood; at DOT the last byte of the mail may have arrived."""

    CONNECT = "connect"
    EHLO = "ehlo"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class Verdict(StrEnum):
    """What follows: done; again; again when the relay is back; never; it may have arrived; locked out; not tried."""

    SENT = "sent"
    RETRY = "retry"
    AWAY = "away"
    FAILED = "failed"
    DOUBT = "doubt"
    LOCKED_OUT = "locked_out"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict and its cause in one word for logs and counters: "rcpt-550", "dot-silence".

    `wait_ms` is how long nobody may log in, when the relay does not let us in or another tries to.
    """

    verdict: Verdict
    cause: str
    wait_ms: int = 0


def judge(stage: Stage, code: int | None) -> Outcome:
    """Return what an answer means, or what it means that none came (RFC 5321 sections 4.2.1 and 4.5.3.2).

    `code` is None for silence, a lost connection and an answer that is none. The encryption that fails is always
    tried again: it is the way that is broken, not the mail, and the way may be mended.
    """
    cause = f"{stage}-{code or 'silence'}"
    if stage is Stage.DOT and code is not None and 200 <= code < 300:
        return Outcome(Verdict.SENT, cause)
    if stage is Stage.TLS:
        return Outcome(Verdict.AWAY, cause)
    if stage is Stage.AUTH and code is not None and 500 <= code < 600:
        return Outcome(Verdict.LOCKED_OUT, cause)
    if code is not None and 500 <= code < 600:
        return Outcome(Verdict.FAILED, cause)
    if stage in (Stage.CONNECT, Stage.EHLO):
        # Nothing was said of this mail yet: whatever mail gets through proves that it is over.
        return Outcome(Verdict.AWAY, cause)
    if code is not None and 400 <= code < 500:
        return Outcome(Verdict.RETRY, cause)
    return Outcome(Verdict.DOUBT if stage is Stage.DOT else Verdict.RETRY, cause)
