"""What a user's program hands to a `Job`, on its way to the engine."""
