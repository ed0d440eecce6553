"""The blanks of a stencil: which texts differ from one enquiry to the next, and what may stand in for them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from operator import attrgetter
from typing import NoReturn, cast

from clinic.patient import Patient
from workers.context import Clinic, Times

# What differs: at the top, of the times, of the patient; and the lines of the message.
TOP = ("reference", "first_name", "link", "desk")
TIMES = ("received", "promise", "reply_by", "reason")
PATIENT = ("name", "email", "phone", "dial", "contact_when")
REST = ("language", "unconfirmed", "why", "cause")
# A stencil has fewer blanks: a longer message is rendered.
AT_MOST = 64
_of_times, _of_patient = attrgetter(*TIMES), attrgetter(*PATIENT)


class StandIn(str):
    """Stands for a text that is there: a template may print it, and ask whether it is there, and nothing else."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Return that it is there."""
        return True


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("a stand-in can be printed, and nothing else")


for _name in {*dir(str), "__format__"} - {*dir(object), "__getnewargs__"} | {"__eq__", "__ne__", "__lt__", "__gt__"}:
    setattr(StandIn, _name, _refuse)


def texts_of(values: Mapping[str, object]) -> list[str]:
    """Return the texts that differ, in the order of their numbers; empty for those that are not there."""
    patient = cast("Patient | None", values.get("patient"))
    texts = [*map(values.get, TOP), *_of_times(values["times"])]
    return [*texts, *_of_patient(patient), *patient.message] if patient else texts


def others_of(values: Mapping[str, object]) -> list[object]:
    """Return what the parts of a mail depend on besides; whoever shares it, shares the stencil."""
    times, patient = cast(Times, values["times"]), cast("Patient | None", values.get("patient"))
    others = [cast(Clinic, values["clinic"]), times.open, times.coming, *map(values.get, REST)]
    return (
        [*others, patient.contact_by, patient.condition, patient.language, len(patient.message)] if patient else others
    )


def filled_with(values: Mapping[str, object], text: Callable[[int], str]) -> Mapping[str, object]:
    """Return the values with other texts, by their numbers, in place of those that are there."""
    numbers = count()

    def other(found: object) -> object:
        return text(next(numbers)) if found else found

    times, patient = cast(Times, values["times"]), cast("Patient | None", values.get("patient"))
    made = dict(values) | {name: other(values[name]) for name in TOP if name in values}
    # The instant is for sorting; a template that said it would have to be rendered for each mail.
    of_it = {name: other(getattr(times, name)) for name in TIMES} | {"reply_by_at": text(AT_MOST)}
    made["times"] = replace(times, **of_it)  # type: ignore[arg-type]  # of one dict
    if patient:
        of_them = {name: other(getattr(patient, name)) for name in PATIENT}
        made["patient"] = replace(patient, **of_them, message=tuple(map(other, patient.message)))  # type: ignore[arg-type]  # as above
    return made
