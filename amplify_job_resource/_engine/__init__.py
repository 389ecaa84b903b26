"""Pulumi's engine: the link to it, the operation at hand, failures, and the dynamic plugin process."""
