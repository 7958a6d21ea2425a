"""What others may ask oversight to do.

An export takes three steps, each in a unit of work of its own: `ask_export`, (`approve_export` by somebody else where
texts are kept sealed), `make_export`. Its file is handed out, by `keep` or as a download, once the last is committed.
"""

from harborline.oversight.exporting import Packed, approve_export, ask_export, check_free, keep, make_export

__all__ = ["Packed", "approve_export", "ask_export", "check_free", "keep", "make_export"]
