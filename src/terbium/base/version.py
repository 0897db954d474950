"""The version of the code, in the one place that packaging, manifests and ``--version`` read."""

__version__ = "0.1.0"
