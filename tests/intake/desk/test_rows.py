"""Enquiries as the desk shows them: each where it belongs, whole, inert, and with what went wrong."""

import re

import pytest

from clinic.acts import Acts
from clinic.enquiry import Enquiry
from clinic.seal import Seal
from tests.intake.desk.reception import Reception
from tests.support.patients import enquiry
from tests.support.valkey import Client

NUMBER = "01632 960456"
LINK = '<a href="tel:01632960456"><bdi>01632 960456</bdi></a>'
HOSTILE = Enquiry(
    name="<b>Eve</b> \u202egnp.exe",
    email="eve@example.org",
    message="<script>alert(1)</script> https://evil.test/login",
)


async def test_enquiries_stand_where_they_belong(reception: Reception) -> None:
    late = await reception.service.accept(1)
    reception.clock.forward(5 * 3600)
    new, done = await reception.service.accept(2), await reception.service.accept(3)
    aside = await reception.set_aside(enquiry(4))
    await reception.acts.mark(done.reference, "jo")
    await reception.sign_in()
    for view, accepted, name in (
        ("open", new, "Patient 2"),
        ("overdue", late, "Patient 1"),
        ("contacted", done, "Patient 3"),
        ("quarantined", aside, "Patient 4"),
    ):
        page = await reception.get(f"/desk?view={view}")
        assert re.findall(r'<a href="/desk/([A-Z0-9]{8})"', page) == [accepted.reference]
        assert name in page
    assert re.findall(r"\((\d+)\)</a>", page) == ["1", "1", "1", "1", "0"]
    assert "Nothing here." in await reception.get("/desk?view=failed")
    assert (await reception.client.get("/desk?view=all")).status_code == 404


async def test_one_enquiry_is_shown_whole_and_inert(reception: Reception) -> None:
    accepted = await reception.service.acceptance.accept(HOSTILE, idempotency_key=None, body=b"")
    await reception.sign_in()
    page = await reception.get(f"/desk/{accepted.reference}")
    assert "&lt;b&gt;Eve&lt;/b&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; hxxps[:]//evil[.]test/login" in page
    assert "<script" not in page
    assert "\u202e" not in page
    assert "Confirmation: on its way" in page
    assert "Reminder: planned" in page


async def test_an_enquiry_with_an_act_of_a_lost_secret_is_shown_and_seen_to_like_any_other(
    reception: Reception,
) -> None:
    reference = (await reception.service.accept(1)).reference
    lost = Acts(reception.service.staff, Seal(["o" * 40]))
    await lost.mark(reference, "Kim", "Rang")
    await reception.sign_in()
    page = await reception.get(f"/desk/{reference}")
    assert "Patient 1" in page
    assert ": contacted (by whom, and what they noted, can't be opened)</li>" in page
    assert "Not contacted after all" in page


async def test_a_list_that_failed_is_named_and_leads_nowhere(reception: Reception, redis: Client) -> None:
    await redis.zadd("attention", {"D20261123T080000Z/digest-0": 1})
    await reception.sign_in()
    page = await reception.get("/desk?view=failed")
    assert "List of Monday 23 November at 8am" in page
    assert "/desk/D2026" not in page


async def test_the_view_of_mails_that_failed_says_which_and_why(reception: Reception, redis: Client) -> None:
    accepted = await reception.service.accept()
    await redis.hset(f"deliveries:{accepted.reference}", "confirmation", "failed 1 1 0 0 rcpt-550")
    await redis.zadd("attention", {f"{accepted.reference}/confirmation": 1})
    await reception.sign_in()
    page = await reception.get("/desk?view=failed")
    words = "Confirmation: failed (the mail server would not take mail for this address)"
    assert f"<td>{words}</td>" in page
    assert "Alert" not in page
    assert words not in await reception.get("/desk?view=open")
    assert f"<li>{words}</li>" in await reception.get(f"/desk/{accepted.reference}")


async def test_a_number_is_one_tap_away_and_what_is_set_aside_is_not_confirmed_by_mistake(reception: Reception) -> None:
    written = enquiry().model_copy(update={"phone": "01632 960456", "contact_by": "phone"})
    aside = await reception.set_aside(written)
    await reception.sign_in()
    assert '<a href="tel:01632960456">' in await reception.get("/desk?view=quarantined")
    assert "/resend" not in await reception.get(f"/desk/{aside.reference}")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ({"contact_by": "phone", "phone": NUMBER}, f"By phone: {LINK}"),
        ({"contact_by": "either", "phone": NUMBER}, f"By phone or email: {LINK}"),
        ({"contact_by": "either"}, "By phone or email: <bdi>patient-0@example.org</bdi>"),
        ({"contact_by": "email", "phone": NUMBER}, "By email: <bdi>patient-0@example.org</bdi>"),
        ({"contact_by": "phone", "phone": "ext. 12"}, "By phone: <bdi>ext. 12</bdi>"),
        ({"locale": "cy"}, "By email: <bdi>patient-0@example.org</bdi> In Welsh"),
    ],
)
async def test_a_list_says_how_a_patient_wants_to_be_reached_and_gives_no_other_way(
    reception: Reception, typed: dict[str, str], shown: str
) -> None:
    written = enquiry().model_copy(update=typed)
    await reception.service.acceptance.accept(written, idempotency_key=None, body=b"")
    await reception.sign_in()
    [cell] = re.findall(r'<td class="who"><bdi>Patient 0</bdi><br>(.*?)</td>', await reception.get("/desk"), re.DOTALL)
    assert " ".join(cell.replace("<br>", " ").split()) == shown


@pytest.mark.parametrize(("contact_by", "links"), [("phone", 1), ("either", 1), ("email", 0)])
async def test_the_page_of_an_enquiry_has_no_tap_call_for_who_asked_for_email(
    reception: Reception, contact_by: str, links: int
) -> None:
    written = enquiry().model_copy(update={"contact_by": contact_by, "phone": NUMBER})
    accepted = await reception.service.acceptance.accept(written, idempotency_key=None, body=b"")
    await reception.sign_in()
    page = await reception.get(f"/desk/{accepted.reference}")
    assert NUMBER in page
    assert page.count("tel:") == links


async def test_whom_a_mail_did_not_reach_can_be_rung_from_the_list_all_the_same(
    reception: Reception, redis: Client
) -> None:
    written = enquiry().model_copy(update={"phone": NUMBER, "contact_by": "email"})
    accepted = await reception.service.acceptance.accept(written, idempotency_key=None, body=b"")
    await redis.zadd("attention", {f"{accepted.reference}/confirmation": 1})
    await reception.sign_in()
    page = await reception.get("/desk?view=failed")
    assert "By email: <bdi>patient-0@example.org</bdi>" in page
    assert f"Phone: {LINK}" in page


async def test_whom_somebody_has_contacted_is_told_apart_among_those_a_mail_did_not_reach(
    reception: Reception, redis: Client
) -> None:
    for number in (1, 2):
        accepted = await reception.service.accept(number)
        await redis.zadd("attention", {f"{accepted.reference}/confirmation": number})
    await reception.acts.mark(accepted.reference, "jo")
    await reception.sign_in()
    page = await reception.get("/desk?view=failed")
    assert re.findall("<td>(Contacted|by .*?)</td>", page) == ["Contacted", "by 1pm on Monday 23 November"]


async def test_what_is_set_aside_says_whether_somebody_has_been_in_touch_and_promises_no_reminders(
    reception: Reception,
) -> None:
    aside, accepted = await reception.set_aside(enquiry(1)), await reception.service.accept(2)
    await reception.sign_in()
    assert "the reminders go on" in await reception.get(f"/desk/{accepted.reference}")
    assert "the reminders go on" not in await reception.get(f"/desk/{aside.reference}")
    assert "Contacted</td>" not in await reception.get("/desk?view=quarantined")
    await reception.acts.mark(aside.reference, "jo")
    assert "<td>Contacted</td>" in await reception.get("/desk?view=quarantined")


async def test_a_list_on_a_phone_says_what_it_is_that_was_not_said(reception: Reception) -> None:
    written = enquiry().model_copy(update={"condition": ""})
    await reception.service.acceptance.accept(written, idempotency_key=None, body=b"")
    await reception.sign_in()
    assert "<td>condition not said</td>" in await reception.get("/desk")


async def test_a_long_list_goes_on_on_further_pages_and_none_is_left_out(reception: Reception, redis: Client) -> None:
    references = [f"CFGH3{number:03}".translate(str.maketrans("012589", "CFGHJK")) for number in range(250)]
    await redis.zadd("contacted", {reference: number for number, reference in enumerate(references)})
    await reception.sign_in()
    found: list[str] = []
    address = "/desk?view=contacted"
    for number in (1, 2, 3):
        page = await reception.get(address)
        found += re.findall(r'<a href="/desk/([A-Z0-9]{8})"', page)
        assert f"Page {number} of 3" in page
        assert ("Previous page" in page) == (number > 1)
        following = re.search(r'<a href="([^"]+)" rel="next">Next page</a>', page)
        assert (following is None) == (number == 3)
        address = following[1].replace("&amp;", "&") if following else ""
    assert found == references[::-1]
    beyond = await reception.get("/desk?view=contacted&page=9")
    assert "Nothing here." in beyond
    assert '<a href="/desk?view=contacted&amp;page=3" rel="prev">' in beyond
    for wrong in ("0", "-1", "x", "", "100000"):
        assert (await reception.client.get(f"/desk?view=contacted&page={wrong}")).status_code == 404
    assert "Page 1" not in await reception.get("/desk?view=failed")


async def test_the_report_says_how_the_promise_is_kept(reception: Reception) -> None:
    in_time, late = await reception.service.accept(1), await reception.service.accept(2)
    await reception.service.accept(3)
    reception.clock.forward(3600)
    await reception.acts.mark(in_time.reference, "jo")
    reception.clock.forward(4 * 3600)
    await reception.acts.mark(late.reference, "jo")
    await reception.service.accept(4)
    await reception.sign_in()
    page = await reception.get("/desk/report")
    assert page.count("1 of 3 (33 %)") == 2
    assert page.count("<td>3 hours</td>") == 2
    assert "23 November 2026" in page
    assert "Sacro-iliac joint pain" in page
