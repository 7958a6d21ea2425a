"""Answering: what a person's own text does (stop, start, help, opt in) and the one text that says so."""
