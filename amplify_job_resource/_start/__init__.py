"""Start exactly one job: look, decide, act."""
