"""Key holders: a directory of 0600 files (default) and memory; the root key in a token is `adapters.pkcs11`."""

from harborline.adapters.keys.directory import DirectoryStore, FileRoot
from harborline.adapters.keys.journal import FileJournal
from harborline.adapters.keys.memory import MemoryJournal, MemoryRoot, MemoryStore

__all__ = ["DirectoryStore", "FileJournal", "FileRoot", "MemoryJournal", "MemoryRoot", "MemoryStore"]
