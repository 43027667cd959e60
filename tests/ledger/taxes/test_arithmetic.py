"""What taxes come to: official worked examples, each with its source, and what holds for any document."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.taxes.arithmetic import TaxableLine, TaxRate, tax_document

D = Decimal


def rate(percent: str, number: int = 1, **options) -> TaxRate:
    return TaxRate(number, f"{percent} %", D(percent), **options)


def line(quantity: str, price: str, *taxes: TaxRate, discount: str = "0") -> TaxableLine:
    return TaxableLine(D(quantity), D(price), D(discount), taxes)


def worked(lines, rounding: str = "line", decimals: int = 2):
    """What a document comes to: subtotal, tax, total; and each tax of each line as base and amount."""
    found = tax_document(lines, decimals=decimals, rounding=rounding)
    taxes = [[(str(base), str(amount)) for _, base, amount in each.taxes] for each in found.lines]
    return (str(found.subtotal), str(found.tax_amount), str(found.total)), taxes


UK, UK_INCLUDED = rate("20"), rate("20", is_inclusive=True)
GST, QST, QST_BEFORE_2013 = rate("5", 1), rate("9.975", 2), rate("9.5", 2, is_compound=True)
GERMAN, GERMAN_REDUCED = rate("19", 1), rate("7", 2)
TEXAS = rate("8.25")

EXAMPLES = {
    # HMRC, VAT guide (Notice 700) 7.3: the VAT fraction of 20 % is 1/6.
    "UK VAT contained in a price": (
        [line("1", "1.20", UK_INCLUDED)], "line", 2, ("1.00", "0.20", "1.20"), [[("1.00", "0.20")]],
    ),
    # HMRC, VAT guide (Notice 700) 17.5.1 lets VAT be worked out line by line, to the nearest penny here.
    "UK VAT line by line": (
        [line("1", "0.12", UK)] * 3, "line", 2, ("0.36", "0.06", "0.42"), [[("0.12", "0.02")]] * 3,
    ),
    # The same notice, the total VAT payable on the invoice.
    "UK VAT on the total": (
        [line("1", "0.12", UK)] * 3, "document", 2, ("0.36", "0.07", "0.43"),
        [[("0.12", "0.03")], [("0.12", "0.02")], [("0.12", "0.02")]],
    ),
    # Revenu Québec, "Calculating the taxes": since 2013 the QST is 9.975 % of the price without the GST.
    "Québec, since 2013": (
        [line("1", "100", GST, QST)], "line", 2, ("100.00", "14.98", "114.98"),
        [[("100.00", "5.00"), ("100.00", "9.98")]],
    ),
    # Revenu Québec, rates of 2012: QST of 9.5 % of the price with the GST: 9.975 % in effect.
    "Québec, 2012": (
        [line("1", "100", GST, QST_BEFORE_2013)], "line", 2, ("100.00", "14.98", "114.98"),
        [[("100.00", "5.00"), ("105.00", "9.98")]],
    ),
    "Québec, 2012, taken out of the price": (
        [line("1", "114.98", rate("5", 1, is_inclusive=True), rate("9.5", 2, is_compound=True, is_inclusive=True))],
        "line", 2, ("100.00", "14.98", "114.98"), [[("100.00", "5.00"), ("105.00", "9.98")]],
    ),
    # § 14 (4) Nr. 7, 8 UStG: net amounts and tax of an invoice by rate; 19 % and 7 % (§ 12 UStG) of the sums.
    "Germany, two rates, tax on the sums": (
        [
            line("3", "4.99", GERMAN), line("1", "12.35", GERMAN_REDUCED), line("7", "0.33", GERMAN),
            line("2", "1.09", GERMAN_REDUCED),
        ],
        "document", 2, ("31.81", "4.30", "36.11"),
        [[("14.97", "2.84")], [("12.35", "0.87")], [("2.31", "0.44")], [("2.18", "0.15")]],
    ),
    # Texas Tax Code § 151.051 (6.25 %) with § 321.101 (2 % local); half-up to the cent: Comptroller's rule 3.286.
    "Texas sales tax": (
        [line("3", "19.99", TEXAS), line("1", "7.50", rate("0", 9, treatment="exempt"))], "line", 2,
        ("67.47", "4.95", "72.42"), [[("59.97", "4.95")], [("7.50", "0.00")]],
    ),
    # Directive 2006/112/EC art. 196 and 226 (11a): the customer owes the tax; the invoice charges none.
    "EU reverse charge": (
        [
            line("10", "100", rate("21", treatment="reverse_charge")),
            line("1", "50", rate("0", 2, treatment="zero_rated")),
        ],
        "line", 2, ("1050.00", "0.00", "1050.00"), [[("1000.00", "210.00")], [("50.00", "0.00")]],
    ),
    # Consumption Tax Act of Japan, qualified invoices (2023): rounded once for each rate of an invoice. JPY has no sen.
    "Japan, one rounding for each rate": (
        [line("1", "105", rate("8", 1)), line("1", "107", rate("8", 1)), line("1", "333", rate("10", 2))],
        "document", 0, ("545", "50", "595"), [[("105", "8")], [("107", "9")], [("333", "33")]],
    ),
    # Bahrain: VAT of 10 % since 2022, the dinar has 1,000 fils.
    "Bahrain, three decimals": (
        [line("1", "12.345", rate("10"))], "line", 3, ("12.345", "1.235", "13.580"), [[("12.345", "1.235")]],
    ),
    "a discount line takes its tax back": (
        [line("1", "100", UK), line("1", "-10.03", UK)], "document", 2, ("89.97", "17.99", "107.96"),
        [[("100.00", "20.00")], [("-10.03", "-2.01")]],
    ),
    "a discount in percent, and many decimals": (
        [line("0.12345678", "99.99999999", UK, discount="12.5")], "line", 2, ("10.80", "2.16", "12.96"),
        [[("10.80", "2.16")]],
    ),
    "half a unit goes away from zero, on either side": (
        [line("1", "0.125"), line("1", "-0.125"), line("0.5", "0.01"), line("1", "-0.004")], "line", 2,
        ("0.01", "0.00", "0.01"), [[], [], [], []],
    ),
    # An inclusive excise and an exclusive VAT: the VAT is counted on what the excise leaves, unless it is compound.
    "inclusive and exclusive on one line": (
        [line("1", "110", rate("10", 1, is_inclusive=True), UK)], "line", 2, ("100.00", "30.00", "130.00"),
        [[("100.00", "10.00"), ("100.00", "20.00")]],
    ),
    "a compound tax on top of an inclusive one": (
        [line("1", "110", rate("10", 1, is_inclusive=True), rate("20", 2, is_compound=True))], "document", 2,
        ("100.00", "32.00", "132.00"), [[("100.00", "10.00"), ("110.00", "22.00")]],
    ),
    "an inclusive compound tax is not counted on what is charged on top": (
        [line("1", "110", rate("50", 1), rate("10", 2, is_inclusive=True, is_compound=True))], "line", 2,
        ("100.00", "60.00", "160.00"), [[("100.00", "50.00"), ("100.00", "10.00")]],
    ),
    "compound on what the document rounded": (
        [line("1", "0.50", GST, QST_BEFORE_2013)] * 2, "document", 2, ("1.00", "0.15", "1.15"),
        [[("0.50", "0.03"), ("0.53", "0.05")], [("0.50", "0.02"), ("0.52", "0.05")]],
    ),
    "nothing": ([], "document", 2, ("0.00", "0.00", "0.00"), []),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples(name):
    lines, rounding, decimals, totals, taxes = EXAMPLES[name]
    assert worked(lines, rounding, decimals) == (totals, taxes)


def test_a_rounding_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="Rounding is one of"):
        tax_document([], decimals=2, rounding="up")


PERCENTS = st.decimals(0, 100, places=3) | st.sampled_from([D("8.25"), D("9.975"), D("20"), D("33.333333")])
NAMED = st.lists(
    st.builds(
        TaxRate,
        tax_id=st.integers(1, 10**6),
        name=st.just("tax"),
        rate=PERCENTS,
        is_compound=st.booleans(),
        is_inclusive=st.booleans(),
        treatment=st.sampled_from(["standard", "standard", "standard", "reverse_charge", "exempt"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda tax: tax.tax_id,
)


@st.composite
def documents(draw):
    taxes = draw(NAMED)
    one = st.builds(
        TaxableLine,
        quantity=st.decimals("0.001", 1000, places=3),
        unit_price=st.decimals(-1000, 100000, places=4),
        discount_percent=st.sampled_from([D(0), D(0), D("12.5"), D(100)]),
        taxes=st.lists(st.sampled_from(taxes), unique=True, max_size=4).map(tuple),
    )
    return draw(st.lists(one, max_size=12)), draw(st.sampled_from([0, 2, 3]))


@settings(max_examples=80, deadline=None)
@given(documents(), st.sampled_from(["line", "document"]))
def test_lines_add_up_to_the_document_and_to_their_prices(document, rounding):
    lines, decimals = document
    found = tax_document(lines, decimals=decimals, rounding=rounding)
    unit = D(1).scaleb(-decimals)
    assert found.subtotal == sum((each.net for each in found.lines), D(0))
    assert found.tax_amount == sum((each.tax for each in found.lines), D(0))
    assert found.total == found.subtotal + found.tax_amount == sum((each.gross for each in found.lines), D(0))
    for given_, each in zip(lines, found.lines, strict=True):
        price = (
            Fraction(given_.quantity) * Fraction(given_.unit_price) * (100 - Fraction(given_.discount_percent)) / 100
        )
        contained = [amount for tax, _, amount in each.taxes if tax.contained]
        assert abs(Fraction(each.net + sum(contained)) - price) <= Fraction(unit) / 2
        assert [tax for tax, _, _ in each.taxes] == list(given_.taxes)
        assert all(amount == 0 for tax, _, amount in each.taxes if tax.treatment == "exempt")
        for tax, base, amount in each.taxes:
            assert base == each.net or tax.is_compound
            if not tax.contained and tax.charged and tax.treatment != "exempt":
                assert abs(Fraction(amount) - Fraction(base) * Fraction(tax.rate) / 100) < Fraction(unit)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_tax_of_the_document_is_its_bases_times_its_rate_rounded_once(document):
    lines, decimals = document
    found = tax_document(lines, decimals=decimals, rounding="document")
    unit = D(1).scaleb(-decimals)
    bases, amounts = {}, {}
    for each in found.lines:
        for tax, base, amount in each.taxes:
            bases[tax] = bases.get(tax, D(0)) + base
            amounts[tax] = amounts.get(tax, D(0)) + amount
    for tax, base in bases.items():
        if not tax.is_inclusive and not tax.is_compound and tax.treatment != "exempt":
            units = Fraction(abs(base)) * Fraction(tax.rate) / 100 / Fraction(unit)
            nearest = int(
                (D(units.numerator * 2 + units.denominator) / (units.denominator * 2)).to_integral(ROUND_FLOOR)
            )
            assert abs(amounts[tax]) == nearest * unit


@settings(max_examples=60, deadline=None)
@given(st.decimals(-(10**7), 10**7, places=2), st.lists(PERCENTS, min_size=1, max_size=3), st.booleans())
def test_taking_taxes_out_of_what_they_were_put_on_gives_the_same_back(net, percents, compound):
    """Each tax was rounded once on the way and once back: a unit for each at most."""
    on_top = tuple(TaxRate(n, "t", each, compound) for n, each in enumerate(percents))
    contained = tuple(TaxRate(n, "t", each, compound, True) for n, each in enumerate(percents))
    there = tax_document([TaxableLine(D(1), net, D(0), on_top)], decimals=2, rounding="line")
    back = tax_document([TaxableLine(D(1), there.total, D(0), contained)], decimals=2, rounding="line")
    assert back.total == there.total
    assert abs(back.subtotal - net) <= D("0.01") * len(percents)
