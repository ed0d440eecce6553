"""Which variables of an environment are settings of ours."""

from clinic.settings import Settings


def is_a_setting(name: str) -> bool:
    """Return whether a variable is a setting, directly or by its file."""
    return {name, name.removesuffix("_FILE")} & {known.upper() for known in Settings.model_fields} != set()
