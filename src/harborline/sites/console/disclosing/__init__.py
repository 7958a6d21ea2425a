"""Pages on who learns what: a person's protected fields, what was told outside, what waits, the written policy."""
