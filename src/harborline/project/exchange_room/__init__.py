"""What `harborline exchange` does, as the worker who acts: looking, and taking steps."""
