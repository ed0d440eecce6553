"""Every mail in every state: both parts tell the same, nothing is loaded, and everyone can read it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from clinic.delivery import Kind
from clinic.facts import ClinicFacts, read_facts
from clinic.settings import ROOT
from ops.preview import DESK, LINK, NOT_SPAM, Case, DigestCase, cases, digests, every
from tests.email_templates.reading import Reader, squeezed
from workers.mails import TEMPLATES

FACTS = read_facts(ROOT / "clinic.toml")
ALL = cases(FACTS)
DIGESTS = digests(FACTS)
WITH_HTML = [case for case in every(FACTS) if not case.template_broken]
LISTS = {"digest-three", "flood-three"}
GMAIL_CLIPS_AT = 102_000
CHARSET_WITHIN = 1024  # bytes, HTML Standard section 4.2.5.4


def each(chosen: Sequence[Case | DigestCase]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for each of these states."""
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.name)


def read(case: Case | DigestCase) -> Reader:
    """Return the HTML part of a state as a reader sees it."""
    document = case.mail().html
    assert document is not None
    return Reader(document)


def test_every_kind_of_mail_has_its_folder_and_is_shown() -> None:
    folders = {folder.name for folder in TEMPLATES.iterdir() if not folder.name.startswith("_")}
    assert (
        folders
        == {case.delivery.kind.value for case in ALL} | {case.kind.value for case in DIGESTS} | {"notice"}
        == {kind.value for kind in Kind if not kind.errand}
    )


@each(ALL)
def test_the_subject_is_one_line_without_a_word_about_health(case: Case) -> None:
    subject = case.mail().subject
    assert subject.isprintable()
    assert len(subject) < 100
    assert "CFGH 3467" in subject
    words = {word for condition in FACTS.condition for word in condition.title.lower().split()} | {"physio", "pain"}
    assert not [word for word in words if word in subject.lower()]


@each(WITH_HTML)
def test_the_text_holds_all_that_the_html_shows(case: Case | DigestCase) -> None:
    text = squeezed(case.mail().text)
    assert [block for block in read(case).blocks if block not in text] == []


@each(WITH_HTML)
def test_the_html_shows_all_that_the_text_holds(case: Case | DigestCase) -> None:
    shown, links = " ".join(read(case).blocks), read(case).links
    lines = [squeezed(line) for line in case.mail().text.splitlines()]
    missing = [
        line
        for line in lines
        if line not in shown
        and line not in links
        and re.sub(r"^\d\. ", "", line) not in shown
        and line.replace(": ", " ", 1) not in shown
    ]
    assert missing == []


@each(WITH_HTML)
def test_the_order_is_the_same_for_ear_and_eye(case: Case | DigestCase) -> None:
    text, at = squeezed(case.mail().text), 0
    for block in read(case).blocks:
        at = text.index(block, at) + len(block)


@each(WITH_HTML)
def test_links_lead_to_the_clinic_or_to_a_telephone_and_stand_in_the_text_as_well(case: Case | DigestCase) -> None:
    known = {FACTS.website, FACTS.privacy_notice, LINK, NOT_SPAM}
    for link in read(case).links:
        at_desk = link.startswith(DESK)
        assert link in known or at_desk or re.fullmatch(r"tel:\+?\d{6,15}", link)
        if link in known or at_desk:
            assert link in case.mail().text


@each(WITH_HTML)
def test_nothing_is_loaded_from_anywhere(case: Case | DigestCase) -> None:
    document = case.mail().html or ""
    reader = read(case)
    assert not {"img", "link", "script", "iframe", "form", "object", "video"} & {tag for tag, _ in reader.tags}
    loading = {"src", "srcset", "background", "action", "poster", "data"}
    assert not [tag for tag, attributes in reader.tags if loading & attributes.keys()]
    assert not [tag for tag, attributes in reader.tags if any(name.startswith("on") for name in attributes)]
    assert not re.search(r"url\(|@import|@font-face", document)


@each(WITH_HTML)
def test_dark_mode_survives_the_inlining(case: Case | DigestCase) -> None:
    document = case.mail().html or ""
    assert "@media (prefers-color-scheme: dark)" in document
    assert document.count("!important") > 10
    assert '<meta name="color-scheme" content="light dark">' in document


@each(WITH_HTML)
def test_a_screen_reader_finds_its_way(case: Case | DigestCase) -> None:
    reader = read(case)
    assert reader.attributes("html") == [{"lang": "en-GB", "dir": "ltr"}]
    assert len(reader.attributes("h1")) == len(reader.attributes("main")) == 1
    layout = [table for table in reader.attributes("table") if table.get("role") == "presentation"]
    data = [table for table in reader.attributes("table") if "role" not in table]
    assert len(layout) == 2
    lists = [case.received, *case.waiting] if isinstance(case, DigestCase) else [not case.name.endswith("-link")]
    assert len(data) == len(reader.attributes("caption")) == sum(map(bool, lists))
    assert all(header.get("scope") == "row" for header in reader.attributes("th"))


@each(WITH_HTML)
def test_it_is_large_enough_to_read_and_small_enough_to_arrive_whole(case: Case | DigestCase) -> None:
    document = case.mail().html or ""
    assert min(int(size) for size in re.findall(r"font-size: (\d+)px", document)) >= 16
    assert "max-width: 600px" in document
    assert len(document.encode()) < GMAIL_CLIPS_AT
    assert document.encode().index(b'<meta charset="utf-8">') < CHARSET_WITHIN


@each(DIGESTS)
def test_the_subject_of_a_digest_counts_and_tells_nothing_of_anybody(case: DigestCase) -> None:
    count = len(case.received) + len(case.unread)
    flood = case.kind is Kind.FLOOD
    if case.template_broken:
        listed = "More enquiries" if flood else "Enquiries that came in while you were closed"
        assert case.mail().subject == f"{listed}: {count}"
    elif flood:
        assert case.mail().subject == ("1 more enquiry" if count == 1 else f"{count} more enquiries")
    elif count:
        noun = "1 enquiry" if count == 1 else f"{count} enquiries"
        assert case.mail().subject == f"{noun} came in while you were closed"
    else:
        waiting = sum(case.waiting) + len(case.aside) + sum(case.more)
        assert case.mail().subject == f"{waiting or 'No'} enquiries are waiting for you"


@each([case for case in ALL if case.delivery.kind is Kind.CONFIRMATION])
def test_a_confirmation_says_what_a_patient_must_know(case: Case) -> None:
    text = case.mail().text
    for needed in ("only an enquiry", "CFGH 3467", "call 999", "NHS 111", FACTS.privacy_notice, "If it was not you"):
        assert needed in text
    phone = next((site.phone for site in case.facts.site if site.slug == case.enquiry.site), None) or FACTS.phone
    assert f"please phone {phone}" in text
    assert "Monday to Saturday, 8am to 8pm" in text
    assert re.search(r"We contact you by .+ on \w+day \d+ \w+", text)
    assert "book" not in text.lower()


@pytest.mark.parametrize(
    ("nation", "words"),
    [
        ("england", " at any hour, call NHS 111."),
        ("wales", " at any hour, call NHS 111."),
        ("scotland", " at any hour, call NHS 24 on 111."),
        ("northern-ireland", ", call your GP, or your local GP out of hours service when the surgery is closed."),
        ("none", " at any hour, call NHS 111."),
    ],
)
def test_urgent_advice_is_that_of_the_nation(nation: str, words: str) -> None:
    facts: ClinicFacts = FACTS.model_copy(update={"bank_holidays": nation})
    mail = cases(facts)[0].mail()
    assert f"For urgent medical advice{words}" in mail.text


def test_open_and_closed_are_told_apart() -> None:
    texts = {case.name: case.mail().text for case in ALL}
    assert "You wrote to us while we were open. We will contact you by 2:05pm" in texts["confirmation-open"]
    assert "Nobody reads it before then" not in texts["confirmation-open"]
    assert "You wrote to us while we were closed. We open again on" in texts["confirmation-closed"]
    assert "Nobody reads it before then" in texts["confirmation-closed"]
    assert "closed (Christmas Day)" in texts["confirmation-bank-holiday"]
    assert "closed (staff training)" in texts["alert-closure"]
    assert "Friday 14 August" in texts["confirmation-closure"]


@each([case for case in DIGESTS if case.name in {*LISTS, "digest-waiting"}])
def test_a_list_holds_the_address_of_everybody_on_it(case: DigestCase) -> None:
    text = case.mail().text
    assert text.count("\nEmail: ") == text.count("\nTo be contacted ") > 0


@each([case for case in DIGESTS if case.name in {"digest-many", "flood-many"}])
def test_a_long_list_leaves_nobody_out(case: DigestCase) -> None:
    assert case.mail().text.count("\nEmail: ") == len(case.received) > 50


def test_nobody_is_sent_to_look_for_an_alert_after_a_flood() -> None:
    unread = {case.kind: replace(case, unread=["CFGH3467"]).mail().text for case in DIGESTS if case.name in LISTS}
    assert "These records can't be opened, please look for their alerts: CFGH 3467" in unread[Kind.DIGEST]
    assert "can't be opened, please tell whoever looks after this service: CFGH 3467" in unread[Kind.FLOOD]
    assert "look for their alerts" not in unread[Kind.FLOOD]


def test_a_digest_points_to_the_messages_only_where_mails_hold_them() -> None:
    texts = {case.name: case.mail().text for case in DIGESTS}
    pointed = "Each patient's message is in the alert for that enquiry."
    assert pointed in texts["digest-three"]
    assert pointed not in texts["digest-link"]
    assert pointed not in texts["digest-flooded"]
    assert f"{pointed[:-1]}, or on a list of those who have none." in texts["digest-flooded"]
    assert "this is still waiting" not in texts["digest-nobody"]
    assert "these are still waiting for you" in texts["digest-nobody"]
