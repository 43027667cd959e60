"""Investor statements: for each investor and period what stood, came in, was earned, was given back, and stands.

The share of the result follows the holdings day by day: the period is cut where anybody's part changes, and each
stretch is shared to the cent. All investors together are tied to the equity of the books; what is nobody's (equity
posted beside investors, shares that no one has) is printed.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts.models import RESULT_TYPES
from organizations import ids
from organizations.money import add_up, at_rate, exact, plain_rate
from organizations.tenants.models import Organization
from reports.balance_sheet import balance_sheet
from reports.figures import ZERO
from reports.investors.figures import Flow, flows_of
from reports.investors.models import Holding, Investor
from reports.investors.returns import YEAR, rate_of_return
from reports.investors.shares import percentage, share_out, standing, stretches
from reports.periods import ONE_DAY, Period
from reports.sheets import Line, Sheet
from reports.statements import Wish

COLUMNS = ("Opening", "Contributions", "Share of result", "Distributions", "Closing")


@dataclass(slots=True)
class Result:
    """What was earned in a stretch without a change of shares, and each investor's part of it."""

    period: Period
    amount: Decimal
    shares: dict[int, Decimal]


@dataclass(slots=True)
class Case:
    """All that statements of a period are made of."""

    wish: Wish
    investors: dict[int, Investor]
    holdings: list[Holding]
    flows: dict[int, list[Flow]]
    before: list[Result]
    during: list[Result]

    @property
    def period(self) -> Period:
        return self.wish.columns[0]


def investor_statements(wish: Wish, investor_id: int | None = None) -> dict:
    """The statements of all investors who have or had anything by the period's end, or of one."""
    case = _case(wish)
    chosen = [each for number, each in case.investors.items() if investor_id in (None, number)]
    rows = [_statement(case, each) for each in chosen if investor_id is not None or _has_anything(case, each)]
    period = case.period
    names = ("opening_balance", "contributions", "share_of_result", "distributions", "closing_balance")
    answer = {
        "object": "investor_statements",
        "title": "Investor statements",
        "organization_id": wish.organization.public_id,
        "currency": wish.organization.base_currency_id,
        "start_date": period.start,
        "end_date": period.end,
        "statements": rows,
        "totals": {name: exact(add_up(row[name] for row in rows), wish.decimals) for name in names},
        "equity_of_books": None,
        "not_of_investors": None,
    }
    if investor_id is None:
        equity = balance_sheet(Wish(wish.organization, [Period(None, period.end)]))["total_equity"]
        answer["equity_of_books"] = equity
        answer["not_of_investors"] = exact(equity - answer["totals"]["closing_balance"], wish.decimals)
    return answer


def _case(wish: Wish) -> Case:
    organization, period = wish.organization, wish.columns[0]
    investors = {each.pk: each for each in Investor.objects.of(organization).order_by("name", "pk")}
    holdings = list(Holding.objects.of(organization))
    flows = flows_of(organization, investors, end=period.end)
    begun = min([*(row.effective_date for row in holdings), period.start])
    whole = stretches(holdings, begun, period.end)
    cut = [Period(each.start, period.start - ONE_DAY) for each in whole if each.start < period.start <= each.end]
    found = wish.books.results([*whole, *cut])
    earning = {place.number for place in wish.books.chart().places if place.account.type in RESULT_TYPES}
    results = []
    for stretch, amounts in zip([*whole, *cut], found, strict=True):
        earned = exact(-add_up(amount for number, amount in amounts.items() if number in earning), wish.decimals)
        results.append(Result(stretch, earned, share_out(earned, holdings, stretch.end, wish.decimals)))
    before = [each for each in results[: len(whole)] if each.period.end < period.start] + results[len(whole) :]
    during = [each for each in results[: len(whole)] if each.period.end >= period.start]
    if cut:
        during[0] = _rest(during[0], results[-1], period.start)
    return Case(wish, investors, holdings, flows, before, during)


def _rest(whole: Result, earlier: Result, start: datetime.date) -> Result:
    """What is left of a stretch from a day on: so a period's closing is the next one's opening, to the cent."""
    numbers = whole.shares.keys() | earlier.shares.keys()
    shares = {number: whole.shares.get(number, ZERO) - earlier.shares.get(number, ZERO) for number in numbers}
    return Result(Period(start, whole.period.end), whole.amount - earlier.amount, shares)


def _has_anything(case: Case, investor: Investor) -> bool:
    return bool(case.flows[investor.pk]) or investor.pk in standing(case.holdings, case.period.end)


def _statement(case: Case, investor: Investor) -> dict:
    number, period, decimals = investor.pk, case.period, case.wish.decimals
    own = case.flows[number]
    now = [flow for flow in own if flow.date >= period.start]

    def put(flows: Sequence[Flow], kind: str) -> Decimal:
        return add_up(flow.amount for flow in flows if flow.kind == kind)

    earlier = [flow for flow in own if flow.date < period.start]
    opening = add_up([
        put(earlier, "contribution"), -put(earlier, "distribution"),
        *(result.shares.get(number, ZERO) for result in case.before),
    ])  # fmt: skip
    earned = add_up(result.shares.get(number, ZERO) for result in case.during)
    contributed, distributed = put(now, "contribution"), put(now, "distribution")
    closing = add_up([opening, contributed, earned, -distributed])
    holding = standing(case.holdings, period.end).get(number)
    committed, called = (holding.commitment if holding else ZERO), put(own, "contribution")
    returns = [(flow.date, -flow.amount if flow.kind == "contribution" else flow.amount) for flow in own]
    return {
        "object": "investor_statement",
        "investor_id": investor.public_id,
        "name": investor.name,
        "percentage": percentage(case.holdings, number, period.end),
        "units": None if holding is None or holding.units is None else plain_rate(holding.units),
        "opening_balance": exact(opening, decimals),
        "contributions": exact(contributed, decimals),
        "share_of_result": exact(earned, decimals),
        "distributions": exact(distributed, decimals),
        "closing_balance": exact(closing, decimals),
        "commitment": exact(committed, decimals),
        "called": exact(called, decimals),
        "uncalled": exact(max(ZERO, committed - called), decimals),
        "internal_rate_of_return": rate_of_return([*returns, (period.end, closing)]),
        "preferred_return": _preferred(investor, own, period, decimals),
        "results": [_shown(result, number, decimals) for result in case.during],
        "flows": [_flow(case.wish.organization, flow, decimals) for flow in now],
        "entries_query": case.wish.entries_query(investor.account_id, period),
    }


def _shown(result: Result, number: int, decimals: int) -> dict:
    return {
        "start_date": result.period.start,
        "end_date": result.period.end,
        "result": result.amount,
        "share": exact(result.shares.get(number, ZERO), decimals),
    }


def _flow(organization: Organization, flow: Flow, decimals: int) -> dict:
    return {
        "date": flow.date,
        "kind": flow.kind,
        "amount": exact(flow.amount, decimals),
        "entry_id": ids.encode("LED", flow.entry_id),
        "transaction_id": ids.encode("TXN", flow.transaction_id),
    }


def _preferred(investor: Investor, flows: Sequence[Flow], period: Period, decimals: int) -> dict | None:
    """What the investor is to be paid first: simple interest by days over 365 on what was put in and not given back."""
    if investor.preferred_return_rate is None:
        return None

    def until(day: datetime.date) -> Decimal:
        left, since, parts = ZERO, None, []
        for flow in [*(flow for flow in flows if flow.date <= day), None]:
            then = day if flow is None else flow.date
            if since is not None and left > 0:
                parts.append(left * (then - since).days / YEAR)
            if flow is not None:
                left = max(ZERO, left + (flow.amount if flow.kind == "contribution" else -flow.amount))
                since = flow.date
        return at_rate(add_up(parts), investor.preferred_return_rate / 100, decimals)

    whole, earlier = until(period.end), until(period.start - ONE_DAY)
    paid = add_up(flow.amount for flow in flows if flow.kind == "distribution")
    return {
        "rate": plain_rate(investor.preferred_return_rate),
        "accrued": exact(whole - earlier, decimals),
        "accrued_to_date": whole,
        "distributed_to_date": exact(paid, decimals),
    }


def statements_sheet(answer: dict, organization: str) -> Sheet:
    """All investors on one sheet, a line for each."""
    subtitle = f"{answer['start_date']} to {answer['end_date']}, in {answer['currency']}"
    lines = [Line("row", row["name"], amounts=_figures(row)) for row in answer["statements"]]
    adds = tuple((1, place) for place in range(len(lines)))
    lines.append(Line("total", "All investors", amounts=_figures(answer["totals"]), adds=adds))
    return Sheet(answer["title"], organization, subtitle, list(COLUMNS), lines)


def statement_sheet(answer: dict, organization: str) -> Sheet:
    """One investor's statement as a sheet."""
    (row,) = answer["statements"]
    subtitle = f"{answer['start_date']} to {answer['end_date']}, in {answer['currency']}"
    sheet = Sheet(f"Statement of {row['name']}", organization, subtitle, ["Amount"])
    sheet.lines = [Line("row", "Opening balance", amounts=(row["opening_balance"],))]
    for kind, name, title, sign in (
        ("contribution", "contributions", "Contributions", 1),
        ("distribution", "distributions", "Distributions", -1),
    ):
        sheet.lines += [
            Line("row", f"{title[:-1]} of {flow['date']}", level=1, amounts=(flow["amount"] * sign,))
            for flow in row["flows"]
            if flow["kind"] == kind
        ]
        sheet.lines.append(Line("row", title, amounts=(row[name] * sign,)))
    sheet.lines.append(Line("row", f"Share of the result ({row['percentage']:f} %)", amounts=(row["share_of_result"],)))
    sheet.lines.append(Line("result", "Closing balance", amounts=(row["closing_balance"],)))
    for title, amount in (("Committed", row["commitment"]), ("Still to be called", row["uncalled"])):
        if row["commitment"]:
            sheet.lines.append(Line("row", title, amounts=(amount,)))
    if row["preferred_return"] is not None:
        title = f"Preferred return at {row['preferred_return']['rate']:f} %, this period"
        sheet.lines.append(Line("row", title, amounts=(row["preferred_return"]["accrued"],)))
    if row["internal_rate_of_return"] is not None:
        sheet.subtitle += f"; internal rate of return {row['internal_rate_of_return'].normalize():f} % a year"
    return sheet


def _figures(row: Mapping[str, Decimal]) -> tuple[Decimal, ...]:
    distributed = row["distributions"]
    return (row["opening_balance"], row["contributions"], row["share_of_result"], -distributed, row["closing_balance"])
