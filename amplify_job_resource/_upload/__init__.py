"""The upload of what is deployed to the signed address that AWS gives for it."""
