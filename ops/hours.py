"""Shows an owner what their file means: the days to come, what is different about them, and what we would promise."""

from datetime import date, datetime, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clinic.hours import Schedule, clock_time, coming_lines, day_name, promise, sentence, times
from clinic.hours.days import Day

_NOON = 12
_CHANGES_SHOWN = 8
_YEAR = 365


def hours_table(schedule: Schedule, at: datetime, *, days: int = 14) -> RenderableType:
    """Everything `frontdesk hours` prints: `days` local days from the aware instant `at`, then the changes after them.

    Raises HoursError when the clinic does not open within 400 days, so that nothing could be promised.
    """
    today = at.astimezone(schedule.timezone).date()
    parts: list[RenderableType] = [Text(f"{day_name(today, year=True)}. {sentence(promise(schedule, at))}")]
    table = Table("Day", "Open", "Why", "Who writes at midday hears by", box=box.SIMPLE_HEAD)
    for step in range(days):
        day = schedule.day(today + timedelta(days=step))
        style = None if day.kind == "usual" and not day.breaks else "bold"
        table.add_row(
            f"{_short(day.date)} {day.date.year}", times(day.hours), _why(day), _heard(schedule, day.date), style=style
        )
    parts.append(table)
    after = today + timedelta(days=days)
    coming = coming_lines(schedule, after, days=_YEAR, seen_from=today)[:_CHANGES_SHOWN]
    if coming:
        parts += [Text("After that", style="bold"), *(Text(f"  {line}") for line in coming)]
    parts += [Text(f"Warning: {warning}", style="yellow") for warning in schedule.warnings_at(at)]
    return Group(*parts)


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _why(day: Day) -> Text:
    # A note is the owner's text: shown as it is, never read as markup.
    return Text(", ".join(note for note in (day.note, *(note for _cut, note in day.breaks)) if note))


def _heard(schedule: Schedule, day: date) -> str:
    noon = datetime(day.year, day.month, day.day, _NOON, tzinfo=schedule.timezone)
    due = schedule.reply_by(noon).astimezone(schedule.timezone)
    # Midnight is the end of the day before: an instant earlier lies in the day that is meant.
    due_day = (due - timedelta(microseconds=1)).date()
    return clock_time(due) if due_day == day else f"{clock_time(due)}, {_short(due_day)}"
