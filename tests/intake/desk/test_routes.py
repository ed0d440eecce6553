"""The desk over a real store: nobody looks without signing in, and what staff do is done, once, and written down."""

import re

import httpx
import pytest

from clinic.clock import milliseconds
from clinic.facts import Alerts, ClinicFacts
from clinic.record import Record
from clinic.reference import spaced
from intake.act_links import CONTACTED, ActLinks
from intake.desk.flash import ACTS
from tests.intake.desk.reception import Reception
from tests.intake.stand_ins import SECRETS
from tests.support.patients import enquiry
from tests.support.valkey import Client
from workers.desk import desk_of


@pytest.mark.parametrize("path", ["/desk", "/desk?view=overdue", "/desk/CFGH3467", "/desk/changes"])
async def test_nobody_looks_without_signing_in(reception: Reception, path: str) -> None:
    answer = await reception.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].partition("?")[0] == "/desk/login"


@pytest.mark.parametrize("act", ["contacted", "reopen", "release", "resend", "erase"])
async def test_nobody_acts_without_signing_in(reception: Reception, act: str) -> None:
    accepted = await reception.service.accept()
    answer = await reception.post(f"/desk/{accepted.reference}/{act}", sure="yes")
    assert answer.status_code == 403
    assert await reception.acts.history(accepted.reference) == []


async def test_where_nobody_may_sign_in_there_is_no_desk(client: httpx.AsyncClient) -> None:
    assert (await client.get("/desk")).status_code == 404


async def test_a_reference_leads_to_its_enquiry_however_it_is_typed(reception: Reception) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    typed = f" {accepted.reference[:4].lower()} {accepted.reference[4:]}"
    found = await reception.post("/desk", reference=typed)
    assert found.headers["location"] == f"/desk/{accepted.reference}"
    wrong = await reception.post("/desk", reference="<x>")
    assert wrong.status_code == 422
    assert '"&lt;x&gt;" is not a reference. A reference has 8 letters and digits, such as CFGH 3467.' in wrong.text
    assert (await reception.post("/desk", reference=" ")).headers["location"] == "/desk"
    assert "These never occur in one: A, B, D, E, I, L, O, Q, S, U, Z, 0, 1, 2, 5, 8, 9." in wrong.text
    missing = await reception.client.get("/desk/CFGH3467")
    assert (missing.status_code, 'href="/desk"' in missing.text) == (404, True)


async def test_who_opens_the_address_of_an_act_anew_is_led_to_its_enquiry_and_nothing_is_done(
    reception: Reception,
) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    for act in ACTS:
        answer = await reception.client.get(f"/desk/{accepted.reference}/{act}")
        assert answer.headers["location"] == f"/desk/{accepted.reference}"
    assert await reception.acts.history(accepted.reference) == []


async def test_the_link_of_a_mail_leads_on_to_the_desk(reception: Reception) -> None:
    url = ActLinks(CONTACTED, SECRETS, reception.clock, "http://intake.test").url(
        "CFGH3467", milliseconds(reception.clock.now())
    )
    assert 'href="/desk/CFGH3467"' in await reception.get(url)


async def test_a_mail_that_hides_what_was_written_leads_to_its_page(reception: Reception, facts: ClinicFacts) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    link = ActLinks(CONTACTED, SECRETS, reception.clock, "http://intake.test").url(
        accepted.reference, milliseconds(reception.clock.now())
    )
    by_link = facts.model_copy(update={"alerts": Alerts(detail="link")})
    made = Record(
        reference=accepted.reference, received_at=reception.clock.now(), facts="", enquiry=enquiry(), link=link
    )
    assert f"<h1>Enquiry {spaced(accepted.reference)}</h1>" in await reception.get(desk_of(made, by_link))


async def test_marking_keeps_the_note_and_who_did_it(reception: Reception, redis: Client) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    await reception.post(f"/desk/{accepted.reference}/contacted", note="Rang <twice>")
    page = await reception.get(f"/desk/{accepted.reference}")
    assert "Monday 23 November at 9am: contacted by" in page
    assert "Rang &lt;twice&gt;" in page
    assert "Mark as contacted" not in page
    assert b"Rang" not in b"".join(await redis.lrange(f"acts:{accepted.reference}", 0, -1))


async def test_a_mark_that_was_a_mistake_is_taken_back(reception: Reception, redis: Client) -> None:
    accepted = await reception.service.accept()
    promised = await redis.zscore("open", accepted.reference)
    await reception.sign_in()
    await reception.post(f"/desk/{accepted.reference}/contacted", note="Rang")
    answer = await reception.post(f"/desk/{accepted.reference}/reopen")
    page = await reception.get(answer.headers["location"])
    assert "It waits for an answer again, and reminders that had not gone yet go out." in page
    assert "Monday 23 November at 9am: reopened by" in page
    assert "Mark as contacted" in page
    assert accepted.reference in await reception.get("/desk")
    assert "Nothing here." in await reception.get("/desk?view=contacted")
    assert await redis.zscore("open", accepted.reference) == promised
    assert b"jo" not in b"".join(await redis.lrange(f"acts:{accepted.reference}", 0, -1))
    again = await reception.post(f"/desk/{accepted.reference}/reopen")
    assert "There was nothing to take back: it is not marked as contacted." in await reception.get(
        again.headers["location"]
    )
    await reception.post(f"/desk/{accepted.reference}/contacted")
    assert "<strong>Contacted.</strong>" in await reception.get(f"/desk/{accepted.reference}")


async def test_not_spam_sends_what_was_held_back(reception: Reception) -> None:
    aside = await reception.set_aside(enquiry())
    await reception.sign_in()
    await reception.post(f"/desk/{aside.reference}/release")
    assert (await reception.service.states())[f"{aside.reference}/alert-0"] == "due released"
    assert "Set aside" not in (await reception.get(f"/desk/{aside.reference}")).split("<h2>")[0]


async def test_a_confirmation_is_sent_again_when_it_is_not_on_its_way(reception: Reception, redis: Client) -> None:
    accepted = await reception.service.accept()
    await reception.sign_in()
    await reception.post(f"/desk/{accepted.reference}/resend")
    assert (await reception.service.states())[f"{accepted.reference}/confirmation"] == "due -"
    await redis.hset(f"deliveries:{accepted.reference}", "confirmation", "failed 1 1 0 0 rcpt-550")
    await redis.zadd("attention", {f"{accepted.reference}/confirmation": 1})
    resent = await reception.post(f"/desk/{accepted.reference}/resend")
    assert re.fullmatch(r"due resent\.\d+", (await reception.service.states())[f"{accepted.reference}/confirmation"])
    assert "The confirmation is on its way." in await reception.get(resent.headers["location"])
    assert await redis.zcard("attention") == 0
    assert [act.what for act in await reception.acts.history(accepted.reference)] == ["resent"]


async def test_erasing_takes_a_second_word_and_leaves_nothing_of_the_patient(
    reception: Reception, redis: Client
) -> None:
    accepted = await reception.service.accept()
    await reception.acts.mark(accepted.reference, "jo", "spoke to Patient 0")
    await reception.sign_in()
    await reception.post(f"/desk/{accepted.reference}/erase")
    assert await redis.exists(f"enquiry:{accepted.reference}") == 1
    await reception.post(f"/desk/{accepted.reference}/erase", sure="yes")
    assert await redis.exists(f"enquiry:{accepted.reference}") == 0
    assert await redis.zcard("diary") == await redis.zcard("contacted") == await redis.zcard("open") == 0
    assert [act.what for act in await reception.acts.history(accepted.reference)] == ["erased"]
    page = await reception.get(f"/desk/{accepted.reference}")
    assert "has been erased" in page
    assert "Patient 0" not in page
