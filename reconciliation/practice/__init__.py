"""A made-up year at the bank and in the books, with the truth beside it: what matching is judged by."""
