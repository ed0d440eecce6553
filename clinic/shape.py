"""Shapes: what a text must look like; where it does not, whoever wrote it is told what to write, and no pattern."""

import re

from pydantic import AfterValidator


def shaped(pattern: str, cure: str) -> AfterValidator:
    """Return the check that a text has a shape."""
    known = re.compile(pattern)

    def check(text: str) -> str:
        if not known.fullmatch(text):
            raise ValueError(cure)
        return text

    return AfterValidator(check)
