"""Backups: taking them, looking whether they are good, restoring them, and upgrading behind one.

Terms: a *set* (one directory of sealed parts with a manifest), a *part* (one sealed file of it), the *data key* of a
set (seals its parts; itself wrapped for this home's vault and for the recovery key), the *recovery key* (a P-256 pair
whose private half is kept away from the machine), a *keys set* (the key directory alone, for the recovery key only).
Rule of the house: what was shredded stays so. No restore of tables, of keys, or of both brings it back: the journal of
erasures and the orders in the database are carried out again before anything is served.
Clauses: OFFSET-8.2:integrity, NC-CSS-22-18:keep-all-texts, NC-CSS-22-18:encryption.
"""
