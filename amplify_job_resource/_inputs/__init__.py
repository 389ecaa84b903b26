"""What is asked for: one row an input, its rules, and AWS's own limits."""
