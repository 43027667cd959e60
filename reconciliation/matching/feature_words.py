"""What made a score, in words that a bookkeeper says."""

FEATURES = {
    "amount": "the amount is equal",
    "rarity": "how rare the amount is",
    "date": "how near the days are",
    "reference": "the same number on both",
    "other_reference": "the number of another",
    "name": "names and words alike",
    "history": "matched like this before",
    "rule": "a bank rule says so",
    "together": "booked together",
    "parts": "several make up one",
    "fee": "the bank kept a fee",
}


def words_of(feature: str) -> str:
    """A feature in words; one without words by its name."""
    return FEATURES.get(feature, feature.replace("_", " "))


def told(features: dict[str, int]) -> list[tuple[str, str]]:
    """The points by feature, what weighs most first: ``("+200", "the amount is equal")``."""
    weighty = sorted(features.items(), key=lambda item: -abs(item[1]))
    return [(f"{points:+d}", words_of(name)) for name, points in weighty]
