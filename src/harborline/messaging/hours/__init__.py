"""Hours: where a number may be, and whether it is a lawful hour in every one of those places. Pure.

Terms: *candidates* (the IANA zones in which the person may be), *window* (the half-open local hours in which texts
go out, the same in every candidate).
Clauses: NC-CSS-22-18:lawful-notifications.
Doors: `candidates`, `window`, `lawful_hour`, `Window`.
"""

from harborline.messaging.hours.places import ALL_US, candidates
from harborline.messaging.hours.window import Window, lawful_hour, window

__all__ = ["ALL_US", "Window", "candidates", "lawful_hour", "window"]
