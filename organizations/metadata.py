"""The free map of texts that every object carries (``metadata``), and what it may hold. Pure."""

MOST_KEYS = 50
LONGEST_KEY = 40
LONGEST_VALUE = 500


def problem_with(value: object) -> str | None:
    """What is wrong with a map as a client wrote it, in a sentence; None if it may be kept."""
    if not isinstance(value, dict) or len(value) > MOST_KEYS:
        return f"An object with at most {MOST_KEYS} keys."
    for name, text in value.items():
        if not 1 <= len(name) <= LONGEST_KEY or not isinstance(text, str) or len(text) > LONGEST_VALUE:
            return f"Keys are 1 to {LONGEST_KEY} characters, values texts of at most {LONGEST_VALUE}."
    return None
