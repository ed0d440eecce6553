"""Reply targets as an owner writes them."""

from datetime import timedelta

import pytest
from pydantic import BaseModel, ValidationError

from clinic.hours import HoursFacts, ReplyTarget


@pytest.mark.parametrize(
    ("text", "open_time"),
    [
        ("4 open hours", timedelta(hours=4)),
        ("1 open hour", timedelta(hours=1)),
        ("90 open minutes", timedelta(minutes=90)),
        ("1 open minute", timedelta(minutes=1)),
        ("1 working day", None),
        ("2 working days", None),
        ("400 open hours", timedelta(hours=400)),
        ("30 working days", None),
    ],
)
def test_a_target_is_open_time_or_working_days(text: str, open_time: timedelta | None) -> None:
    target = ReplyTarget.parse(text)

    assert target.open_time == open_time
    assert str(target) == text
    assert ReplyTarget.parse(f" {text}  ") == target


@pytest.mark.parametrize("text", ["", "4 hours", "4", "soon", "1.5 open hours", "-1 open hours", "four open hours"])
def test_anything_else_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(ValueError, match='"4 open hours", "90 open minutes" or "1 working day"'):
        ReplyTarget.parse(text)


def test_a_fault_is_shown_with_a_caret_under_its_place() -> None:
    with pytest.raises(ValueError, match="cannot be read") as unread:
        ReplyTarget.parse("4 hours")
    with pytest.raises(ValueError, match="1 to 30") as too_long:
        ReplyTarget.parse("99 working days")

    assert str(unread.value).split("\n") == [
        "this reply target cannot be read",
        "  4 hours",
        "  ^^^^^^^",
        '  write "4 open hours", "90 open minutes" or "1 working day"',
    ]
    assert str(too_long.value).split("\n") == [
        "a reply target is 1 to 30 working days",
        "  99 working days",
        "  ^^",
        '  write "4 open hours", for example',
    ]


@pytest.mark.parametrize("text", ["0 open hours", "401 open hours", "24001 open minutes", "31 working days"])
def test_an_amount_out_of_all_reason_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"a reply target is 1 to \d+ (open hour|open minute|working day)s\n.*\n  \^+\n"
    ):
        ReplyTarget.parse(text)


def test_a_target_is_a_text_in_a_model_and_in_its_json() -> None:
    class Reply(BaseModel):
        target: ReplyTarget

    reply = Reply.model_validate({"target": "4 open hours"})

    assert reply.target == ReplyTarget(4, "open hour")
    assert reply.model_dump_json() == '{"target":"4 open hours"}'
    assert Reply.model_validate_json(reply.model_dump_json()) == reply
    assert Reply(target=reply.target) == reply
    with pytest.raises(ValidationError, match="this reply target cannot be read"):
        Reply.model_validate({"target": "soon"})
    with pytest.raises(ValidationError):
        Reply.model_validate({"target": 4})


def test_a_target_longer_than_four_weeks_of_the_clinic_is_refused() -> None:
    few = {"opening_hours": "Mo 10:00-12:00"}
    with pytest.raises(ValidationError, match="more than 4 weeks of opening hours"):
        HoursFacts(opening_hours="Mo 10:00-12:00", reply=ReplyTarget.parse("9 open hours"))
    assert HoursFacts.model_validate({**few, "reply": "8 open hours"}).reply == ReplyTarget(8, "open hour")
    assert HoursFacts.model_validate({**few, "reply": "9 working days"}).reply == ReplyTarget(9, "working day")
