"""What holds for every operation: the introduction of the reference, for people and for language models."""

CONVENTIONS = """\
A headless, multi-organization double-entry ledger. Every transaction balances; what is posted is never
changed, only reversed; balances are right the moment a request is answered.

## Requests

- Send `Authorization: Bearer cl_live_…` (or `cl_test_…`). A key belongs to one organization and reaches its
  owned descendants. What is out of reach answers 404.
- Bodies are JSON objects in UTF-8, with a `Content-Length`. The same key twice, `NaN`, numbers with an exponent
  and NUL characters are refused.
- `PUT` takes the fields to change and leaves the others.
- A parameter of the address that does not exist is a 400 that lists those that do, with every method.
- Ids are a prefix and 16 hexadecimal digits, such as `TXN_0190a1b2c3d4e5f6`. Currencies are named `CUR_USD` or `USD`.
- Amounts are numbers with exactly the decimals of their currency: `100.00` dollars, `100` yen, `100.000` dinars.
  Input may be a number or a string; more decimals than the currency has are refused.
- Business dates are `YYYY-MM-DD`; moments are ISO 8601 in UTC, ending in `Z`.

## Scoped keys

A key may have a `scope`: `{"account_ids": […], "contact_ids": […]}`. It reads these and does nothing else: what is not
named here answers 403 `key_scope_refused`, other organizations and ids outside of its scope answer 404.

- An account stands for those beneath it in the chart: its record, `…/balance`, `…/entries` and
  `…/reports/account-statement`. Balances and entries are those of the account; the other side of its transactions is
  not shown.
- A contact stands for all that were merged with it: its record and `…/statement`, and its invoices, bills, credit
  notes, vendor credits (drafts too, and as PDF) and payments. `account_amount` of a payment is null where the bank
  account is not in the scope.
- Lists and `total_count` are of these alone. Lists of entries do not come as CSV files.
- What is shown may name other objects by their ids; these ids answer 404 or 403.

`permissions` narrow it further. `allowed_addresses` of a key are the addresses and networks from which it works; from
elsewhere it is a 403 `address_not_allowed`. A key makes, changes, rotates and revokes only keys with no more than its
own permissions, scope, addresses and time.

## From web pages

A page in a browser may call the API of an organization that lists the page's origin in `cors_origins`, with a key that
may be seen by whoever uses the page: a scoped one. The list is that of the organization in the path; it counts for
preflights, answers and refusals alike. Cookies are not sent along. Pages of `http://localhost` may call test
organizations.

## Writing twice is writing once

Send an `Idempotency-Key` with every write. The same key and request get the first answer again, marked by
`Idempotent-Replayed: true`; the same key with another request is a 422 `idempotency_key_reused`; one that is still
being worked on is a 409 `request_in_progress`. Keys are kept for at least 24 hours. An answer that comes again costs no
credits.
`?dry_run=true` answers what a write would do, and does nothing.

A field that nobody reads is no error, and is ignored. The answers to most writes have an entry in `warnings` for each:
those about transactions, accounts, contacts, invoices and their like, payments, transfers, opening balances, balance
assertions, recurring transactions, drafts, reconciliations, webhooks and the organization itself, and reports asked for
by `POST`. It is `{"code": "unknown_field", "field": "date", "message": "date is not known here and was ignored; did you
mean transaction_date?"}`. A field that is shown and cannot be set, such as `status`, may be sent back as it was shown;
where it says something else, it is ignored with the same warning.

## Changing only what you have read

What can be changed is shown with an `ETag`. Send it back as `If-Match` with `PUT`, `DELETE` or an action such as
`POST …/transactions/{id}/post`: if somebody changed the object since you read it, nothing is done and the answer is a
412 `precondition_failed`. Of two changes with the same tag one wins. A balance that moves does not count as a change.
Where nothing has a tag, as with the `POST` of something new, no condition holds: that is a 412 as well.
`If-None-Match` with `GET` answers 304 without a body while your copy is still the same.

## Many at once

`POST …/transactions/batch`, `…/transactions/batch-post` and `…/accounts/batch` follow one contract. `mode` is
`independent` (each item succeeds or fails by itself), `atomic` (all or none) or `stop_on_error` (in order, up to the
first failure). Each item may have a `client_ref`, which comes back with its result. The answer is `{"object": "batch",
"mode", "dry_run", "summary", "results": [{"index", "client_ref", "status", …}]}`, in the order of the request; an error
is what a request of its own would get, with the item's place before each field: `transactions[3].entries[0].amount`. An
atomic batch that fails answers the error of its first failing item, with `details.results`.

Up to 10,000 items and 8 MiB are answered at once. A larger batch, of up to 100,000 items, is a 202 with a job;
`GET …/jobs/{id}` shows its progress and then the same answer as its `result`, with one difference: a transaction
stands there in short, without its `entries`; its `entries_query` is the address at which it stands in full.

## Lists

A list is `{"object": "list", "data": […], "has_more": …, "next_cursor": …}`. Send `next_cursor` as `cursor` for the
next page, with the same sort and filters. `limit` is 20 unless given, and at most 100; `include=total_count` counts.

- `?status=posted` or `?filters[status]=posted`: equals
- `?filters[amount][gte]=100`: an operator of `eq ne gt gte lt lte in contains isnull`, as far as it fits the field
- `?filters[metadata.project]=roof`: a key of the free map
- `?start_date=2024-01-01&end_date=2024-03-31`: both days included
- `?sort=-transaction_date,amount`: descending by date, then ascending by amount

An unknown parameter, field or operator is a 400 that lists the allowed ones.

## Two clocks

A transaction's date says when something happened. When the books learned of it is the other clock: a posting of
today may bear a date of last month. Balances, explained balances, registers and the trial balance take `known_at` and
say what the books said at that moment.

- Each of these answers carries `known_at` and a `receipt`. The same request with `known_at=<receipt>` gives the same
  answer again, to the byte, whatever was posted or reversed meanwhile, and whatever accounts were renamed or moved.
  Parameters that had a default (such as `as_of`) are those of the receipt; others ask another question at the same
  moment. A receipt covers figures, and names and places of accounts. What contacts are called, and the roles and the
  metadata by which statements arrange accounts, are always those of now.
- `known_at=2024-12-31T17:00:00Z` asks for an instant: everything posted by database transactions that began at or
  before it. One that is so recent that such a transaction may still be at work is moved back a little; `known_at` in
  the answer says to when. A moment in the future is a 400.
- The pages of a register are of one moment: that of the first page. The cursor carries it.

Lists of the journal are files too: `?format=csv`, or `Accept: text/csv`, answers all rows that match, without pages, of
one moment, as CSV (RFC 4180, UTF-8). A text that a spreadsheet would run as a formula has an apostrophe in front.

## Errors

Every error is `{"error": {"type", "code", "message", "details", "status", "request_id"}}`. Compare `code`; show
`message`. Fields at fault are in `details.fields`, keyed like `entries[0].amount`. Quote `request_id` (also in the
header `X-Request-Id`) when you ask for help.

| type | status |
| --- | --- |
| `validation_error` | 400, and 405, 411, 412, 413, 415 |
| `authentication_error` | 401 |
| `credit_limit_error` | 402 |
| `authorization_error` | 403 |
| `not_found_error` | 404 |
| `conflict_error` | 409 |
| `business_rule_error` | 422 |
| `rate_limit_error` | 429 |
| `server_error` | 500, 503 |

Each key, and each person with a session, may send a number of requests per minute: `X-RateLimit-Limit`,
`X-RateLimit-Remaining` and `X-RateLimit-Reset` say how many are left, and after too many `Retry-After` says how many
seconds to wait.
"""
