"""No parameter is passed over: who asks for more than there is finds out, before anything is done."""

import pytest

from tests.cast import open_books

ORGANIZATION = "/organizations/{organization_id}"


@pytest.fixture
def books(db):
    return open_books("Parameters Ltd")


def refused(answer) -> tuple:
    return answer.status, answer.error["code"], answer.error["details"]["parameter"]


def test_a_single_object_takes_no_parameters(books):
    cash = f"/accounts/{books.account('1001')}"
    event = books.api.get("/events").data[0]["id"]
    job = books.api.post("/health/ledger")["id"]
    sale = books.api.post("/transactions", books.sale())["id"]
    for path in (
        "",
        cash,
        "/fiscal-years/2024",
        "/fiscal-years/2024/checklist",
        "/lock-dates",
        "/proof",
        "/proof/export",
        f"/events/{event}",
        f"/events/{event}/proof",
        f"/jobs/{job}",
        f"/transactions/{sale}",
        f"/transactions/{sale}/proof",
    ):
        assert books.api.get(path).status == 200, path
        assert refused(books.api.get(f"{path}?as_of=2020-01-01")) == (400, "unknown_parameter", "as_of"), path


def test_a_misspelt_rehearsal_does_nothing(books):
    cash = f"/accounts/{books.account('1001')}"
    for query in ("dryrun=true", "dry-run=true", "dry_run=true&as_of=2020-01-01"):
        name = query.split("=")[-2].split("&")[-1]
        for ask, path, body in (
            (books.api.post, "/transactions", books.sale()),
            (books.api.post, "/transactions/batch", {"transactions": [books.sale()]}),
            (books.api.put, cash, {"name": "Till"}),
            (books.api.delete, cash, None),
        ):
            assert refused(ask(f"{path}?{query}", body) if body else ask(f"{path}?{query}")) == (
                400,
                "unknown_parameter",
                name,
            ), path
    assert books.api.get("/transactions").data == []
    assert books.api.get(cash)["name"] != "Till"


def test_lists_that_come_whole_do_not_promise_pages(books):
    described = books.api.get("//openapi.json").body["paths"]
    for path, place, taken in (
        ("//chart-templates", "/chart-templates", ()),
        ("/fiscal-years", f"{ORGANIZATION}/fiscal-years", ("limit", "cursor")),
    ):
        named = {each["name"] for each in described[place]["get"].get("parameters", [])}
        for name in ("limit", "cursor", "offset", "include"):
            assert (name in named) == (name in taken)
            if name not in taken:
                assert refused(books.api.get(f"{path}?{name}=1")) == (400, "unknown_parameter", name)
