"""Coming in: the program's public page, a code, a second item, and out again."""
