"""Bars of a statement's figures over its columns, in Chart.js's own form. Amounts go out as exact JSON numbers."""

from organizations.wire.rendering import dumps

#: Which sections and results are drawn, by report.
DRAWN = {
    "balance_sheet": ("assets", "liabilities", "equity"),
    "income_statement": ("revenue", "expenses", "net_income"),
    "cash_flow": ("net_change", "closing_cash"),
}
COLOURS = ("var(--color-primary-600)", "var(--color-base-300)", "var(--color-base-500)")
LOOK = {"borderRadius": 4, "maxBarThickness": 22}
OPTIONS = {
    "maintainAspectRatio": False,
    "animation": False,
    "plugins": {"legend": {"position": "top", "align": "end", "labels": {"boxWidth": 10, "boxHeight": 10}}},
    "scales": {"x": {"grid": {"display": False}}, "y": {"beginAtZero": True, "border": {"display": False}}},
}


def bars(labels: list[str], sets: list[tuple[str, list]]) -> dict[str, str]:
    """The data and options of a chart with a set of bars for each title."""
    coloured = zip(sets, COLOURS, strict=False)
    data = {
        "labels": labels,
        "datasets": [
            {"label": title, "data": own, "backgroundColor": colour, **LOOK} for (title, own), colour in coloured
        ],
    }
    return {"data": dumps(data).decode(), "options": dumps(OPTIONS).decode()}


def trend(statement: dict) -> dict[str, str] | None:
    """The chart of a statement with several columns, the earliest first; None of one column."""
    if len(statement["columns"]) < 2:
        return None
    labels = [column["label"] for column in reversed(statement["columns"])]
    parts = {part["name"]: part for part in statement["sections"]}
    if statement["object"] == "income_statement":
        spent = [
            gone - left for gone, left in zip(parts["revenue"]["totals"], parts["net_income"]["totals"], strict=True)
        ]
        parts["expenses"] = {"title": "Expenses", "totals": spent}
    drawn = [parts[name] for name in DRAWN[statement["object"]]]
    return bars(labels, [(part["title"], list(reversed(part["totals"]))) for part in drawn])
