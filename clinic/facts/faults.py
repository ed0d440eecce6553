"""Faults of the clinic file as its owner is told of them: where each stands in the file, and what to write there."""

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError

from clinic.facts.clinic_facts import ClinicFacts
from clinic.faults import genuine, plain

Path = Sequence[int | str]
# Entries of lists, for who wrote none.
EXAMPLES = {
    "reception": "reception@example.com",
    "manager": "manager@example.com",
    "websites": "https://www.example.com",
    "languages": "en",
    "signs": "one sign",
    "channels": "chat",
}
# What people know an entry of a list by; the first that it has.
NAMES = ("title", "name", "slug", "from")


def told(error: ValidationError, document: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong in the file, by where it stands."""
    faults: dict[str, str] = {}
    for fault in genuine(error):
        path = [part for part in fault["loc"] if not str(part).startswith(("is-instance", "function-", "chain"))]
        match fault["type"]:
            case "extra_forbidden":
                words = _unknown(path)
            case "tuple_type" | "too_short":
                words = _tabled(path) if _table_at(path) else _listed(path, fault["input"])
            case "model_type":
                words = _tabled(path)
            case "missing":
                words = "is missing: the clinic.toml that comes with the service shows how it is written"
            case _:
                words = plain(fault)
        faults[_place(path, document)] = words
    return faults


def _place(path: Path, document: object) -> str:
    """Return where a fault stands: "alerts.digest", "reception: entry 2", "condition 3 (Neck pain): slug"."""
    places: list[str] = []
    for before, part in pairwise([0, *path]):
        document = _within(document, part)
        if isinstance(part, str):
            places = [*places[:-1], f"{places[-1]}.{part}"] if isinstance(before, str) else [*places, part]
        elif isinstance(document, Mapping):
            name = next((f" ({document[name]})" for name in NAMES if name in document), "")
            places[-1] += f" {part + 1}{name}"
        else:
            places.append(f"entry {part + 1}")
    return ": ".join(places) or "the file"


def _within(document: object, part: int | str) -> object:
    if isinstance(part, str):
        return document.get(part) if isinstance(document, Mapping) else None
    return document[part] if isinstance(document, Sequence) and part < len(document) else None


def _unknown(path: Path) -> str:
    """Return what somebody may have meant by a name that is not known where it stands."""
    name = str(path[-1])
    if name in _names(ClinicFacts):
        return "does not belong here: move it above the first [table]"
    for table, field in ClinicFacts.model_fields.items():
        if isinstance(field.annotation, type) and name in _names(_table(field.annotation)):
            return f"does not belong here: move it below [{table}]"
    known = _names(_table_at(path[:-1]))
    near = get_close_matches(name.lower(), known, 1)
    return f"is not known: did you mean {near[0]}?" if near else f"is not known: write one of {', '.join(known)}"


def _listed(path: Path, found: object) -> str:
    """Return how a list is written that is none, or empty."""
    name = str(path[-1])
    entry = found if isinstance(found, str) and found else EXAMPLES.get(name, "...")
    what = "is empty" if isinstance(found, Sequence) and not found else "is a list"
    return f"{what}: write {name} = [{json.dumps(entry)}]"


def _tabled(path: Path) -> str:
    """Return how a table is written, or one of several."""
    table = ".".join(part for part in path if isinstance(part, str))
    annotation = _annotation_at(path)
    several = any(get_origin(kind) is tuple for kind in (annotation, *get_args(annotation)))
    header = f"[[{table}]]" if several else f"[{table}]"
    return f"is a table: write {header} on a line of its own, and its settings below"


def _table_at(path: Path) -> type[BaseModel] | None:
    return _table(_annotation_at(path))


def _annotation_at(path: Path) -> object:
    annotation: object = ClinicFacts
    for part in path:
        if isinstance(part, str):
            table = _table(annotation)
            fields = {field.alias or name: field for name, field in table.model_fields.items()} if table else {}
            annotation = fields[part].annotation if part in fields else None
    return annotation


def _table(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_table, get_args(annotation))), None)


def _names(table: type[BaseModel] | None) -> list[str]:
    return [field.alias or name for name, field in table.model_fields.items()] if table else []
