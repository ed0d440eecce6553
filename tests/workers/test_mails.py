"""Composed mails: who gets what, and what a visitor typed stays where it belongs."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts, Site, read_facts
from clinic.hours import Closure, HoursError
from clinic.patient import first_name
from clinic.record import Record
from clinic.records import Subject
from clinic.settings import ROOT
from clinic.templates import MailTemplates, TemplateFault
from ops.preview import CLOSED, HOSTILE, OPEN
from tests.email_templates.reading import Reader
from workers.claimed import Digest
from workers.digests import compose_digest, entries_of, plain_digest
from workers.mail import Mail
from workers.mails import TEMPLATES, compose, plain_alert
from workers.message import message_bytes

FACTS = read_facts(ROOT / "clinic.toml").model_copy(
    update={"reception": ("desk@clinic.example", "manager@clinic.example"), "sender": "Enquiries@Clinic.example"}
)
CONFIRMATION, ALERT = DeliveryName(Kind.CONFIRMATION), DeliveryName(Kind.ALERT)
UNDELIVERABLE = DeliveryName(Kind.UNDELIVERABLE)
TYPED = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
ENQUIRIES = st.builds(
    Enquiry,
    name=TYPED,
    email=st.just("sam@example.org"),
    phone=TYPED.map(lambda text: f"1{text}"[:32]),
    contact_by=st.sampled_from(["email", "phone", "either"]),
    contact_when=TYPED,
    condition=st.sampled_from(["", "neck-pain", "<b>"]),
    message=TYPED,
)


def record(enquiry: Enquiry | None = None, received_at: datetime = OPEN, **typed: str) -> Record:
    """Return a record of an enquiry, or of one with these values."""
    written = enquiry or Enquiry.model_validate(
        {"name": "Sam Okafor", "email": "sam@example.org", "message": "Hello"} | typed
    )
    return Record(reference="CFGH3467", received_at=received_at, facts=FACTS.edition(), enquiry=written)


def plain_alert_of(name: DeliveryName, written: Record, facts: ClinicFacts) -> Mail:
    """Return the built-in mail, asked for as `compose` is."""
    return plain_alert(written, facts, name)


def headers(mail: Mail) -> list[tuple[str, str]]:
    """Return the headers of a mail as a mail program reads them."""
    return [(name, str(value)) for name, value in message_from_bytes(message_bytes(mail), policy=SMTP).items()]


def test_the_confirmation_speaks_the_language_of_the_enquiry_and_reception_hears_of_it() -> None:
    confirmation, alert = (compose(name, record(locale="cy"), FACTS) for name in (CONFIRMATION, ALERT))
    assert confirmation.subject == "Rydym wedi cael eich ymholiad: cyfeirnod CFGH 3467"
    assert confirmation.html
    assert '<html lang="cy"' in confirmation.html
    for text in (confirmation.text, confirmation.html):
        assert not re.search(
            r"\b(?:the|you|your|we|our|and|hours|closed)\b", re.sub("<[^>]+>|https?://\\S+", " ", text)
        )
    assert "Language: Welsh" in alert.text
    assert "Language: Welsh" in plain_alert(record(locale="cy"), FACTS, ALERT).text
    assert "Language" not in compose(ALERT, record(), FACTS).text
    only_english = FACTS.model_copy(update={"languages": ("en",)})
    assert compose(CONFIRMATION, record(locale="cy"), only_english) == compose(CONFIRMATION, record(), only_english)


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.UNDELIVERABLE, Kind.REMINDER, Kind.ESCALATION])
def test_a_clinic_that_wants_links_only_gets_nothing_of_the_patient_by_mail(kind: Kind) -> None:
    facts = FACTS.model_copy(update={"alerts": FACTS.alerts.model_copy(update={"detail": "link"})})
    written = record(name="Zebedee", email="zebedee@example.org", phone="01632 960456", message="Xylophone")
    name = DeliveryName(kind)
    for mail in (compose(name, written, facts, cause="rcpt-550"), plain_alert(written, facts, name)):
        whole = message_bytes(mail).decode() + mail.text + (mail.html or "")
        assert not re.search("zebedee|960456|xylophone", whole, re.IGNORECASE)
        assert "CFGH 3467" in mail.subject


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.UNDELIVERABLE, Kind.REMINDER, Kind.ESCALATION])
def test_a_mail_that_shows_nothing_of_the_patient_leads_to_the_desk(kind: Kind) -> None:
    by_link = FACTS.model_copy(update={"alerts": FACTS.alerts.model_copy(update={"detail": "link"})})
    name = DeliveryName(kind)
    linked = record().model_copy(update={"link": "https://enquiries.example.com:8443/contacted/CFGH3467.1.x"})
    there = "https://enquiries.example.com:8443/desk/CFGH3467"
    shown = compose(name, linked, by_link)
    assert f"Open it at the desk\n{there}\n" in shown.text
    assert f'href="{there}"' in (shown.html or "")
    assert f"What they wrote is at the desk.\n{there}\n" in plain_alert(linked, by_link, name).text
    # Where mails show all there may be no desk, and without a public address there is no way to say.
    for written, facts in ((linked, FACTS), (record(), by_link)):
        mail = compose(name, written, facts)
        assert "Open it" not in mail.text + (mail.html or "")
        assert "/desk/" not in plain_alert(written, facts, name).text


def test_lists_that_show_nothing_of_patients_lead_to_the_desk() -> None:
    by_link = FACTS.model_copy(update={"alerts": FACTS.alerts.model_copy(update={"detail": "link"})})
    linked = record().model_copy(update={"link": "https://enquiries.example.com/contacted/CFGH3467.1.x"})
    one = Subject(linked, by_link)
    listed = [("CFGH3467", one)]
    for kind, digest in (
        (Kind.DIGEST, Digest("D1", [one], [], CLOSED, by_link)),
        (Kind.FLOOD, Digest("F1", [one], [], CLOSED, by_link)),
        (Kind.DIGEST, Digest("D1", [], [], CLOSED, by_link, overdue=listed)),
        (Kind.DIGEST, Digest("D1", [], [], CLOSED, by_link, undeliverable=listed)),
        (Kind.DIGEST, Digest("D1", [], [], CLOSED, by_link, quarantined=listed)),
    ):
        mail = compose_digest(DeliveryName(kind), digest)
        assert "Open it at the desk\nhttps://enquiries.example.com/desk/CFGH3467\n" in mail.text
        assert (mail.html or "").count('href="https://enquiries.example.com/desk/CFGH3467"') == 1


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.UNDELIVERABLE, Kind.REMINDER, Kind.ESCALATION])
@pytest.mark.parametrize(("detail", "there"), [("full", True), ("link", False)])
def test_reception_is_sent_to_the_address_above_where_there_is_a_good_one(kind: Kind, detail: str, there: bool) -> None:
    facts = FACTS.model_copy(update={"alerts": FACTS.alerts.model_copy(update={"detail": detail})})
    text = compose(DeliveryName(kind), record(), facts, cause="rcpt-550").text
    assert "Replying to this email does not reach the patient." in text
    assert ("Write to the address above." in text) is (there and kind is not Kind.UNDELIVERABLE)
    # A manager may have had no alert; in a flood nobody had one.
    assert "in the alert" not in text


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.UNDELIVERABLE, Kind.REMINDER, Kind.ESCALATION])
def test_whoever_is_asked_to_contact_a_patient_reads_how_and_in_which_language(kind: Kind) -> None:
    written = record(phone="07700 900111", contact_by="email", locale="cy")
    for mail in (compose(DeliveryName(kind), written, FACTS), plain_alert(written, FACTS, DeliveryName(kind))):
        assert "Contact them: by email\n" in mail.text
        assert "Language: Welsh\n" in mail.text


@pytest.mark.parametrize("by", ["email", "phone", "either"])
def test_no_mail_has_a_tap_call_who_asked_for_email_but_where_that_failed(by: str) -> None:
    written = record(phone="07700 900111", contact_by=by)
    one = [Subject(written, FACTS)]
    waiting = [(written.reference, one[0])]
    asking = {
        kind: compose(DeliveryName(kind), written, FACTS) for kind in (Kind.ALERT, Kind.REMINDER, Kind.ESCALATION)
    }
    lists = {
        kind: compose_digest(DeliveryName(kind), Digest("D1", one, [], CLOSED, FACTS, overdue=waiting))
        for kind in (Kind.DIGEST, Kind.FLOOD)
    }
    for mail in (*asking.values(), *lists.values()):
        assert "07700 900111" in mail.text
        assert "07700 900111" in (mail.html or "")
        assert ("tel:" in (mail.html or "")) is (by != "email")
    failed = Digest("D1", [], [], CLOSED, FACTS, undeliverable=waiting)
    for mail in (compose(UNDELIVERABLE, written, FACTS), compose_digest(DeliveryName(Kind.DIGEST), failed)):
        assert 'href="tel:07700900111"' in (mail.html or "")
    careful = "They asked to be contacted by email: read their message before you phone."
    assert (careful in compose(UNDELIVERABLE, written, FACTS).text) is (by == "email")


def test_lists_say_how_and_in_which_language_each_patient_is_contacted() -> None:
    written = Subject(record(contact_by="email", locale="cy"), FACTS)
    listed = [(written.record.reference, written)]
    for digest in (
        Digest("D1", [written], [], CLOSED, FACTS),
        Digest("D1", [], [], CLOSED, FACTS, overdue=listed),
        Digest("D1", [], [], CLOSED, FACTS, undeliverable=listed),
    ):
        text = compose_digest(DeliveryName(Kind.DIGEST), digest).text
        assert "To be contacted by email\nLanguage: Welsh\n" in text


@pytest.mark.parametrize("kind", [Kind.DIGEST, Kind.FLOOD])
@pytest.mark.parametrize("detail", ["full", "link"])
def test_a_list_whose_template_is_broken_says_how_to_reach_everybody_too(kind: Kind, detail: str) -> None:
    facts = FACTS.model_copy(update={"alerts": FACTS.alerts.model_copy(update={"detail": detail})})
    linked = record(phone="07700 900111").model_copy(
        update={"link": "https://enquiries.example.com/contacted/CFGH3467.1.x"}
    )
    text = plain_digest(DeliveryName(kind), Digest("D1", [Subject(linked, facts)], [], CLOSED, facts)).text
    full = detail == "full"
    assert (f"  {linked.enquiry.name}, 07700 900111, {linked.enquiry.email}\n" in text) is full
    assert ("  https://enquiries.example.com/desk/CFGH3467\n" in text) is not full


def test_a_digest_whose_template_is_broken_tells_who_was_contacted_and_how_many_more_wait() -> None:
    one = Subject(record(), FACTS)
    digest = Digest("D1", [one], [], CLOSED, FACTS, contacted=frozenset({"CFGH3467"}), overdue_more=["CFGH3476"] * 3)
    text = plain_digest(DeliveryName(Kind.DIGEST), digest).text
    assert "CFGH 3467: contacted since\n" in text
    assert "contact by" not in text
    assert "3 more overdue\n" in text


@pytest.mark.parametrize(
    ("unconfirmed", "why"),
    [
        ("recipient-limit", "this address has already had as many confirmations as we send to one address."),
        ("breaker", "too many enquiries came in at once."),
        ("own-address", "this address is the clinic's own, or belongs to a machine."),
        ("no-person", "this address is the clinic's own, or belongs to a machine."),
    ],
)
def test_why_a_patient_was_sent_nothing_is_true_of_each_reason(unconfirmed: str, why: str) -> None:
    held = record().model_copy(update={"unconfirmed": unconfirmed})
    alert = compose(ALERT, held, FACTS).text
    flood = compose_digest(
        DeliveryName(Kind.FLOOD), Digest("F1795420800000", [Subject(held, FACTS)], [], CLOSED, FACTS)
    ).text
    for text in (alert, flood):
        assert f"No email was sent to the patient: {why}" in text
    assert f"{why}\n\nWho, and how to reach them" in alert
    plain = plain_alert(held, FACTS, ALERT).text
    assert "No email was sent to the patient: they have not heard from you yet." in plain
    assert unconfirmed not in plain


@pytest.mark.parametrize(
    ("delivery", "to", "reply_to", "message_id"),
    [
        (CONFIRMATION, "sam@example.org", "desk@clinic.example", "<cfgh3467.confirmation@clinic.example>"),
        (ALERT, "desk@clinic.example", None, "<cfgh3467.alert-0@clinic.example>"),
        (DeliveryName(Kind.ALERT, 1), "manager@clinic.example", None, "<cfgh3467.alert-1@clinic.example>"),
        (UNDELIVERABLE, "desk@clinic.example", None, "<cfgh3467.undeliverable-0@clinic.example>"),
    ],
)
def test_each_delivery_has_one_recipient(
    delivery: DeliveryName, to: str, reply_to: str | None, message_id: str
) -> None:
    mail = compose(delivery, record(), FACTS)
    assert (mail.to, mail.reply_to, mail.message_id) == (to, reply_to, message_id)
    assert (mail.sender_name, mail.sender, mail.date) == ("Pure Physiotherapy", FACTS.sender, OPEN)


def test_the_same_enquiry_gives_the_same_bytes_whenever_it_is_asked() -> None:
    for delivery in (CONFIRMATION, ALERT, UNDELIVERABLE):
        first = message_bytes(compose(delivery, record(), FACTS))
        assert message_bytes(compose(delivery, record(), FACTS, templates=MailTemplates(TEMPLATES))) == first


@pytest.mark.parametrize(
    ("message", "listed"),
    [
        ("It hurts when I climb stairs.\n\nPlease help.", "It hurts when I climb stairs. Please help."),
        ("膝が痛い" * 50, "膝が痛い" * 50),
        ("膝が痛い" * 60, "膝が痛い" * 49 + "膝が …"),
        ("Hello " + "ปวดเข่า" * 60, ("Hello " + "ปวดเข่า" * 60)[:198] + " …"),
        ("stairs " * 100, "stairs " * 28 + "…"),
        ("x" * 110 + " " + "y" * 300, "x" * 110 + " …"),
    ],
)
def test_a_list_has_the_beginning_of_a_message_in_any_script(message: str, listed: str) -> None:
    [entry] = entries_of([Subject(record(message=message), FACTS)])
    assert entry.message == listed
    assert len(entry.message) <= 200


@settings(max_examples=200, deadline=None)
@given(ENQUIRIES)
def test_a_confirmation_echoes_nothing_but_a_plain_first_name(enquiry: Enquiry) -> None:
    typed = compose(CONFIRMATION, record(enquiry), FACTS)
    plain = compose(CONFIRMATION, record(name=first_name(enquiry.name) or "?", email=enquiry.email), FACTS)
    assert message_bytes(typed) == message_bytes(plain)


def test_first_name_and_times_are_all_that_differs_between_confirmations() -> None:
    sam, zoe = (compose(CONFIRMATION, record(name=name), FACTS) for name in ("Sam", "Zoë"))
    assert zoe.text.replace("Zoë", "Sam") == sam.text
    assert (zoe.html or "").replace("Zoë", "Sam") == sam.html


@settings(max_examples=100, deadline=None)
@given(ENQUIRIES)
def test_no_header_of_any_mail_holds_what_was_typed(enquiry: Enquiry) -> None:
    for delivery in (CONFIRMATION, ALERT, UNDELIVERABLE):
        typed, plain = (compose(delivery, written, FACTS) for written in (record(enquiry), record(phone="1")))
        assert headers(typed) == headers(plain)


@pytest.mark.parametrize("delivery", [ALERT, UNDELIVERABLE])
@pytest.mark.parametrize("where", ["name", "phone", "contact_when", "message"])
@pytest.mark.parametrize("hostile", [*HOSTILE.splitlines(), "<script>x</script>", "a\r\nBcc: b@c.test", "]]>--><h1>"])
def test_reception_sees_hostile_words_inert(delivery: DeliveryName, where: str, hostile: str) -> None:
    length = 32 if where == "phone" else 100
    plain = compose(delivery, record(phone="1"), FACTS)
    typed = {"name": "Sam", "email": "sam@example.org", "message": "Hello", "phone": "1", where: hostile[:length]}
    mail = compose(delivery, record(Enquiry.model_validate(typed)), FACTS)
    assert mail.html is not None
    reader, before = Reader(mail.html), Reader(plain.html or "")
    assert [tag for tag, _ in reader.tags if tag not in {"br", "a"}] == [tag for tag, _ in before.tags if tag != "br"]
    assert all(re.fullmatch(r"tel:\+?\d{6,15}", link) for link in reader.links)
    for shown in (mail.text, " ".join(reader.blocks)):
        assert "://" not in shown
        assert not re.search(r"[a-z0-9]\.(test|exe|gif)", shown)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", shown)


def test_an_alert_quotes_every_line_of_the_message() -> None:
    mail = compose(ALERT, record(message="one\n\nUnverified: no\r\n-- \nthree"), FACTS)
    assert "> one\n> \n> Unverified: no\n> -- \n> three\n" in mail.text


def test_an_alert_says_who_when_and_what_was_promised() -> None:
    typed = record(phone="+44 (0)1632 960456", contact_by="phone", contact_when="mornings", condition="neck-pain")
    mail = compose(ALERT, typed, FACTS)
    for line in ("Name: Sam Okafor", "Contact them: by phone", "When: mornings", "Condition: Neck pain", "Unverified"):
        assert line in mail.text
    assert 'href="tel:+441632960456"' in (mail.html or "")
    assert '"You wrote to us while we were open. We will contact you by 2:05pm on Monday 23 November."' in mail.text


def test_the_subject_of_an_alert_names_reference_site_and_reply_by_time() -> None:
    at_site = FACTS.model_copy(update={"site": (Site(slug="riverside", name="Riverside"),)})
    assert compose(ALERT, record(), FACTS).subject == "Enquiry CFGH 3467, contact by 2:05pm on Monday 23 November"
    assert compose(ALERT, record(received_at=CLOSED, site="riverside"), at_site).subject == (
        "Out of hours: enquiry CFGH 3467, Riverside, contact by midday on Tuesday 24 November"
    )


def test_a_site_speaks_with_its_own_phone_and_hours() -> None:
    own = Site(slug="riverside", name="Riverside", phone="01632 960789", opening_hours="Mo-Fr 10:00-16:00")
    mail = compose(CONFIRMATION, record(site="riverside"), FACTS.model_copy(update={"site": (own,)}))
    for words in ("Pure Physiotherapy, Riverside", "please phone 01632 960789", "Monday to Friday, 10am to 4pm"):
        assert words in mail.text


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("rcpt-550", "would not take mail for this address"),
        ("dot-554", "refused our email"),
        ("connect-554", "refused our email"),
        ("dot-silence", "cannot tell whether"),
        ("dot-killed", "cannot tell whether"),
        ("too-old", "tried again and again"),
        ("rcpt-451", "tried again and again"),
        ("rcpt-silence", "tried again and again"),
        ("template", "has a fault"),
        ("poison", "could not send"),
        (None, "could not send"),
        ("Sam <sam@example.org>", "could not send"),
    ],
)
def test_why_a_patient_got_no_mail_is_said_in_plain_words(cause: str | None, words: str) -> None:
    mail = compose(UNDELIVERABLE, record(phone="01632 960456"), FACTS, cause=cause)
    assert words in mail.text
    assert mail.subject == "Please phone: enquiry CFGH 3467, by 2:05pm on Monday 23 November"
    assert ("Technical cause" in mail.text) == (cause is not None and "<" not in cause)


def test_reception_is_not_told_to_phone_where_there_is_no_number() -> None:
    mail = compose(UNDELIVERABLE, record(), FACTS, cause="rcpt-550")
    assert mail.subject.startswith("Please write: enquiry CFGH 3467")
    assert "They left no phone number." in mail.text


def test_a_broken_template_is_a_fault_and_the_built_in_alert_does_without(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "broken")
    (tmp_path / "broken" / "alert" / "body.txt").write_text("{{ patient.shoe_size }}", encoding="utf-8")
    with pytest.raises(TemplateFault, match=r"alert/body\.txt, line 1: UndefinedError"):
        compose(ALERT, record(), FACTS, templates=MailTemplates(tmp_path / "broken"))
    mail = plain_alert(record(phone="01632 960456", name="www.evil.test"), FACTS, ALERT)
    assert (mail.to, mail.html, mail.reply_to) == ("desk@clinic.example", None, None)
    assert mail.message_id == compose(ALERT, record(), FACTS).message_id
    for line in ("Name: www[.]evil[.]test", "Phone: 01632 960456", "> Hello", "by 2:05pm on Monday 23 November"):
        assert line in mail.text


@pytest.mark.parametrize("contact_by", ["phone", "email", "either"])
def test_the_built_in_alert_says_how_to_reach_the_patient_as_the_alert_does(contact_by: str) -> None:
    written = record(phone="01632 960456", contact_by=contact_by)
    [told] = [line for line in compose(ALERT, written, FACTS).text.splitlines() if line.startswith("Contact them:")]
    assert told in plain_alert(written, FACTS, ALERT).text.splitlines()


def test_the_built_in_alert_needs_no_promise() -> None:
    years = [("2026-11-01", "2027-11-30"), ("2027-12-01", "2028-12-31")]
    shut = [Closure.model_validate({"from": first, "until": last}) for first, last in years]
    for_long: ClinicFacts = FACTS.model_copy(update={"closure": tuple(shut)})
    with pytest.raises(HoursError):
        compose(ALERT, record(), for_long)
    assert "Please contact this patient as soon as you can." in plain_alert(record(), for_long, ALERT).text


def test_the_built_in_alert_says_when_a_patient_was_not_reached() -> None:
    mail = plain_alert(record(), FACTS, UNDELIVERABLE)
    assert mail.subject == "Please phone: enquiry CFGH 3467, by 2:05pm on Monday 23 November"
    assert "We could not email this patient" in mail.text


@pytest.mark.parametrize("made", [compose, plain_alert_of])
def test_an_escalation_is_true_before_the_promised_time_and_after(made: Callable[..., Mail]) -> None:
    mail = made(DeliveryName(Kind.ESCALATION), record(received_at=datetime(2026, 11, 23, 16, tzinfo=UTC)), FACTS)
    assert mail.subject == "Reply due: enquiry CFGH 3467, promised by 8pm on Monday 23 November"
    assert "Nobody has answered this enquiry, and its reply is due" in mail.text
    assert not re.search(r"\bover\b|overdue", mail.text + (mail.html or ""), re.IGNORECASE)


def test_a_mail_is_dated_when_the_enquiry_was_received() -> None:
    late = replace(compose(ALERT, record(), FACTS))
    assert dict(headers(late))["Date"] == "Mon, 23 Nov 2026 10:05:00 +0000"
    assert late.date.tzinfo is UTC
