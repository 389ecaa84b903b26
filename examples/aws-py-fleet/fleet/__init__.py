"""Release many branches in many stacks, on the workers of a Dask cluster."""
