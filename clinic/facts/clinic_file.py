"""The clinic file: the one that the clinic's web developer edits, read and checked."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from clinic.errors import ConfigurationError
from clinic.facts.clinic_facts import HOURS, ClinicFacts
from clinic.facts.faults import told
from clinic.hours import HoursFacts


def read_facts(path: Path) -> ClinicFacts:
    """Read and check the clinic file; raise ConfigurationError with every fault in it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError([f"CLINIC_FILE: there is no file {path}: create it or name another"]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError([f"CLINIC_FILE: {path} can't be read: {error}"]) from None
    return check_facts(document, path.name)


def check_facts(document: Mapping[str, object], file: str) -> ClinicFacts:
    """Check a parsed clinic file; raise ConfigurationError with every fault in it, each naming its setting."""
    faults: dict[str, str] = {}
    facts = None
    try:
        facts = ClinicFacts.model_validate(document)
    except ValidationError as error:
        faults |= told(error, document)
    try:
        # Whatever else is wrong, so that one look at the file mends it all.
        HoursFacts.model_validate({name: document[name] for name in HOURS if name in document})
    except ValidationError as error:
        faults = told(error, document) | faults
    if facts is not None and not faults:
        for site in facts.site:
            try:
                facts.hours(site.slug)
            except ValidationError as error:
                faults |= {
                    f"site {site.slug}: {name}".removesuffix(": the file"): fault
                    for name, fault in told(error, {}).items()
                }
    if facts is None or faults:
        raise ConfigurationError([f"{file}: {name}: {fault}" for name, fault in faults.items()])
    return facts
