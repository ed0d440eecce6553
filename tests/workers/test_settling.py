"""How attempts are settled."""

import pytest

from clinic.delivery import DeliveryName, Kind, State
from clinic.facts import ClinicFacts
from clinic.store.words import Claim
from workers.outcome import Outcome, Verdict
from workers.settling import settle

CONFIRMATION = DeliveryName(Kind.CONFIRMATION)
ALERT = DeliveryName(Kind.ALERT, 0)


def claim(name: DeliveryName, attempts: int = 0, doubts: int = 0) -> Claim:
    return Claim("CFGH3467", name, token=1, attempts=attempts, claims=1, doubts=doubts, sealed=b"")


def test_alert_waits_ten_seconds_after_its_first_attempt_and_at_last_a_quarter_of_an_hour() -> None:
    retry = Outcome(Verdict.RETRY, "rcpt-451")
    waits = [settle(claim(ALERT, attempts), retry, None, 0.5).delay_ms / 1000 for attempts in range(7)]
    assert waits == [10, 30, 120, 300, 600, 900, 900]


def test_confirmation_waits_from_one_minute_to_two_hours() -> None:
    retry = Outcome(Verdict.RETRY, "rcpt-451")
    waits = [settle(claim(CONFIRMATION, attempts), retry, None, 0.5).delay_ms / 60_000 for attempts in range(6)]
    assert waits == [1, 5, 15, 60, 120, 120]


def test_what_could_not_reach_the_relay_waits_by_its_schedule_or_until_the_relay_is_back() -> None:
    end = settle(claim(ALERT), Outcome(Verdict.AWAY, "connect-silence"), None, 0.5)
    assert (end.state, end.delay_ms, end.stranded) == (State.DUE, 10_000, True)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 8), (0.5, 10), (1.0, 12)])
def test_waits_are_spread_by_a_fifth(chance: float, seconds: int) -> None:
    assert settle(claim(ALERT), Outcome(Verdict.RETRY, "x"), None, chance).delay_ms == seconds * 1000


def test_alert_in_doubt_goes_again_however_often() -> None:
    end = settle(claim(ALERT, doubts=5), Outcome(Verdict.DOUBT, "dot-silence"), None, 0.5)
    assert (end.state, end.doubtful) == (State.DUE, True)


def test_confirmation_in_doubt_goes_again_once_and_then_is_left_to_a_human(facts: ClinicFacts) -> None:
    doubt = Outcome(Verdict.DOUBT, "dot-silence")
    first = settle(claim(CONFIRMATION, doubts=0), doubt, facts, 0.5)
    second = settle(claim(CONFIRMATION, attempts=1, doubts=1), doubt, facts, 0.5)
    assert (first.state, first.doubtful, list(first.follow_ups)) == (State.DUE, True, [])
    assert second.state is State.IN_DOUBT
    assert [str(name) for name in second.follow_ups] == ["undeliverable-0"]


def test_failed_confirmation_becomes_a_mail_to_every_address_of_reception(facts: ClinicFacts) -> None:
    two = facts.model_copy(update={"reception": ("a@clinic.test", "b@clinic.test")})
    end = settle(claim(CONFIRMATION), Outcome(Verdict.FAILED, "rcpt-550"), two, 0.5)
    assert [str(name) for name in end.follow_ups] == ["undeliverable-0", "undeliverable-1"]


def test_failed_alert_has_nobody_else_to_tell_by_mail(facts: ClinicFacts) -> None:
    end = settle(claim(ALERT), Outcome(Verdict.FAILED, "rcpt-550"), facts, 0.5)
    assert (end.state, list(end.follow_ups)) == (State.FAILED, [])


def test_a_refused_login_counts_as_no_attempt_and_waits_as_long_as_nobody_may_try() -> None:
    end = settle(claim(ALERT), Outcome(Verdict.LOCKED_OUT, "auth-535", wait_ms=60_000), None, 0.5)
    assert (end.state, end.counted, end.delay_ms, end.stranded) == (State.DUE, False, 60_000, False)


def test_whoever_waits_for_another_s_login_counts_as_no_attempt_and_says_nothing_of_the_relay() -> None:
    end = settle(claim(ALERT), Outcome(Verdict.UNTRIED, "auth-waiting", wait_ms=9_000), None, 0.5)
    assert (end.state, end.counted, end.delay_ms, end.stranded) == (State.DUE, False, 9_000, None)


@pytest.mark.parametrize("verdict", [Verdict.RETRY, Verdict.DOUBT])
def test_what_the_relay_answered_is_not_stranded(verdict: Verdict) -> None:
    end = settle(claim(ALERT), Outcome(verdict, "x"), None, 0.5)
    assert (end.state, end.stranded, end.doubtful) == (State.DUE, False, verdict is Verdict.DOUBT)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CONFIRMATION])
def test_only_of_a_confirmation_that_failed_reception_is_told_to_phone(kind: Kind) -> None:
    failed = Outcome(Verdict.FAILED, "rcpt-550")
    assert settle(claim(DeliveryName(kind)), failed, None, 0.5).follow_ups == []
    assert settle(claim(CONFIRMATION), failed, None, 0.5).follow_ups == [DeliveryName(Kind.UNDELIVERABLE)]
