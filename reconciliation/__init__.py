"""Does the bank agree: statements, matching, reconciliation sessions."""
