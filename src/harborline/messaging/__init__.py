"""Messaging: what may be said, in which words, when, through which carrier, and what became of it.

Terms: *notice run* (one caseload, one template), *recipient* (one row of the caseload with its decision), *message*
(one text to one number), *dispatch* (its way to the carrier), *attempt* (one hand-over), *outcome* (what the carrier
said), *receipt* (what the network said later), *sender* (a program's number at a carrier, with its pace).
Clauses: NC-CSS-22-18 (texting), MN-WIC-9.6 (texts).
Doors: `services`, `selectors`, `ports`, `facts`, and the pure `words`, `hours`, `inbound`.
"""
