"""Vendors: whether a company may see anything: which program's written permission, for what, until when.

Terms: a *vendor* is a company (the simulated carrier is one too); a *connector* is the adapter that reaches it; an
*approval* is a program's prior written permission for a purpose and data elements, with its document.
Clauses: NC-CSS-22-18:prior-written-permission, NC-CSS-22-18:no-third-party-yet, NC-CSS-22-18:exclusive-vendor,
MN-WIC-9.6:text-no-free-service.
Doors: `vendors.services`, `vendors.selectors`, `vendors.rules.may_carry` (pure), `vendors.facts`.
"""
