"""What the clinic file says of the clinic, and how it is read."""

from clinic.facts.clinic_facts import ClinicFacts
from clinic.facts.clinic_file import check_facts, read_facts
from clinic.facts.parts import Alerts, Condition, Practice, RedFlags, Reminders, Site

__all__ = [
    "Alerts",
    "ClinicFacts",
    "Condition",
    "Practice",
    "RedFlags",
    "Reminders",
    "Site",
    "check_facts",
    "read_facts",
]
