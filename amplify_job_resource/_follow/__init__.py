"""Follow a job to its end: wait, show it, judge it, stop it."""
