"""A batch of ten thousand postings in one request, against the same rows by hand and against hordak's bulk_create.

The floor by hand writes copies of the product's own tables (the same columns, checks, keys and indexes) from arrays:
headers, entries, totals, and events that say what the product's say. It has no tenants, no triggers, no rules, no HTTP
and makes no answer. Both floors run in a process of their own connection, ready-made values in hand.
"""

import json
import threading
import time
from decimal import Decimal
from pathlib import Path
from statistics import median

import psycopg

from organizations import ids
from tests.benchmarks.callers import Request
from tests.concurrency.books import Books
from tests.processes import WebServer

SIZE = 10_000

TABLES = ("ledger_account", "ledger_transaction", "ledger_entry", "ledger_accounttotal", "organizations_event")
PREPARE = """
create schema if not exists floor;
{copies}
insert into floor.ledger_account select * from public.ledger_account where organization_id = {organization};
alter table floor.ledger_transaction
    add foreign key (organization_id, account_id) references floor.ledger_account (organization_id, id),
    add foreign key (organization_id, category_id) references public.ledger_category (organization_id, id),
    add foreign key (organization_id, contact_id) references public.ledger_contact (organization_id, id),
    add foreign key (organization_id, original_id) references floor.ledger_transaction (organization_id, id),
    add foreign key (organization_id, id, first_line)
        references floor.ledger_entry (organization_id, transaction_id, line_no) deferrable initially deferred;
alter table floor.ledger_entry
    add foreign key (organization_id, reverses_entry_id) references floor.ledger_entry (organization_id, id),
    add foreign key (organization_id, transaction_id, transaction_date)
        references floor.ledger_transaction (organization_id, id, transaction_date),
    add foreign key (organization_id, account_id, currency_id)
        references floor.ledger_account (organization_id, id, currency_id);
"""
WRITE = """
with given as (
    select * from unnest(%(ids)s::bigint[], %(days)s::date[], %(words)s::text[], %(amounts)s::numeric[],
                         %(states)b::text[]) g (id, day, words, amount, state)
), headers as (
    insert into floor.ledger_transaction (
        id, organization_id, type, status, transaction_date, posting_date, posted_xid, description, reference_number,
        currency_id, amount, total_debits, total_credits, account_id, entry_count, reversal_reason, version, metadata)
    select id, %(organization)s, 'income', 'posted', day, now(), pg_current_xact_id(), words, '', 'USD', amount, amount,
           amount, %(debit)s, 2, '', 1, '{}'
      from given
), entries as (
    insert into floor.ledger_entry (
        id, organization_id, transaction_id, line_no, account_id, transaction_date, entry_type, currency_id, amount,
        base_amount, currency_rate, description, reference)
    select g.id + s.line, %(organization)s, g.id, s.line, s.account, g.day, s.side, 'USD', g.amount * s.sign,
           g.amount * s.sign, 1, '', ''
      from given g
     cross join (values (1, %(debit)s, 'debit', 1), (2, %(credit)s, 'credit', -1)) s (line, account, side, sign)
), totals as (
    insert into floor.ledger_accounttotal as t
           (organization_id, account_id, grain, starts, slot, debit, credit, base_debit, base_credit, entries)
    select %(organization)s, s.account, k.grain,
           case k.grain when 'D' then g.day else date_trunc('month', g.day)::date end, 0,
           sum(g.amount * s.debits), sum(g.amount * s.credits), sum(g.amount * s.debits), sum(g.amount * s.credits),
           count(*)
      from given g cross join (values (%(debit)s, 1, 0), (%(credit)s, 0, 1)) s (account, debits, credits)
     cross join (values ('D'), ('M')) k (grain)
     group by 1, 2, 3, 4
        on conflict (organization_id, account_id, grain, starts, slot) do update
       set debit = t.debit + excluded.debit, credit = t.credit + excluded.credit,
           base_debit = t.base_debit + excluded.base_debit, base_credit = t.base_credit + excluded.base_credit,
           entries = t.entries + excluded.entries
)
insert into floor.organizations_event (organization_id, event_type, entity_type, entity_id, after_state)
select %(organization)s, 'transaction.posted', 'transaction', 'TXN_' || lpad(to_hex(id), 16, '0'), state::jsonb
  from given
"""


def body(books: Books) -> bytes:
    """Ten thousand sales of the same two accounts, over two years."""
    cash, sales = (ids.encode("ACT", books.accounts[code]) for code in ("1001", "4001"))
    lines = [
        {"account_id": account, "entry_type": side, "amount": "10.00"}
        for account, side in ((cash, "debit"), (sales, "credit"))
    ]
    return json.dumps({"transactions": [{**sale, "auto_post": True, "entries": lines} for sale in _sales()]}).encode()


def _sales() -> list[dict]:
    days = [f"{year}-{month:02}-{day:02}" for year in (2024, 2025) for month in range(1, 13) for day in range(1, 29)]
    return [
        {"transaction_date": days[n % len(days)], "type": "income", "description": f"Sale {n}"} for n in range(SIZE)
    ]


def prepare_by_hand(owner_url: str, books: Books) -> None:
    """Copies of the product's tables in a schema of their own, in the product's database."""
    copies = "\n".join(f"create table floor.{name} (like public.{name} including all);" for name in TABLES)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("select set_config('app.reach', %s, false)", [f"{{{books.id}}}"])
        connection.execute(PREPARE.format(copies=copies, organization=books.id))


def by_hand(owner_url: str, books: Books, state: str) -> float:
    """Seconds to write the same rows by one statement of hand-written SQL; ``state`` is what each event says."""
    sales = _sales()
    with psycopg.connect(owner_url) as connection:
        first = time.time_ns() // 1000 * 8
        values = {
            "organization": books.id,
            "debit": books.accounts["1001"],
            "credit": books.accounts["4001"],
            "ids": [first + 4 * n for n in range(SIZE)],
            "days": [sale["transaction_date"] for sale in sales],
            "words": [sale["description"] for sale in sales],
            "amounts": [Decimal(10)] * SIZE,
            "states": [state] * SIZE,
        }
        started = time.perf_counter()
        connection.execute(WRITE, values)
        connection.commit()
        return time.perf_counter() - started


def by_hordak(floors: WebServer) -> float:
    """Seconds that hordak takes for as many transactions of two legs by bulk_create, as its server says."""
    request = Request(floors.base_url, "POST", "/hordak-bulk", json.dumps({"size": SIZE}).encode(), (), 201)
    with request.connect() as connection:
        connection.settimeout(600)
        return float(json.loads(request.sender()(connection, "bulk"))["seconds"])


def memory_of(pids: list[int]) -> int:
    """The largest resident set among processes, in KiB."""
    sizes = []
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        sizes.append(int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]))
    return max(sizes)


def over_http(product: WebServer, books: Books, sent: bytes, mark: str) -> tuple[float, int, str]:
    """Seconds for the request, by how many KiB a web process grew while it ran, and what became of its first item."""
    path = f"/organizations/{books.organization.public_id}/transactions/batch"
    headers = (f"Authorization: Bearer {books.secret}", "Idempotency-Key: @mark@")
    request = Request(product.base_url, "POST", path, sent, headers, 200)
    pids, highest, done = product.worker_pids(), [0], threading.Event()
    idle = memory_of(pids)

    def watch():
        while not done.wait(0.02):
            highest[0] = max(highest[0], memory_of(pids))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with request.connect() as connection:
            connection.settimeout(600)
            started = time.perf_counter()
            answer = request.sender()(connection, mark)
            taken = time.perf_counter() - started
    finally:
        done.set()
        watcher.join()
    done = json.loads(answer)
    assert done["summary"]["succeeded"] == SIZE
    return taken, highest[0] - idle, json.dumps(done["results"][0]["transaction"])


def compare(product: WebServer, floors: WebServer, owner_url: str, books: Books, *, rounds: int) -> dict:
    """Median seconds of each, their ratios (above 1: the product is faster), and the product's growth in memory."""
    prepare_by_hand(owner_url, books)
    sent = body(books)
    found: dict[str, list[float]] = {"crane": [], "by_hand": [], "hordak_bulk_create": []}
    grown = []
    for number in range(rounds):
        seconds, more, state = over_http(product, books, sent, f"batch-{number}")
        found["crane"].append(seconds)
        grown.append(more)
        found["by_hand"].append(by_hand(owner_url, books, state))
        found["hordak_bulk_create"].append(by_hordak(floors))
    middle = {name: median(seconds) for name, seconds in found.items()}
    return {
        "size": SIZE,
        "seconds": {name: round(seconds, 2) for name, seconds in middle.items()},
        "ratio_to_hand_written_sql": round(middle["by_hand"] / middle["crane"], 3),
        "ratio_to_hordak_bulk_create": round(middle["hordak_bulk_create"] / middle["crane"], 2),
        "memory_mib_above_idle": round(max(grown) / 1024, 1),
    }
