"""The consent centre: what was agreed and when, and what a participant may choose."""
