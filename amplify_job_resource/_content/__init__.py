"""What is deployed: the files of a source, their digests, and the zip that carries them."""
