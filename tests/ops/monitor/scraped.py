"""An exposition as a scraper reads it."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from clinic.store.reading import Reading
from ops.monitor.metrics import exposition


def samples(reading: Reading | None) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample of an exposition by its name and labels."""
    text = exposition(reading, "1.0", [("NoWorkers", False)]).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Mapping[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    return found[f"frontdesk_{name}", frozenset(labels.items())]


def names(reading: Reading) -> set[str]:
    """Return the names of all that a scraper is told."""
    return {name for name, _ in samples(reading)}
