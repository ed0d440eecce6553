"""What the desk says of an act: how it went, in words that nobody else can put there."""

import re

import pytest

from tests.intake.desk.reception import Reception
from tests.support.patients import enquiry


async def test_the_sheet_says_how_an_act_went_in_words_of_its_own(reception: Reception) -> None:
    aside = await reception.set_aside(enquiry())
    await reception.sign_in()
    for act, line in (
        ("release", "Its mails are on their way."),
        ("release", "Nothing was sent: it is no longer set aside."),
        ("resend", "Nothing was sent: it is already on its way."),
        ("erase", "Nothing was erased: tick the box first."),
    ):
        led_to = (await reception.post(f"/desk/{aside.reference}/{act}")).headers["location"]
        assert f'<p role="status"><strong>{line}</strong></p>' in await reception.get(led_to)
    assert "Ring" not in await reception.get(f"/desk/{aside.reference}?told=Ring+this+number")


@pytest.mark.parametrize("note", ["Rang <twice>. " * 100, "Rang <twice>\0"], ids=["too long", "not seen"])
async def test_a_note_that_won_t_do_stays_in_its_field_and_marks_nothing(reception: Reception, note: str) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    answer = await reception.post(f"/desk/{accepted.reference}/contacted", note=note)
    assert answer.status_code == 422
    assert "The note is too long, or has characters that can&#39;t be seen" in answer.text
    assert re.search(r"<textarea[^>]*>\nRang &lt;twice&gt;", answer.text)
    assert await reception.acts.of(accepted.reference) is None


async def test_a_note_for_one_that_was_marked_before_is_said_to_be_lost(reception: Reception) -> None:
    accepted = await reception.service.accept()
    await reception.acts.mark(accepted.reference, "sam")
    await reception.sign_in()
    answer = await reception.post(f"/desk/{accepted.reference}/contacted", note="Rang")
    assert "a note of yours was not kept" in await reception.get(answer.headers["location"])
