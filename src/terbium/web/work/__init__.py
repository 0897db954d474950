"""Kinds of jobs: what is asked, how its result is addressed, who makes it."""
