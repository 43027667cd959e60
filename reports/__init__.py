"""What does it mean: one module per report, read from totals."""
