"""The documentation site: pages made from data and code, and pages made fit for a strict policy."""
