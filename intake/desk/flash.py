"""Flash messages: what the desk says of an act, by a word in the address of the page that the act leads to."""

from collections.abc import Mapping

NOTE_LENGTH = 500
NOTE_FAULT = (
    "The note is too long, or has characters that can't be seen: "
    f"write up to {NOTE_LENGTH} characters, and type it anew where you pasted it"
)
NO_NOTE = "Write a note first"
ACTS = ("contacted", "note", "reopen", "release", "resend", "erase")
# Somebody else was first: with the mark, or with an erasure.
KEPT, GONE = "kept", "gone"
# What the page shows by itself needs no line: that somebody is contacted, or erased.
LINES: Mapping[str, str] = {
    "no-contacted": "Nothing was changed: it was marked as contacted before.",
    KEPT: "It was marked as contacted before. Your note was kept all the same.",
    GONE: "Nothing was kept: what the patient wrote had been erased.",
    "note": "Your note was kept.",
    "reopen": "It waits for an answer again, and reminders that had not gone yet go out.",
    "no-reopen": "There was nothing to take back: it is not marked as contacted.",
    "release": "Its mails are on their way.",
    "no-release": "Nothing was sent: it is no longer set aside.",
    "resend": "The confirmation is on its way.",
    "no-resend": "Nothing was sent: it is already on its way.",
    "unsaved": "Nothing was saved, as you were signed out. Your note is in its field again.",
    "no-erase": "Nothing was erased: tick the box first.",
}


def word_of(act: str, *, done: bool) -> str:
    """Return the word for an act that was done, or was not."""
    return act if done else f"no-{act}"


def line_of(word: str) -> str:
    """Return the line for a word, or nothing for one that is not ours: anyone can write an address."""
    return LINES.get(word, "")
