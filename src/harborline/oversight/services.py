"""What others may ask oversight to do.

An export takes three steps: `ask_export`, (`approve_export` by somebody else where texts are kept sealed), each in a
unit of work of the caller, and `make_export`, which opens its own. Its file is handed out then, by `keep` or as a
download.
"""

from harborline.oversight.exporting import Packed, approve_export, ask_export, check_free, keep, make_export

__all__ = ["Packed", "approve_export", "ask_export", "check_free", "keep", "make_export"]
