"""The command line: options in, calls of the study out; no logic."""
