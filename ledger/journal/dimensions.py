"""A dimension: a key and a value in the metadata of an entry or of its transaction, such as ``department:north``."""

from urllib.parse import quote

from django.db.models import Q

from organizations.wire.filtering import LONGEST_TEXT, ListField

WHAT = "A key and a value, such as department:north."


class Dimension(ListField):
    """``key:value``, on the entry or on its transaction."""

    operators = ("eq",)
    schema = {"type": "string", "pattern": "^[^:]+:.*$", "maxLength": LONGEST_TEXT, "examples": ["department:north"]}

    def __init__(self):
        super().__init__(description="A key and a value in the metadata of the entry or of its transaction.")

    def read(self, text: str) -> tuple[str, str]:
        key, colon, value = text.partition(":")
        if not key or not colon or len(text) > LONGEST_TEXT:
            raise ValueError(WHAT)
        return key, value

    def condition(self, source: str, operator: str, value: tuple[str, str]) -> Q:
        pair = dict([value])
        return Q(metadata__contains=pair) | Q(transaction__metadata__contains=pair)

    @staticmethod
    def written(value: tuple[str, str]) -> str:
        """As it stands in an address."""
        return quote(":".join(value), safe="")
