"""Kinds of jobs, one module each; ``kinds.py`` lists them.

Nothing is imported here, so that a process which is told its kinds loads those and no others.
"""
