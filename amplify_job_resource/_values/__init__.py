"""Small values and how they are written: text, durations, times, commits, URNs."""
