"""Deeds: what each button on the page of an enquiry does."""

from collections.abc import Mapping

from clinic.acts import Acts
from clinic.text import many_lines, visible
from intake.desk.flash import GONE, KEPT, NOTE_LENGTH, word_of


async def done(acts: Acts, what: str, reference: str, by: str, fields: Mapping[str, str]) -> str:
    """Do one thing to an enquiry, and return the word for how it went; raise Unacceptable for a note that won't do."""
    note = many_lines(fields.get("note", ""), NOTE_LENGTH)
    match what:
        case "contacted":
            contact = await acts.mark(reference, by, note)
            if contact is None:
                return GONE
            return KEPT if note and not contact.new else word_of(what, done=contact.new)
        case "note":
            return word_of(what, done=True) if await acts.note(reference, by, visible(note)) else GONE
        case "reopen":
            return word_of(what, done=await acts.reopen(reference, by, note))
        case "release":
            return word_of(what, done=await acts.release(reference, by))
        case "resend":
            return word_of(what, done=await acts.resend(reference, by))
        case _:
            sure = fields.get("sure") == "yes"
            return word_of(what, done=sure and await acts.erase(reference, by))
