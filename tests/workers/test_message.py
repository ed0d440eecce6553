"""The bytes of a mail: the same every time, exactly our headers, and a gate that nothing else passes."""

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic.address import mailable
from workers.mail import Mail
from workers.message import UnsafeMessage, _boundary, check, message_bytes, written
from workers.skeleton import framed, quoted

TO = "sam@example.org"
MAIL = Mail(
    sender_name="Pure Physiotherapy",
    sender="enquiries@clinic.example",
    to=TO,
    reply_to="reception@clinic.example",
    subject="We have received your enquiry: reference CFGH 3467",
    text="Hello Zoë,\n\n.\nFrom the clinic\n" + "long " * 400 + "\n",
    html="<!doctype html><p>Hello Zoë</p>" + "x" * 3000,
    message_id="<cfgh3467.confirmation@clinic.example>",
    date=datetime(2026, 11, 23, 21, 40, 12, 345678, tzinfo=UTC),
)
GOOD = message_bytes(MAIL)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


def parsed(content: bytes) -> EmailMessage:
    """Return the mail as a mail program reads it."""
    message = email.message_from_bytes(content, _class=EmailMessage, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_it_has_exactly_these_headers() -> None:
    message = parsed(GOOD)
    assert [(name, str(value)) for name, value in message.items() if name != "Content-Type"] == [
        ("From", "Pure Physiotherapy <enquiries@clinic.example>"),
        ("To", TO),
        ("Reply-To", "reception@clinic.example"),
        ("Subject", "We have received your enquiry: reference CFGH 3467"),
        ("Date", "Mon, 23 Nov 2026 21:40:12 +0000"),
        ("Message-ID", "<cfgh3467.confirmation@clinic.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("MIME-Version", "1.0"),
    ]
    assert message.get_content_type() == "multipart/alternative"


def test_both_parts_arrive_as_they_were() -> None:
    message = parsed(GOOD)
    text, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())
    assert text == MAIL.text
    assert html.rstrip("\n") == MAIL.html
    assert [part["Content-Transfer-Encoding"] for part in message.iter_parts()] == ["quoted-printable"] * 2


def test_a_mail_without_html_is_a_single_part() -> None:
    message = parsed(message_bytes(replace(MAIL, html=None, reply_to=None)))
    assert message.get_content_type() == "text/plain"
    assert message["Reply-To"] is None


def test_the_bytes_are_the_same_every_time() -> None:
    assert message_bytes(MAIL) == GOOD
    assert message_bytes(replace(MAIL, message_id="<other@clinic.example>")) != GOOD


@pytest.mark.parametrize(
    "name",
    [
        "Ffisiotherapi Môn",
        "Smith, Jönes & Cø",
        "<evil@evil.test>",
        'The "Best" Clinic',
        "Ŵ" * 200,
        "a" * 200,
        "Clinic: Sam; a@b",
        "Pure Physiotherapy, Sports Injury & Rehabilitation Centre (Harbour Street Clinic), Exampleton",
        "Pure Physiotherapy: The Harbour Street Centre for Musculoskeletal Health, Sports Injury and Rehabilitation",
        'St. Mary\'s Physiotherapy and Sports Injury Clinic "The Old Mill" (part of Pure Physiotherapy Group Ltd.)',
        "ab, " * 50,
    ],
)
def test_any_name_of_a_clinic_leaves_one_sender(name: str) -> None:
    content = message_bytes(replace(MAIL, sender_name=name))
    assert [one.addr_spec for one in parsed(content)["From"].addresses] == [MAIL.sender]
    # Read by the older parser: that of the policies leaves spaces between encoded words (against RFC 2047 section 6.2).
    shown = str(make_header(decode_header(email.message_from_bytes(content)["From"])))
    assert re.sub(r'["\\]|^\s+|\r\n', "", shown) == f"{name} <{MAIL.sender}>".replace('"', "")


def test_a_name_that_fits_on_one_line_is_written_as_it_is_read() -> None:
    assert GOOD.startswith(b"From: Pure Physiotherapy <enquiries@clinic.example>\r\nTo:")
    quoted_name = message_bytes(replace(MAIL, sender_name="Pure, " * 6 + "Physio"))
    assert quoted_name.startswith(b'From: "Pure, Pure, Pure, Pure, Pure, Pure, Physio" <enquiries@clinic.example>\r\n')
    # The address goes to the next line, and then every letter of the name is one that a header may hold.
    longer = message_bytes(replace(MAIL, sender_name="Pure, " * 10 + "Physio"))
    assert longer.startswith(
        b"From: =?utf-8?q?Pure=2C_Pure=2C_Pure=2C_Pure=2C_Pure=2C_Pure=2C_Pure=2C_Pure?=\r\n"
        b" =?utf-8?q?=2C_Pure=2C_Pure=2C_Physio?=\r\n <enquiries@clinic.example>\r\nTo:"
    )


@settings(deadline=None)
@given(
    name=st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=200)
    | st.text('ab ,.;:"\\()<>[]@=?é膝\t\x00\x7f\x85\xa0\u2028\u200b', min_size=1, max_size=200)
)
@example(name="Pure\x85Physio")
@example(name="Pure\u2028Physio")
@example(name=": a, ; :" * 12)
@example(name="x" * 100 + ", x")
def test_whatever_stands_on_the_line_of_a_name_leaves_one_sender_in_short_lines(name: str) -> None:
    content = message_bytes(replace(MAIL, sender_name=name))
    assert [one.addr_spec for one in parsed(content)["From"].addresses] == [MAIL.sender]
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


@settings(deadline=None)
@given(text=ANY_TEXT, html=ANY_TEXT)
def test_no_text_breaks_out_of_its_part(text: str, html: str) -> None:
    content = message_bytes(replace(MAIL, text=text, html=html))
    assert len(list(parsed(content).iter_parts())) == 2
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=400)


@settings(deadline=None)
@given(text=LINES, html=LINES, reply_to=st.sampled_from([None, "reception@clinic.example"]))
@example(text=".\n", html=" \t\n \n", reply_to=None)
@example(text="x" * 75 + "=\n" + "é" * 80, html="a " * 90, reply_to=None)
def test_a_mail_made_of_a_skeleton_reads_as_the_one_that_the_library_writes(
    text: str, html: str, reply_to: str | None
) -> None:
    mail = replace(MAIL, text=text, html=html, reply_to=reply_to)
    quick, slow = parsed(message_bytes(mail)), parsed(written(mail))
    assert [(name, str(value)) for name, value in quick.items()] == [(name, str(value)) for name, value in slow.items()]
    for one, other in zip(quick.iter_parts(), slow.iter_parts(), strict=True):
        assert one.items() == other.items()
        assert one.get_content() == other.get_content()
    check(message_bytes(mail), mail.to)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "sam@example.org\r\nBcc: b@example.org"},
        {"to": "sam@example.org\n"},
        {"to": "a" * 70 + "@example.org"},
        {"to": "sam@example..org"},
        {"to": ".sam@example.org"},
        {"subject": "one\r\nBcc: b@example.org"},
        {"subject": "=?utf-8?q?one?="},
        {"subject": "Zoë"},
        {"subject": ""},
        {"subject": " one"},
        {"subject": "x" * 80},
        {"message_id": "<a@b>\r\nX-Evil: 1"},
        {"text": ""},
        {"text": "one\rtwo"},
        {"html": "\ud800"},
    ],
)
def test_whatever_is_not_plain_is_left_to_the_library(wrong: dict[str, str]) -> None:
    asked: list[Mail] = []

    def write(mail: Mail) -> bytes:
        asked.append(mail)
        return written(mail)

    def quick(mail: Mail) -> bytes | None:
        return framed(mail, quoted(mail.text), quoted(mail.html or ""), write, _boundary)

    assert quick(replace(MAIL, **wrong)) is None  # type: ignore[arg-type]  # all are str
    assert asked == []
    assert quick(MAIL) == GOOD
    assert len(asked) == 1


@settings(deadline=None)
@given(local=st.text("ab1.!#$&'*+-/=?^_`{|}~", min_size=1, max_size=64))
@example(local="=?utf-8?q?x?=")
def test_every_address_that_the_form_takes_can_be_written_to(local: str) -> None:
    try:
        to = mailable(f"{local}@x.test")
    except ValueError:
        return
    assert parsed(message_bytes(replace(MAIL, to=to)))["To"].addresses[0].addr_spec == to


@given(name=ANY_TEXT, subject=ANY_TEXT, to=ANY_TEXT)
def test_no_header_carries_another(name: str, subject: str, to: str) -> None:
    try:
        content = message_bytes(replace(MAIL, sender_name=name, subject=subject, to=to))
    except UnsafeMessage:
        return
    assert [value.lower() for value in parsed(content)] == [value.lower() for value in parsed(GOOD)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "a@example.org, b@example.org"},
        {"to": "a@example.org\r\nBcc: b@example.org"},
        {"to": "Sam <a@example.org>"},
        {"to": "group: a@example.org, b@example.org;"},
        {"to": ""},
        {"to": "zoë@example.org"},
        {"subject": "one\r\nBcc: b@example.org"},
        {"subject": "one\x00two"},
        {"sender_name": "a\nb"},
        {"reply_to": "a@example.org, b@example.org"},
        {"message_id": "<a@b>\r\nX-Evil: 1"},
        {"message_id": "<=?utf-8?q?=3A?=."},
        {"text": "\ud800"},
    ],
)
def test_what_no_mail_can_hold_is_refused_and_not_quoted(wrong: dict[str, str]) -> None:
    with pytest.raises(UnsafeMessage) as caught:
        message_bytes(replace(MAIL, **wrong))  # type: ignore[arg-type]  # every one of these fields is a str
    assert "example.org" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"Date:", b"Bcc: b@example.org\r\nDate:", "headers that we write"),
        (b"Date:", b"Subject: again\r\nDate:", "headers that we write"),
        (b"Date:", b"X-Other: 1\r\nDate:", "headers that we write"),
        (b"Auto-Submitted: auto-generated\r\n", b"", "headers that we write"),
        (b"To: sam@example.org", b"To: sam@example.org, b@example.org", "one address in to"),
        (b"To: sam@example.org", b"To: b@example.org", "another recipient"),
        (b"From: ", b"From: a@example.org, ", "one address in from"),
        (b"Reply-To: ", b"Reply-To: a@example.org, ", "one address in reply-to"),
        (b"Subject: ", b"Subject: " + b"x" * 990, "998 octets"),
        (b"Hello", b"x" * 999, "998 octets"),
        (b"Hello", "Hellö".encode(), "printable ASCII"),
        (b"Hello", b"Hel\nlo", "printable ASCII"),
        (b"Hello", b"Hel\rlo", "printable ASCII"),
        (b"Hello", b"Hel\x00lo", "printable ASCII"),
        (b"Mon, 23 Nov 2026", b"yesterday", "more than one way"),
        (b"--\r\n", b"\r\n", "more than one way"),
        (b"text/html", b"application/zip", "other parts"),
        (b'Content-Type: text/html; charset="utf-8"', b"Content-Type: text/html\r\nContent-ID: <x>", "a part with"),
        (b'Content-Type: text/html; charset="utf-8"', b"Content-Type: text/html\r\nContent-Type: text/html", "a part"),
    ],
)
def test_the_gate_refuses_bytes_that_are_not_our_mail(old: bytes, new: bytes, why: str) -> None:
    assert old in GOOD
    with pytest.raises(UnsafeMessage, match=re.escape(why)):
        check(GOOD.replace(old, new, 1), TO)


def test_the_gate_passes_our_own_mail() -> None:
    check(GOOD, TO)
    with pytest.raises(UnsafeMessage, match="another recipient"):
        check(GOOD, "b@example.org")


def test_a_mail_is_not_shown_by_its_repr() -> None:
    assert TO not in repr(MAIL)
