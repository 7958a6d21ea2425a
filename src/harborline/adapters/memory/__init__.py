"""Carriers that forget everything with the process: for tests of other rooms."""

from harborline.adapters.memory.carrier import MemoryCarrier

__all__ = ["MemoryCarrier"]
