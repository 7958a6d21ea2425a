"""Disclosure: may this worker, partner, court or parent learn this field for this purpose; who learned it before.

Terms: the *policy* says for purpose, role and group of fields whether a field is *clear*, *masked* (its last four
signs), *hidden* (named, never shown) or *blocked* (not even named); to *reveal* is to open one field of one person,
recorded before it is shown; a *tie* is what connects a worker with a person (caseload, team, supervisor, stand-in,
recent contact, or a *glass broken* in an emergency); *whereabouts* are address, employer and school; a *shield* stands
before the whereabouts of protected people and never announces itself; an *override* is a court's word, used once;
*federal tax information* (FTI) is what came from a tax source or was made of it; a *release* tells somebody outside.
Clauses: OFFSET-8.0:by-factor, OFFSET-8.1, OFFSET-8.2:only-as-necessary, OFFSET-8.2:data-by-purpose,
OFFSET-8.3:exchange-safeguarded, OFFSET-8.4:tax-refund, NC-CSS-22-18:every-transmission-confidential,
NC-CSS-22-18:pii-fti-in-texts, MN-WIC-9.6:safeguards-private-data.
Doors: `disclosure.services`, `disclosure.selectors`, `disclosure.facts`, `disclosure.rules`, `disclosure.ports`.
"""
