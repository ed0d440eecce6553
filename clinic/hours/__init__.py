"""When the clinic is open, and what it can promise: facts, a schedule built from them, and how both are said."""

from clinic.hours.days import Day
from clinic.hours.errors import HoursError
from clinic.hours.exceptions import Closure, SpecialHours
from clinic.hours.facts import HoursFacts
from clinic.hours.interval import Interval, TimeRange
from clinic.hours.promise import Promise, promise
from clinic.hours.prose import by, clock_time, day_and_time, day_name, mail_sentence, plain_date, sentence
from clinic.hours.prose_hours import bank_holiday_line, coming_lines, hours_lines, times
from clinic.hours.schedule import Schedule
from clinic.hours.schema_org import opening_hours_specification, special_opening_hours_specification
from clinic.hours.target import ReplyTarget

__all__ = [
    "Closure",
    "Day",
    "HoursError",
    "HoursFacts",
    "Interval",
    "Promise",
    "ReplyTarget",
    "Schedule",
    "SpecialHours",
    "TimeRange",
    "bank_holiday_line",
    "by",
    "clock_time",
    "coming_lines",
    "day_and_time",
    "day_name",
    "hours_lines",
    "mail_sentence",
    "opening_hours_specification",
    "plain_date",
    "promise",
    "sentence",
    "special_opening_hours_specification",
    "times",
]
