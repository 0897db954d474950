"""The same study behind HTTP; no model code."""
