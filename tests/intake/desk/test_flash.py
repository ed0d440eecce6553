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


@pytest.mark.parametrize("act", ["contacted", "note", "reopen"])
@pytest.mark.parametrize("note", ["Rang <twice>. " * 100, "Rang <twice>\0"], ids=["too long", "not seen"])
async def test_a_note_that_won_t_do_stays_in_its_field_and_nothing_is_done(
    reception: Reception, note: str, act: str
) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    answer = await reception.post(f"/desk/{accepted.reference}/{act}", note=note)
    assert answer.status_code == 422
    assert "The note is too long, or has characters that can&#39;t be seen" in answer.text
    assert re.search(r"<textarea[^>]*>\nRang &lt;twice&gt;", answer.text)
    assert await reception.acts.history(accepted.reference) == []
