"""Wording: how a template comes to be used. A county proposes, the state reviews and approves; what was approved stays.

Terms: a *version* is one wording of a template in all its languages and never changes; *ready* templates come with
Harborline and count as approved; *discreet* wording is what a person gets who asked that texts tell nothing.
Clauses: NC-CSS-22-18:county-needs, state-text-service; MN-WIC-9.6:text-easy, text-no-abbreviations.
Doors: services (`propose`, `decide`, `retire`), selectors (`approved`, `versions`, `version`).
"""
