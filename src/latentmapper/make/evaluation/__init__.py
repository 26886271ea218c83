"""Metrics, the protocol they are measured under, and the tables."""
