"""Composes notices: what a channel other than mail is told of an enquiry: its reference, by when, and a link."""

from dataclasses import dataclass

from clinic.delivery import Kind
from clinic.records import Subject
from clinic.reference import spaced
from clinic.templates import MailTemplates
from workers.claimed import Digest
from workers.digests import entries_of
from workers.mails import packaged

# Chat messages and texts are short; the mail and the desk have them all.
SHOWN_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """A title of one line and a few lines of text; nothing of a person."""

    title: str
    text: str


def compose_notice(about: Subject | Digest, *, templates: MailTemplates | None = None) -> Notice:
    """Return the notice of one enquiry, or of all on a flood's list; raise TemplateFault."""
    members, unread = (about.members, about.unread) if isinstance(about, Digest) else ([about], [])
    entries = entries_of(members)
    shown = [{"reference": one.reference, "reply_by": one.reply_by, "link": one.link} for one in entries]
    values: dict[str, object] = {
        "count": len(entries) + len(unread),
        "entries": shown[:SHOWN_AT_MOST],
        "more": [entry.reference for entry in entries[SHOWN_AT_MOST:]],
        "unread": [spaced(reference) for reference in unread],
    }
    return Notice(*(templates or packaged()).brief(Kind.NOTICE, values))


def plain_notice(about: Subject | Digest) -> Notice:
    """Return a notice without a template, for when the template is broken."""
    members = about.members if isinstance(about, Digest) else [about]
    return Notice("Enquiries came in", "\n".join(f"{one.reference} {one.link}" for one in entries_of(members)))
