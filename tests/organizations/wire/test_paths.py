"""DRF's nested errors become one flat map."""

from hypothesis import given
from hypothesis import strategies as st

from organizations.wire.paths import flatten, join


def test_paths_are_written_as_people_write_them():
    assert join(join(join("", "entries"), 0), "amount") == "entries[0].amount"


def test_nested_errors_are_flattened():
    assert flatten(
        {
            "name": ["Required."],
            "entries": [{}, {"amount": ["Too large.", "Too precise."], "non_field_errors": ["Pick one."]}],
            "tags": {0: ["Too long."]},
            "metadata": {"key": "Not a text."},
            "lines": {"non_field_errors": ["At least two."]},
            "non_field_errors": ["Contradicts itself."],
            "__all__": ["Contradicts itself.", "Is late."],
        }
    ) == {
        "name": ["Required."],
        "entries[1].amount": ["Too large.", "Too precise."],
        "entries[1]": ["Pick one."],
        "tags[0]": ["Too long."],
        "metadata.key": ["Not a text."],
        "lines": ["At least two."],
        "non_field_errors": ["Contradicts itself.", "Is late."],
    }


def test_a_mere_list_of_messages_concerns_the_whole():
    assert flatten(["No."]) == {"non_field_errors": ["No."]}


names = st.text("abc", min_size=1)
messages = st.lists(st.text(min_size=1), min_size=1)


@given(st.dictionaries(names, messages), names, st.integers(0, 5))
def test_wherever_errors_stand_none_is_lost(errors, name, place):
    nested = {name: [{} for _ in range(place)] + [errors]}
    found = flatten(nested)
    assert found == {f"{name}[{place}].{key}": list(dict.fromkeys(texts)) for key, texts in errors.items()}
