"""The kernel: frozen flat arrays in, states and flows out; no YAML, no law, no labels."""
