"""The income statement: what was earned and spent in a period, and what is left of it.

Cost of sales are the accounts with the role ``cost_of_sales`` and what stands below them (IAS 1.103); exchange results
those with the roles of exchange gains. What closed a year is left out: a closed year shows what it earned.
"""

from collections.abc import Sequence

from organizations.money import exact, wide
from reports.behind import UNCLOSED
from reports.figures import Amounts, Chart, Place
from reports.statements import Wish, percentage, result, section

COST = ("cost_of_sales",)
EXCHANGE = ("realised_exchange", "unrealised_exchange")


@wide()
def income_statement(wish: Wish) -> dict:
    """The statement, with ``total_revenue``, ``total_expenses``, ``net_income`` and margins in percent of revenue."""
    return stated(wish, wish.books.chart(), wish.books.results(wish.columns))


@wide()
def stated(wish: Wish, chart: Chart, amounts: Sequence[Amounts]) -> dict:
    """The statement of these amounts, in base currency, a column each."""
    parts = laid_out(wish, chart, wish.at_average(amounts))
    totals = {part["name"]: part["total"] for part in parts}
    revenue, first = totals["revenue"], wish.columns[0]
    return wish.head("income_statement", "Income statement") | {
        "start_date": first.start,
        "end_date": first.end,
        "sections": parts,
        "total_revenue": revenue,
        "total_expenses": exact(revenue - totals["net_income"], wish.decimals),
        "gross_profit": totals["gross_profit"],
        "operating_result": totals["operating_result"],
        "net_income": totals["net_income"],
        "margins": {
            "gross": percentage(totals["gross_profit"], revenue),
            "operating": percentage(totals["operating_result"], revenue),
            "net": percentage(totals["net_income"], revenue),
        },
    }


def laid_out(wish: Wish, chart: Chart, amounts: Sequence[Amounts]) -> list[dict]:
    """The sections and results of earnings; the last one is net income."""
    cost, exchange = chart.below(COST), chart.below(EXCHANGE)

    def part(name: str, title: str, belongs, sign: int) -> dict:
        return section(wish, chart, amounts, name, title, belongs=belongs, sign=sign, behind=UNCLOSED)

    def is_expense(place: Place) -> bool:
        return place.account.type == "expense"

    revenue = part("revenue", "Revenue", lambda place: place.account.type == "revenue", -1)
    sold = part("cost_of_sales", "Cost of sales", lambda place: is_expense(place) and place.number in cost, 1)
    gross = result("gross_profit", "Gross profit", [(1, revenue), (-1, sold)])
    operating = part(
        "operating_expenses",
        "Operating expenses",
        lambda place: is_expense(place) and place.number not in cost | exchange,
        1,
    )
    operated = result("operating_result", "Operating result", [(1, gross), (-1, operating)])
    exchanged = part("exchange", "Exchange losses", lambda place: is_expense(place) and place.number in exchange, 1)
    others = [exchanged] if exchanged["rows"] else []
    net = result("net_income", "Net income", [(1, operated), *((-1, other) for other in others)])
    return [revenue, sold, gross, operating, operated, *others, net]
