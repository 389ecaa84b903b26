"""What a change of inputs means, and the sentence that says so."""
