"""What Hypothesis makes up for the state machine: days, kinds of transactions, lines as somebody might wish them."""

import datetime
from decimal import Decimal

from hypothesis import strategies as st

RATES = tuple(map(Decimal, ("1.10", "0.5", "100", "0.0093", "1.33333333333")))

picks = st.integers(0, 999)
dates = st.dates(datetime.date(2023, 12, 28), datetime.date(2024, 3, 3))
sides = st.sampled_from(("debit", "credit"))
wished_lines = st.tuples(picks, sides, st.integers(100, 10**9), st.integers(0, len(RATES)))
wished_entries = st.tuples(
    st.lists(wished_lines, min_size=1, max_size=4),
    st.sampled_from(("balanced", "balanced", "balanced", "a cent too much")),
    picks,
)
kinds = st.sampled_from(("journal", "journal", "income", "expense", "transfer"))
