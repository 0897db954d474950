"""Builders of the shipped dataset, one module per subject."""
