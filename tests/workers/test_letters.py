"""Letters leave under any name of a clinic; one that is asked for anew is another mail, and all its tries are one."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from itertools import pairwise

import pytest

from clinic.facts import ClinicFacts
from tests.support.clock import SetClock
from tests.support.relay import Answer, ScriptedRelay, Taken
from tests.support.service import Service
from tests.support.valkey import Client


def of(relay: ScriptedRelay, kind: str) -> list[Taken]:
    return [mail for mail in relay.taken if f".{kind}" in mail.message_id]


async def an_hour_ago(service: Service) -> str:
    """Have an enquiry whose mails went, or were refused, an hour ago; return its reference."""
    accepted = await service.accept()
    await service.work_off(hours=0.5)
    service.clock.forward(hours=1)
    return accepted.reference


async def test_a_confirmation_that_staff_send_again_is_no_copy_of_the_first(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    reference = await an_hour_ago(service)
    for _ in range(2):
        assert await service.staff.resend(reference, b"sealed")
        await service.work()
        service.clock.forward(hours=1)
    mails = of(relay, "confirmation")
    assert len({mail.message_id for mail in mails}) == 3
    assert len({mail.message.get_body(("plain",)).get_content() for mail in mails}) == 1  # type: ignore[union-attr]  # there is one
    # Each says when it was written: old ones look like spam, and stand far down in a mailbox.
    dates = [parsedate_to_datetime(mail.message["Date"]) for mail in mails]
    assert [(later - sooner).total_seconds() for sooner, later in pairwise(dates)] == [3600, 3600]
    await service.close()


async def test_all_tries_of_one_that_was_sent_again_are_the_same_mail(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    assert await service.staff.resend(await an_hour_ago(service), b"sealed")
    # It is refused once, then taken without an answer, and repeated.
    relay.first("RCPT", 1, b"451 later\r\n")
    relay.first("DOT", 1, None, drop=True)
    await service.work_off(hours=1)
    first, taken, repeated = of(relay, "confirmation")
    assert taken.content == repeated.content
    assert taken.message_id != first.message_id
    await service.close()


async def test_reception_is_told_anew_of_a_patient_who_could_not_be_emailed_again(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    relay.script["RCPT"] = lambda line: Answer(b"550 no such user\r\n") if "patient-0@" in line else None
    assert await service.staff.resend(await an_hour_ago(service), b"sealed")
    await service.work_off(hours=0.5)
    first, second = of(relay, "undeliverable")
    assert first.message_id != second.message_id
    assert parsedate_to_datetime(second.message["Date"]) > parsedate_to_datetime(first.message["Date"])
    await service.close()


LONG = "Pure Physiotherapy, Sports Injury & Rehabilitation Centre (Harbour Street Clinic), Exampleton"


@pytest.mark.parametrize("name", [LONG, "Pure\u2028Physio", "Pure\x07Physio"])
async def test_all_mails_leave_under_a_name_that_was_taken_in_its_day(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, name: str
) -> None:
    relay.script["RCPT"] = lambda line: Answer(b"550 no such user\r\n") if "patient-0@" in line else None
    kept = facts.model_copy(update={"name": name})
    service = Service(redis, kept, relay.url, SetClock())
    for number in (0, 1):
        await service.accept(number)
    await service.work_off()
    # None of them is the plain one of a template that is broken.
    assert all(mail.message.is_multipart() for mail in relay.taken)
    # Read by the older parser: that of the policies leaves spaces between encoded words (against RFC 2047 section 6.2).
    senders = {str(make_header(decode_header(message_from_bytes(mail.content)["From"]))) for mail in relay.taken}
    assert senders == {f"{re.sub(r'[^ -~]', ' ', name)} <{facts.sender}>"}
    assert [len(of(relay, kind)) for kind in ("confirmation", "alert", "undeliverable", "reminder", "escalation")] == [
        1,
        2,
        1,
        2,
        2,
    ]
    await service.close()


async def test_an_alert_leaves_without_a_name_where_no_mail_can_hold_it(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts.model_copy(update={"name": "Pure\nPhysio"}), relay.url, SetClock())
    await service.accept()
    await service.work()
    [alert] = of(relay, "alert")
    assert str(alert.message["From"]) == facts.sender
    assert not of(relay, "confirmation")
    await service.close()
