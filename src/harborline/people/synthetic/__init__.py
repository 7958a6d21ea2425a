"""Invented people for the demo, the tests and the benchmarks: the same seed makes the same people.

Names are our own lists, telephone numbers are of the fictional range 555-01XX, addresses do not exist.
`plan` invents a program's households, `files` writes them as feed files and a caseload, `settle` brings them in.
"""

from harborline.people.synthetic.files import SyntheticFiles, write_program
from harborline.people.synthetic.settle import settle_program

__all__ = ["SyntheticFiles", "settle_program", "write_program"]
