"""Telling somebody outside: agencies, courts, parents, partners."""
