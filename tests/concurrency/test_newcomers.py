"""One address that is new, asked for by several at once: one account, and everybody has their answer."""

from functools import partial

from organizations.users.models import User
from tests.cast import api, api_of, open_books
from tests.concurrency.together import failures, together

EMAIL = "dana@example.com"


def statuses(calls: list) -> list[int]:
    """What the calls answered, all begun at the same moment."""
    answers = together(calls, threads=len(calls))
    assert failures(answers) == []
    return sorted(answer.status for answer in answers)


def test_eight_sign_ups_make_one_account_with_eight_organizations(committed_db):
    bodies = [{"organization_name": f"Shop {number}", "user_email": EMAIL} for number in range(8)]
    assert statuses([partial(api().post, "//organizations", body) for body in bodies]) == [201] * 8
    seen = api_of(User.objects.get(email=EMAIL)).get("//organizations").data
    assert [one["name"] for one in seen] == [body["organization_name"] for body in bodies]


def test_eight_additions_make_one_member(committed_db):
    books = open_books("Shop")
    for email in (EMAIL, "shop@example.com", "other@example.com"):
        body = {"email": email, "role": "viewer"}
        calls = [partial(api(books.key, books.api.base).post, "/members", body) for _ in range(8)]
        assert statuses(calls) == ([409] * 8 if email == "shop@example.com" else [201] + [409] * 7)
    assert User.objects.filter(email=EMAIL).count() == 1


def test_one_new_person_becomes_a_member_of_many_at_once(committed_db):
    shops = [open_books(f"Shop{number}") for number in range(8)]
    body = {"email": EMAIL, "role": "viewer"}
    assert statuses([partial(api(shop.key, shop.api.base).post, "/members", body) for shop in shops]) == [201] * 8
    assert User.objects.filter(email=EMAIL).count() == 1
