"""The one contract of every batch: modes, dry run, references, results in the order of the request.

``independent``: each item succeeds or fails by itself. ``atomic``: all or none.
``stop_on_error``: in order up to the first failure, the rest skipped. A batch that is larger
than ``MOST_ITEMS`` or ``LARGEST_AT_ONCE`` becomes a job, with the same results.
"""

import copy
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from organizations.errors import Invalid, Refusal
from organizations.wire.answering import describe
from organizations.wire.shapes import Flag, Text

MODES = ("independent", "atomic", "stop_on_error")
MOST_ITEMS = 10_000
LARGEST_AT_ONCE = 8 * 1024 * 1024
#: Of a job. Its body may have ``settings.MAX_BATCH_BYTES``.
MOST_ITEMS_OF_A_JOB = 100_000
LONGEST_REFERENCE = 255
HOW_MANY = f"At most {MOST_ITEMS} at once; up to {MOST_ITEMS_OF_A_JOB}, or with a larger body, as a job."


@dataclass(slots=True)
class Item:
    """One item of a batch on its way. ``made`` is the object as the API shows it."""

    index: int
    client_ref: str | None = None
    refusal: Refusal | None = None
    made: dict | None = None
    skipped: bool = False


def client_ref_of(body: Any) -> str | None:
    """The reference that comes back with an item's result; None where there is none that could."""
    reference = body.get("client_ref") if isinstance(body, dict) else None
    return reference if isinstance(reference, str) and len(reference) <= LONGEST_REFERENCE else None


def problem_with_reference(body: dict) -> dict[str, str]:
    """What is wrong with an item's ``client_ref``, by field."""
    given = body.get("client_ref")
    if given is None or client_ref_of(body) is not None:
        return {}
    return {"client_ref": f"A text of at most {LONGEST_REFERENCE} characters."}


def within(refusal: Refusal, path: str) -> Refusal:
    """The refusal of an item, with the place of the item before the names of its fields."""
    fields = refusal.details.get("fields")
    if not path or not fields:
        return refusal
    moved = copy.copy(refusal)
    # What is wrong with the item as a whole has no name of its own.
    placed = {f"{path}{name}".removesuffix("."): said for name, said in fields.items()}
    moved.details = refusal.details | {"fields": placed}
    return moved


def skip_after_failure(items: list[Item]) -> None:
    """``stop_on_error``: nothing is done after the first item that failed."""
    first = next((place for place, item in enumerate(items) if item.refusal is not None), len(items))
    for item in items[first + 1 :]:
        item.skipped, item.refusal, item.made = True, None, None


def skip_all_but_failed(items: list[Item]) -> None:
    """``atomic``: where one failed, nothing of the others was done."""
    for item in items:
        if item.refusal is None:
            item.skipped, item.made = True, None


def batch_answer(items: list[Item], *, noun: str, mode: str, dry_run: bool) -> dict:
    """The answer of every batch: a summary, and the results in the order of the request."""
    results = [_result(item, noun) for item in items]
    return {
        "object": "batch",
        "mode": mode,
        "dry_run": dry_run,
        "summary": summary_of(results),
        "results": results,
    }


def summary_of(results: list[dict]) -> dict[str, int]:
    """How many items succeeded, failed and were skipped."""
    statuses = [result["status"] for result in results]
    return {status: statuses.count(status) for status in ("succeeded", "failed", "skipped")}


def _result(item: Item, noun: str) -> dict:
    result: dict[str, Any] = {"index": item.index, "client_ref": item.client_ref}
    if item.refusal is not None:
        result |= {"status": "failed", "error": describe(item.refusal, None)["error"]}
    else:
        result["status"] = "skipped" if item.skipped else "succeeded"
    if item.made is not None:
        result[noun] = item.made
    return result


def items_of(body: Any, name: str, *, most: int = MOST_ITEMS_OF_A_JOB) -> list:
    """The list of items in a batch's body. Raises Invalid."""
    found = body.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= most:
        raise Invalid(fields={name: f"A list of 1 to {most} items."})
    return found


# --- Shapes -----------------------------------------------------------------------------------------------------------


class BatchFields(serializers.Serializer):
    """What a batch says beside its items."""

    mode = serializers.ChoiceField(MODES, required=False, help_text="`independent` unless given.")
    atomic = Flag(required=False, help_text="True is the `mode` `atomic`, false is `independent`.")
    dry_run = Flag(required=False, help_text="Answer what would be done, and do nothing.")
    usual_mode = "independent"

    def validate(self, attrs: dict) -> dict:
        mode, atomic = attrs.get("mode"), attrs.get("atomic")
        if mode is not None and atomic is not None and atomic != (mode == "atomic"):
            raise serializers.ValidationError({"atomic": f"This contradicts the mode {mode}."})
        if mode is None and atomic is not None:
            mode = "atomic" if atomic else "independent"
        mode = mode or self.usual_mode
        return {**attrs, "mode": mode, "dry_run": attrs.get("dry_run", False)}


class Reference(Text):
    """An item's ``client_ref``."""

    def __init__(self, **options):
        options.setdefault("help_text", "Comes back with the item's result.")
        super().__init__(required=False, max_length=LONGEST_REFERENCE, **options)


class SummaryShape(serializers.Serializer):
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()


class ResultShape(serializers.Serializer):
    """What became of one item."""

    index = serializers.IntegerField()
    client_ref = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(["succeeded", "failed", "skipped"])
    error = serializers.DictField(required=False, help_text="The error, as a request of its own would get it.")


class BatchShape(serializers.Serializer):
    """What became of each item, in the order of the request."""

    object = serializers.CharField()
    mode = serializers.ChoiceField(MODES)
    dry_run = serializers.BooleanField()
    summary = SummaryShape()
