"""What leaves a run on paper: who was not reached, letters to them, bad rows, the proof of one text."""
