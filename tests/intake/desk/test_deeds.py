"""What people note at the desk is kept, whatever else had happened to the enquiry meanwhile."""

from tests.intake.desk.reception import Reception
from tests.support.valkey import Client


async def noted(reception: Reception, reference: str) -> list[tuple[str, str | None]]:
    """Return what was done and noted, in order."""
    return [(act.what, act.note) for act in await reception.acts.history(reference)]


async def test_a_note_of_its_own_leaves_the_enquiry_open_and_its_reminders_planned(
    reception: Reception, redis: Client
) -> None:
    accepted = await reception.service.accept()
    planned = await reception.service.states()
    await reception.sign_in()
    answer = await reception.post(f"/desk/{accepted.reference}/note", note="Left <voicemail>, try again")
    page = await reception.get(answer.headers["location"])
    assert "Your note was kept." in page
    assert "Monday 23 November at 9am: noted by" in page
    assert "Left &lt;voicemail&gt;, try again" in page
    assert "Mark as contacted" in page
    assert accepted.reference in await reception.get("/desk")
    assert await reception.service.states() == planned
    assert b"voicemail" not in b"".join(await redis.lrange(f"acts:{accepted.reference}", 0, -1))


async def test_the_note_of_whoever_marks_it_second_is_kept(reception: Reception) -> None:
    accepted = await reception.service.accept()
    await reception.acts.mark(accepted.reference, "sam", "Rang, left voicemail")
    await reception.sign_in()
    answer = await reception.post(f"/desk/{accepted.reference}/contacted", note="booked Monday 9am")
    page = await reception.get(answer.headers["location"])
    assert "It was marked as contacted before. Your note was kept all the same." in page
    assert await noted(reception, accepted.reference) == [
        ("contacted", "Rang, left voicemail"),
        ("noted", "booked Monday 9am"),
    ]
    bare = await reception.post(f"/desk/{accepted.reference}/contacted", note=" ")
    assert "Nothing was changed: it was marked as contacted before." in await reception.get(bare.headers["location"])
    assert len(await noted(reception, accepted.reference)) == 2


async def test_notes_are_added_after_the_contact_and_with_its_being_taken_back(reception: Reception) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    for act, note in (("contacted", "Rang"), ("note", "Comes on Friday"), ("reopen", "Wrong patient")):
        await reception.post(f"/desk/{accepted.reference}/{act}", note=note)
    assert await noted(reception, accepted.reference) == [
        ("contacted", "Rang"),
        ("noted", "Comes on Friday"),
        ("reopened", "Wrong patient"),
    ]
    contact = await reception.acts.mark(accepted.reference, "sam")
    assert contact
    assert contact.new


async def test_a_note_is_kept_whichever_button_is_pressed_and_however_that_goes(reception: Reception) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    page = await reception.get(f"/desk/{accepted.reference}")
    form = page[page.index("<textarea") : page.index("</form>", page.index("<textarea"))]
    assert f'formaction="/desk/{accepted.reference}/resend"' in form
    for act in ("resend", "release", "reopen"):
        answer = await reception.post(f"/desk/{accepted.reference}/{act}", note=f"Rang before {act}")
        assert "Nothing was changed" not in await reception.get(answer.headers["location"])
    kept = [note for _, note in await noted(reception, accepted.reference)]
    assert kept == ["Rang before resend", "Rang before release", "Rang before reopen"]


async def test_a_note_that_says_nothing_is_asked_for(reception: Reception) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    answer = await reception.post(f"/desk/{accepted.reference}/note", note=" \r\n ")
    assert (answer.status_code, "Write a note first" in answer.text) == (422, True)
    assert await noted(reception, accepted.reference) == []


async def test_a_note_on_what_was_erased_is_said_not_to_be_kept(reception: Reception, redis: Client) -> None:
    accepted = await reception.service.accept()
    await reception.acts.erase(accepted.reference, "sam")
    await reception.sign_in()
    for act in ("note", "contacted", "reopen", "release", "resend"):
        answer = await reception.post(f"/desk/{accepted.reference}/{act}", note="Rang")
        assert "Nothing was kept: what the patient wrote had been erased." in await reception.get(
            answer.headers["location"]
        )
    assert await noted(reception, accepted.reference) == [("erased", "")]
    assert await redis.zcard("contacted") == 0
