"""Workers, their training, signatures and assignments, teams, and who stands in for whom."""
