"""Sending: one dispatcher per sender holds a lease, claims little, checks again, hands over, records."""
