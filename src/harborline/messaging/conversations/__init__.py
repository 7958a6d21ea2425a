"""Conversations: what people write to us, who reads it, who answers, and when the words go.

Terms: a *thread* is one person's texts on one platform, started by the person, never by us; a *thread text* is one
inbound text as the one it is for has it; an *opening* is somebody reading its words; *closing* needs what was asked,
and where texts are destroyed after viewing (profile `retention.texts`) the words go with it; a *crisis alert* goes to
a named person *on call*, and on to the next, until somebody acknowledges it.
Clauses: MN-WIC-9.6:text-delete-after-viewing, MN-WIC-9.6:text-warn-and-redirect, MN-WIC-9.6:contact-us-opt-in,
MN-WIC-9.6:contact-us-other-platform, MN-WIC-9.6:contact-us-no-documents, MN-WIC-9.6:contact-us-no-private-reply,
NC-CSS-22-18:no-staff-texting, NC-CSS-22-18:keep-all-texts, NC-CSS-22-18:no-handset-copies.
Doors: `messaging.services.conversations` (write), `messaging.selectors.inbox` (read), `messaging.ports`.
"""
