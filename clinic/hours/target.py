"""How soon the clinic promises to answer, in its own open time: "4 open hours", "90 open minutes", "1 working day"."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from clinic.hours.errors import Fault

Unit = Literal["open hour", "open minute", "working day"]

_FORM = re.compile(r"\s*(?P<amount>\d+)\s+(?P<unit>open hour|open minute|working day)s?\s*")
_LARGEST: dict[Unit, int] = {"open hour": 400, "open minute": 24_000, "working day": 30}


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """`amount` (1 or more) of `unit`.

    Open hours and minutes are counted only while the clinic is open. A working day is a day with any open hours; the
    day the enquiry came in is not counted, and the answer is due by closing time, as the Freedom of Information Act
    2000, section 10(1), counts: "not later than the twentieth working day following the date of receipt".
    """

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError, with a caret and the fix, for anything but the three forms."""
        match = _FORM.fullmatch(text)
        if match is None:
            fix = '"4 open hours", "90 open minutes" or "1 working day"'
            raise ValueError(str(Fault(text, 0, len(text), "this reply target cannot be read", fix)))
        amount = int(match["amount"])
        unit: Unit = match["unit"]  # type: ignore[assignment]  # the pattern allows only these three
        if not 1 <= amount <= _LARGEST[unit]:
            problem = f"a reply target is 1 to {_LARGEST[unit]} {unit}s"
            raise ValueError(str(Fault(text, *match.span("amount"), problem, '"4 open hours", for example')))
        return cls(amount, unit)

    @property
    def open_time(self) -> timedelta | None:
        """The open time to count, or None when days are counted."""
        match self.unit:
            case "open hour":
                return timedelta(hours=self.amount)
            case "open minute":
                return timedelta(minutes=self.amount)
            case _:
                return None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        """In a pydantic model a target is read from its text and written as it."""
        from_text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.to_string_ser_schema(),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"
