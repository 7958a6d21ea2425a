"""The participant's portal: small pages for a phone that others may hold too.

Terms: a *visit* is what a participant has instead of an account; a *part* is one section of the portal (entering,
choices, contact, documents, looks) with its own addresses, doors and, on the first page after coming in, its cards.
Doors: `visiting` (`OwnPage`, `visit_of`), `parts` (`Card`), the templates' base `portal/base.html`.
"""
