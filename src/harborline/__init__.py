"""Harborline: how public agencies talk to families, take in their documents and exchange files.

Rooms (one Django app per capability) stand on floors; a room uses only the floors below it.
`docs/architecture.md` draws them and `pyproject.toml` holds the import contracts that keep them.
"""

__version__ = "0.1.0"
