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
            went = await acts.reopen(reference, by, note)
            if note and not went and not await acts.note(reference, by, note):
                return GONE
            return word_of(what, done=went)
        case "release" | "resend":
            if note and not await acts.note(reference, by, note):
                return GONE
            do = acts.release if what == "release" else acts.resend
            return word_of(what, done=await do(reference, by))
        case _:
            sure = fields.get("sure") == "yes"
            return word_of(what, done=sure and await acts.erase(reference, by))
