"""Settling: from how an attempt ended to what is stored, and when it is tried again."""

from clinic.delivery import JITTER, Kind, State
from clinic.facts import ClinicFacts
from clinic.plan import to_reception
from clinic.store.words import Claim, Settlement
from workers.outcome import Outcome, Verdict


def settle(claim: Claim, outcome: Outcome, facts: ClinicFacts | None, chance: float) -> Settlement:
    """Return what to store; `chance`, from 0 to 1, spreads the next try by the jitter so that retries don't march."""
    match outcome.verdict:
        case Verdict.SENT:
            return Settlement(claim, State.SENT, outcome.cause)
        case Verdict.FAILED:
            return ended(claim, State.FAILED, outcome.cause, facts)
        case Verdict.LOCKED_OUT:
            return Settlement(claim, State.DUE, outcome.cause, delay_ms=outcome.wait_ms, counted=False)
        case Verdict.UNTRIED:
            return Settlement(claim, State.DUE, outcome.cause, delay_ms=outcome.wait_ms, counted=False, stranded=None)
        case Verdict.DOUBT if claim.doubts >= claim.name.kind.doubts_at_most:
            return ended(claim, State.IN_DOUBT, outcome.cause, facts)
    seconds = claim.name.schedule.delay(claim.attempts + 1) * (1 + JITTER * (2 * chance - 1))
    doubtful, stranded = outcome.verdict is Verdict.DOUBT, outcome.verdict is Verdict.AWAY
    return Settlement(
        claim, State.DUE, outcome.cause, delay_ms=round(seconds * 1000), doubtful=doubtful, stranded=stranded
    )


def ended(claim: Claim, state: State, cause: str, facts: ClinicFacts | None) -> Settlement:
    """Return the end of a delivery that did not arrive for certain; of a confirmation, reception is told."""
    told = to_reception(Kind.UNDELIVERABLE, facts) if claim.name.kind is Kind.CONFIRMATION else []
    return Settlement(claim, state, cause, follow_ups=told)
