"""What is kept: the database, the pictures' bytes, and reading both. Knows no rules and no HTTP."""
