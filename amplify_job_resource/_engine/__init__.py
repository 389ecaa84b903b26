"""Pulumi's plugin process of dynamic providers."""
