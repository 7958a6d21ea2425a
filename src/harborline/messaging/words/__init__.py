"""Words: what a text may say, how it is written down, and what it costs to send. Pure, no database.

Terms: a *segment* is one part of a text as carriers count it; a *template* is an approved wording per language with
typed *placeholders* and nothing else that varies; *tidy* is the one spelling of typographic variants; the *guard*
judges the final text and names every *finding* with the clauses it breaks.
Clauses: MN-WIC-9.6:text-no-private, text-no-abbreviations, text-easy, text-no-asking, safeguards-private-data;
NC-CSS-22-18:pii-fti-in-texts, lawful-notifications.
Doors: `segments`, `numbers`, `templates`, `guard`, `rules`.
"""
