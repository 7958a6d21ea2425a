"""Hygiene: is a number still its owner's? Questions to a register of reassigned numbers, and files of dead numbers.

Terms: *register* (the Reassigned Numbers Database and its resellers: asked with a number and a date, it says whether
the number was given up since), *deactivation file* (a carrier's list of numbers switched off).
Clauses: NC-CSS-22-18:opt-in, MN-WIC-9.6:safeguards-private-data. Source: 47 CFR 64.1200(l), (m); CTIA principles 5.1.5.
Doors: services (`questions`, `ask_register`, `take_answers`, `take_deactivations`), ports (`NumberRegister`).
"""
