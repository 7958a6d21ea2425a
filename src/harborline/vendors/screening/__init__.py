"""Screening: whether a company's name or identifiers stand on a list of prohibited vendors. Pure; no database.

Terms: a *list* is dated rows of law (law/lists/vendors); an *entry* is one row; a *party* is a company behind entries
with its *marks* (names, each with relation, source and confidence); a *reading* is one way to read a name; *match* must
be adjudicated, *review* must be looked at, *clear* means no hit on these lists and nothing more.
Clauses: MN-WIC-9.6:prohibited-vendors, MN-WIC-9.6:vendor-lists.
Source of the method: distinctive words with an alias table; 889(f)(3); 47 CFR 2.903 for what an affiliate is.
"""
