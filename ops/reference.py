"""A reference, as it is typed at the command line."""

from clinic.errors import ConfigurationError
from clinic.reference import parse_reference


def typed_reference(text: str) -> str:
    """Return the reference that was typed; raise ConfigurationError for what is none."""
    reference = parse_reference(text)
    if reference is None:
        raise ConfigurationError([f"{text!r} is no reference: it has 8 characters, such as CFGH 3467"])
    return reference
