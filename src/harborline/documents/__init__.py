"""Documents: what people handed in, whether it is safe, and who has it now.

Terms: a *submission* is what one person handed in at one time (its *number* stands on the receipt); a *document* is one
file of it; a *chunk* is bytes of it as they came in; the *original* is those bytes, sealed as evidence and opened only
for a recorded reason; a *copy* is one page as pixels, made where nothing can be reached, and all that staff see; an
*edition* of the copies is newer than the one before (1 and up: parts are blacked out); a *verdict* is what one look
found; a *view* is that somebody looked. *Clean* is only what every look called clean.
Clauses: NC-CSS-22-18:portal-upload, NC-CSS-22-18:route-to-case-manager, MN-WIC-9.6:secure-submission-ways,
OFFSET-8.2:only-as-necessary, OFFSET-8.1:harm.
Doors: `documents.services`, `documents.selectors`, `documents.rules` (pure), `documents.facts`, `documents.ports`
(`Intake` for whatever brings papers in, `Scanner`, `Sandbox`).
"""
