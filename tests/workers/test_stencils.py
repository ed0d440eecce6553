"""Stencils: what is filled in reads as what is rendered; a mail whose template does more than print is rendered."""

import email
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import read_facts
from clinic.languages import Locale
from clinic.record import Record
from clinic.settings import ROOT
from clinic.templates import MailTemplates
from workers.blanks import StandIn
from workers.mails import compose, letter, packaged
from workers.message import message_bytes
from workers.stencils import Stencils

FACTS = read_facts(ROOT / "clinic.toml")
STENCILS = Stencils(packaged())
KINDS = [Kind.CONFIRMATION, Kind.ALERT, Kind.REMINDER, Kind.ESCALATION, Kind.UNDELIVERABLE]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
LINES = st.lists(WORDS | st.just(""), min_size=1, max_size=5).map("\n".join)


def as_read(content: bytes) -> list[str]:
    """Return the head and the bodies of a mail as a mail program shows them."""
    message = email.message_from_bytes(content, _class=EmailMessage, policy=SMTP)
    head = [f"{name}: {value}" for name, value in message.items()]
    # The inliner writes some characters by name, which a stencil leaves as they are.
    return head + [unescape(part.get_content()).replace("\r\n", "\n") for part in message.iter_parts()]


@settings(deadline=None, max_examples=150)
@given(
    kind=st.sampled_from(KINDS),
    name=WORDS,
    phone=st.sampled_from(["", "01632 960456", "999"]),
    when=WORDS | st.just(""),
    message=LINES,
    hours=st.integers(0, 24 * 30),
    unconfirmed=st.sampled_from(["", "recipient-limit", "breaker"]),
    link=st.sampled_from(["", "https://clinic.example/contacted/CFGH3467.1.a_b-c?x=1&y=2"]),
)
def test_a_filled_form_reads_as_the_rendered_mail(
    kind: Kind, name: str, phone: str, when: str, message: str, hours: int, unconfirmed: str, link: str
) -> None:
    enquiry = Enquiry(name=name, email="sam@example.org", phone=phone, contact_when=when, message=message)
    record = Record(
        reference="CFGH3467",
        received_at=datetime(2026, 12, 20, 12, 34, 56, tzinfo=UTC) + timedelta(hours=hours),
        facts=FACTS.edition(),
        enquiry=enquiry,
        unconfirmed=unconfirmed,
        link=link,
    )
    delivery = DeliveryName(kind)
    found = letter(delivery, record, FACTS, cause="rcpt-550", stencils=STENCILS)
    rendered = message_bytes(compose(delivery, record, FACTS, cause="rcpt-550"))
    if found is not None:
        assert as_read(found[1]) == as_read(rendered)
        assert max(len(line) for line in found[1].split(b"\r\n")) <= 78


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["en", "cy"])
def test_each_of_our_mails_is_filled_in_and_not_rendered(kind: Kind, locale: Locale) -> None:
    enquiry = Enquiry(
        name="Zoë O'Brien",
        email="sam@example.org",
        phone="01632 960456",
        message="One.\n\nTwo <3 & more",
        locale=locale,
    )
    for day in range(30):
        at = datetime(2026, 12, 10, 12, tzinfo=UTC) + timedelta(days=day)
        link = "https://clinic.example/contacted/CFGH3467.1.a_b-c"
        record = Record(reference="CFGH3467", received_at=at, facts=FACTS.edition(), enquiry=enquiry, link=link)
        assert letter(DeliveryName(kind), record, FACTS, cause="rcpt-550", stencils=STENCILS) is not None


def note(folder: Path, html: str) -> Stencils:
    """Return the stencils of a folder with one mail of this body."""
    (folder / "alert").mkdir()
    for name, content in {"subject.txt": "x {{ reference }}", "body.txt": "x", "body.html": html}.items():
        (folder / "alert" / name).write_text(content, encoding="utf-8")
    return Stencils(MailTemplates(folder))


RECORD = Record(
    reference="CFGH3467",
    received_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    facts=FACTS.edition(),
    enquiry=Enquiry(name="Sam", email="sam@example.org", message="My back"),
)


@pytest.mark.parametrize(
    ("html", "filled"),
    [
        ("<p>{{ patient.name }}{% if patient.phone %}{{ patient.phone }}{% endif %}</p>", True),
        ("<p>{{ patient.name or 'nobody' }}</p>", True),
        ("<p>{{ patient.name | upper }}</p>", False),
        ("<p>{{ patient.name | e | upper }}</p>", False),
        ("<p>{{ patient.name | safe }}</p>", False),
        ("<p>{{ patient.name | length }}</p>", False),
        ("<p>{{ patient.name[0] }}</p>", False),
        ("<p>{% if patient.name == 'Sam' %}you{% endif %}</p>", False),
        ("<p>{% if patient.name in ('Sam', 'Jo') %}you{% endif %}</p>", False),
        ("<p>{% if 'a' in patient.name %}you{% endif %}</p>", False),
        ("<p>{% for letter in patient.name %}{{ letter }}{% endfor %}</p>", False),
        ("<p>{{ patient.name ~ '!' }}</p>", True),
        ("<p>{{ patient.name + '!' }}</p>", False),
        ("<p>{{ '%s' | format(patient.name) }}</p>", True),
        ("<p>{{ times.reply_by_at }}</p>", False),
        ("<p>{{ times.reply_by_at.isoformat() }}</p>", False),
        ("<p>{{ missing }}</p>", False),
        ("<link href='{{ patient.name }}'>", True),
    ],
)
def test_a_template_that_does_more_than_print_is_rendered(tmp_path: Path, html: str, filled: bool) -> None:
    stencils = note(tmp_path, html)
    assert (letter(DeliveryName(Kind.ALERT), RECORD, FACTS, stencils=stencils) is not None) is filled


def test_a_stand_in_can_be_printed_and_asked_for_and_nothing_else() -> None:
    stand_in = StandIn("x")
    assert stand_in
    printed = ["a", stand_in]
    assert "".join(printed) == "ax"
    for look in (len, list, StandIn.upper, lambda it: it == "x", lambda it: it < "y", lambda it: it + "y"):
        with pytest.raises(TypeError):
            look(stand_in)


def test_no_line_that_is_set_begins_with_a_dot_which_smtp_would_double() -> None:
    record = Record(
        reference="CFGH3467",
        received_at=datetime(2026, 12, 20, 12, tzinfo=UTC),
        facts=FACTS.edition(),
        enquiry=Enquiry(name="Sam", email="sam@example.org", message="m"),
    )
    for kind in KINDS:
        made = letter(DeliveryName(kind), record, FACTS, stencils=STENCILS)
        assert made
        assert b"\n." not in made[1]
        assert b"=2E" in made[1]


@pytest.mark.parametrize("dots", [1, 25, 26, 300])
def test_a_line_of_dots_in_a_template_stays_within_what_a_line_may_be(tmp_path: Path, dots: int) -> None:
    stencils = note(tmp_path, "<p>{{ patient.name }}\n" + "." * dots + "\n</p>")
    made = letter(DeliveryName(Kind.ALERT), RECORD, FACTS, stencils=stencils)
    assert made
    assert max(len(line) for line in made[1].split(b"\r\n")) <= 78
    assert "." * dots in as_read(made[1])[-1]
