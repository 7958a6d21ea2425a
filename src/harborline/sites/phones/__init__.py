"""Simulated handsets: what texts look like where they arrive, and what answers do. Demonstration only."""
