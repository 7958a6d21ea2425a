"""Key holders: a directory of 0600 files (default); PKCS#11 and cloud services come as further adapters."""

from harborline.adapters.keys.directory import DirectoryKeys, MemoryKeys

__all__ = ["DirectoryKeys", "MemoryKeys"]
