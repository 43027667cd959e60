"""Texts with gaps: ``Invoice {number} of {organization}``. Pure: no Django.

Only the names of PLACEHOLDERS are filled. Nothing is looked up in what they stand for, as ``str.format`` would do.
"""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("number", "total", "due_date", "contact", "organization")
_GAP = re.compile(r"\{([a-z_]+)\}")


def problem_with(template: str) -> str | None:
    """What is wrong with a template; None if nothing is."""
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    unknown = [name for name in _GAP.findall(template) if name not in PLACEHOLDERS]
    rest = _GAP.sub("", template)
    if unknown or "{" in rest or "}" in rest:
        return f"Braces stand around {known} and nothing else."
    return None


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its gaps filled; what has no value is left empty."""
    return _GAP.sub(lambda gap: values.get(gap[1], "") if gap[1] in PLACEHOLDERS else gap[0], template)
