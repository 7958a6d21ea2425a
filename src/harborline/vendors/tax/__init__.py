"""Contractors who see federal tax information: fields with legal basis and dates, notice, visits, certification."""
