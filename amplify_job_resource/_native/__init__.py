"""The native front: a provider plugin of its own, for every language of Pulumi's."""
