"""A shop's fourteen months, small enough to be worked by hand. All in USD; the fiscal year is the calendar's.

2025: the owner puts in 10,000; goods for 3,000 are bought on credit; sales of 5,000 for cash of goods that had cost
2,000; rent of 1,200. 2026: services of 800 on credit, the vendor is paid 1,000, utilities of 150.

On 2025-12-31 cash is 10,000 + 5,000 - 1,200 = 13,800, goods 3,000 - 2,000 = 1,000, so assets are 14,800; 3,000 is owed;
the owner has 10,000 and earned 5,000 - 2,000 - 1,200 = 1,800.

On 2026-02-28 cash is 13,800 - 1,000 - 150 = 12,650, customers owe 800, goods are 1,000, so assets are 14,450; 2,000 is
owed; the owner has 10,000, earned 1,800 in 2025 and 800 - 150 = 650 in 2026.
"""

from tests.cast import Books, open_books

POSTINGS = (
    ("2025-01-05", "1001", "3001", "10000.00"),
    ("2025-02-01", "1201", "2001", "3000.00"),
    ("2025-03-10", "1001", "4001", "5000.00"),
    ("2025-03-10", "5001", "1201", "2000.00"),
    ("2025-06-01", "5201", "1001", "1200.00"),
    ("2026-01-15", "1101", "4101", "800.00"),
    ("2026-02-01", "2001", "1001", "1000.00"),
    ("2026-02-20", "5301", "1001", "150.00"),
)


def open_shop() -> Books:
    """The shop's books."""
    books = open_books("Worked Ltd")
    for day, debit, credit, amount in POSTINGS:
        entries = [books.entry(debit, "debit", amount), books.entry(credit, "credit", amount)]
        made = books.api.post("/transactions", {"transaction_date": day, "entries": entries, "auto_post": True})
        assert made.status == 201, made.body
    return books


def section(statement: dict, name: str) -> dict:
    """A section or result of a statement."""
    return next(part for part in statement["sections"] if part["name"] == name)


def rows(statement: dict, name: str) -> dict[str, list]:
    """The rows of a section: amounts by code, or by name where there is none."""
    return {row["code"] or row["name"]: row["amounts"] for row in section(statement, name)["rows"]}


def figures_of(statement: dict) -> list[dict]:
    """The sections without their links, which say at which moment they were made."""
    return [part | {"rows": [{**row, "entries_query": None} for row in part["rows"]]} for part in statement["sections"]]
