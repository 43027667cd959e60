"""What a presented key is held against takes the same steps whether it is nearly right, wrong or unknown.

How long they take is measured by ``make audit`` (tests/security/timing.py); a clock has no place in the suite.
"""

import hmac
import re

from organizations.requests import opening
from tests.cast import api


def test_a_wrong_secret_and_an_unknown_key_take_the_same_checks(cast, monkeypatch):
    found = []
    right = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        found.append((len(one), len(other)))
        return right(one, other)

    key = cast.alices.key
    head, _, secret = key.rpartition("_")
    unknown = f"cl_live_{'z' * 12}_{secret}"
    monkeypatch.setattr(opening.hmac, "compare_digest", watched)
    for wrong in (f"{head}_{secret[:-1]}~", f"{head}_{'x' * len(secret)}", unknown):
        answer = api(wrong, cast.alices.api.base).get("/accounts")
        assert (answer.status, answer.error["code"]) == (401, "invalid_api_key")
    assert found == [(32, 32)] * 3


def test_a_key_has_the_form_that_scanners_look_for(cast):
    """The README publishes it: whoever finds such a text in a repository has found a key."""
    form = re.compile(r"cl_(live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}")
    assert form.fullmatch(cast.alices.key)
