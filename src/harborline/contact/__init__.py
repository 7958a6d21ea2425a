"""Contact: what people ask us in the portal, who answers, and until when.

Terms: a *contact* is one question with everything said about it, begun by the person and never by us; an *entry* is
one thing that was said or happened in it; *waiting on us* and *waiting on the person* say who is next; *answer by* is
the end of the business day until which we answer; *passing on* gives a contact to another office; a *danger alert*
goes to whoever is on call because somebody wrote words of violence or self-harm.
Clauses: MN-WIC-9.6:contact-us-opt-in, MN-WIC-9.6:contact-us-no-documents, MN-WIC-9.6:contact-us-no-private-reply,
MN-WIC-9.6:text-app-opt-in, MN-WIC-9.6:text-warn-and-redirect, NC-CSS-22-18:route-to-case-manager,
NC-CSS-22-18:portal-upload, OFFSET-8.1:harm, OFFSET-8.2:only-as-necessary.
Doors: `contact.services` (write), `contact.selectors` (read), `contact.facts`, `contact.rules`.
"""
