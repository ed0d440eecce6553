"""What the relay's answers mean."""

import pytest

from workers.outcome import Outcome, Stage, Verdict, judge

BEFORE_THE_DOT = [Stage.CONNECT, Stage.EHLO, Stage.TLS, Stage.AUTH, Stage.MAIL, Stage.RCPT, Stage.DATA]


BEFORE_ANY_MAIL = [Stage.CONNECT, Stage.EHLO, Stage.TLS]


@pytest.mark.parametrize("stage", BEFORE_THE_DOT)
def test_silence_before_the_dot_is_tried_again(stage: Stage) -> None:
    assert judge(stage, None).verdict is (Verdict.AWAY if stage in BEFORE_ANY_MAIL else Verdict.RETRY)


def test_silence_after_the_dot_leaves_a_doubt() -> None:
    assert judge(Stage.DOT, None) == Outcome(Verdict.DOUBT, "dot-silence")


@pytest.mark.parametrize("stage", list(Stage))
def test_4xx_is_tried_again_wherever_it_comes(stage: Stage) -> None:
    again = Verdict.AWAY if stage in BEFORE_ANY_MAIL else Verdict.RETRY
    assert judge(stage, 451) == Outcome(again, f"{stage}-451")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        *[(200, Verdict.SENT), (299, Verdict.SENT), (300, Verdict.DOUBT), (399, Verdict.DOUBT)],
        *[(400, Verdict.RETRY), (499, Verdict.RETRY), (500, Verdict.FAILED), (599, Verdict.FAILED)],
    ],
)
def test_the_first_digit_of_an_answer_decides(code: int, verdict: Verdict) -> None:
    assert judge(Stage.DOT, code).verdict is verdict


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT])
def test_5xx_is_never_tried_again(stage: Stage) -> None:
    assert judge(stage, 550).verdict is Verdict.FAILED


def test_a_refused_login_uses_up_no_attempt() -> None:
    assert judge(Stage.AUTH, 535).verdict is Verdict.LOCKED_OUT


def test_broken_encryption_is_tried_again_and_never_done_without() -> None:
    assert judge(Stage.TLS, 554).verdict is Verdict.AWAY


def test_only_2xx_to_the_dot_means_sent() -> None:
    assert judge(Stage.DOT, 250).verdict is Verdict.SENT
    assert judge(Stage.DOT, 354).verdict is Verdict.DOUBT
    assert judge(Stage.DATA, 250).verdict is Verdict.RETRY
