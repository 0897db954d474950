"""The JSON interface, one module per subject."""
