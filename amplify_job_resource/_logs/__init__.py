"""Build logs: read what AWS keeps of a step, line by line, and find why it failed."""
