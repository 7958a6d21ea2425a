"""The groups of the `harborline` command, one module each."""
