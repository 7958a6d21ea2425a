"""Inbound: what a person's own text asks for and gives away. Pure, no database.

Terms: an *opt-out tier* is `exact` (the bare word), `clear` (a reasonable person reads it as "no more texts to this
number"), `possible` (a person must look, sends wait) or `none`; *start* and *help* ask for texts again or who writes;
*crisis* is present danger to somebody; *private* names what the sender gave away.
Clauses: NC-CSS-22-18:opt-in, MN-WIC-9.6:permission-first (a stop ends the permission),
MN-WIC-9.6:text-warn-and-redirect.
Doors: `classify`, `rules`.
"""
