"""Which bank lines are which entries of the books: candidates, points, the best assignment. Pure, no database."""
