"""Makes pixel copies of papers where nothing can be reached: `documents.ports.Sandbox` with bubblewrap.

The child (`child.py`) knows no key, no network, no file of this machine but Python and its libraries. What it answers
is taken apart here byte by byte; nothing it says is believed but sizes, and these are checked.
"""
