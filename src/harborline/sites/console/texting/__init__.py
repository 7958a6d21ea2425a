"""Pages of texting: what was sent in pictures, words and their approval, conversations, what waits, transcripts."""
