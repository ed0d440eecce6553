"""A row of the table: one fault, what it cost, and whether that is within the limit."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What one fault cost.

    `lost` are accepted enquiries or their mails that ended neither sent nor listed for staff; `doubled` are extra
    copies outside the window, `in_window` those in it, of which `allowed` may be. `recovery` is the longest wait for a
    mail in seconds, None where no time passes (a set clock), `at_most` the limit to it.
    """

    fault: str
    tried: str
    lost: int = 0
    phantom: int = 0
    doubled: int = 0
    in_window: int = 0
    allowed: int = 0
    recovery: float | None = None
    at_most: float | None = None
    others: Sequence[str] = ()

    @property
    def faults(self) -> list[str]:
        """Return what is beyond the limits, in words; `others` are a scenario's own."""
        found = list(self.others)
        if self.lost:
            found.append(f"{self.lost} lost")
        if self.phantom:
            found.append(f"{self.phantom} phantom")
        if self.doubled:
            found.append(f"{self.doubled} doubled outside the window")
        if self.in_window > self.allowed:
            found.append(f"{self.in_window} doubled in the window, {self.allowed} allowed")
        if self.at_most is not None and (self.recovery is None or self.recovery > self.at_most):
            found.append(f"took {self.recovery if self.recovery is not None else 'for ever'} s of {self.at_most:g} s")
        return found

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row as text."""
        doubled = f"{self.doubled} + {self.in_window}" if self.in_window or self.allowed else str(self.doubled)
        limit = "0 / 0" + (f" + {self.allowed}" if self.allowed else "")
        if self.at_most is not None:
            limit += f" / {self.at_most:g} s"
        return (
            self.fault,
            self.tried,
            str(self.lost + self.phantom),
            doubled,
            "" if self.recovery is None else f"{self.recovery:.1f}",
            limit,
            "; ".join(self.faults) or "yes",
        )


HEAD = ("fault", "tried", "lost", "doubled", "recovery s", "limit", "holds")


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a table."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells) + " |" for row in rows]
    return "\n".join(lines)
