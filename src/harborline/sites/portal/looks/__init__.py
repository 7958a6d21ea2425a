"""Who looked: what a participant learns of who opened their records, by role and program alone."""
