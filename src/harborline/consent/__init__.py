"""Consent: whether this person may be contacted on this channel, platform and number, on which evidence, until when.

Terms: a *permission* may be spoken (temporary); a *release* is signed; an *opt-in* comes by keyword, app or portal
and covers its *platform* only (`notices`: this texting service; `contact-us`: the portal's thread); a *withdrawal*
comes by any reasonable means; a *stop* silences a number for every program of the agency; a *possible opt-out* holds
the number until staff look. A permission belongs to an adult party (parent, guardian, proxy), never to a dependent,
and to one number: when the number changes it ends. States are derived from today's facts, never stored.
Clauses: NC-CSS-22-18:opt-in, NC-CSS-22-18:opt-in-monitored, MN-WIC-9.6:permission-first,
MN-WIC-9.6:text-must-document-permission, MN-WIC-9.6:text-app-opt-in, MN-WIC-9.6:contact-us-opt-in,
MN-WIC-9.6:contact-us-other-platform, MN-WIC-9.6:verbal-temporary, MN-WIC-9.6:written-at-next-contact,
MN-WIC-9.6:release-statement.
Doors: `consent.services`, `consent.selectors`, `consent.facts`, `consent.rules.may_text` (pure).
"""
