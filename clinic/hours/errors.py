"""The one exception of this package, and how a fault in the clinic's file is shown.

HoursError(Exception)
    A question about time that has no answer: a naive instant, no opening within the window, a year nobody can know.
Fault
    A mistake in the text of a setting. `str()` gives the line, a caret under the place, and the fix; validators raise
    it as the text of a ValueError, so pydantic names the setting.
"""

from dataclasses import dataclass


class HoursError(Exception):
    """The schedule cannot answer; the message says why in one line, without anything about a person."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in `text`, between the character positions `start` and `end` (half-open), and what to write."""

    text: str
    start: int
    end: int
    problem: str
    fix: str | None = None

    def __str__(self) -> str:
        shown = "".join(letter if letter.isprintable() else " " for letter in self.text)
        carets = " " * self.start + "^" * max(1, self.end - self.start)
        lines = [self.problem, f"  {shown}", f"  {carets}"]
        if self.fix:
            lines.append(f"  write {self.fix}")
        return "\n".join(lines)
