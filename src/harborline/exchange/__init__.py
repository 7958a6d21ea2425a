"""Exchange: which partner gets or sends which file, when, encrypted how, acknowledged by whom.

Terms: a *partner* is an organisation files go to or come from; an *agreement* is what one data flow with it is bound
to (data, purpose, direction, layout, naming, window, calendar, encryption, receipts, expiry), in *versions* of which
one is in force; a *credential* is a key the partner signs in with; a *mailbox* is a folder of an agreement as the
partner sees it; an *upload* is bytes that came in and are not complete; a *transmission* is one completed delivery
(one or more files under one id); a *manifest* is what the sender says of it; a *receipt* is our signed word about it:
landed, validated, processed; *quarantine* is where a transmission waits that nobody may read before two people say so.
Names a partner uses are rows, contents are sealed blobs: no path on this machine is ever made of a partner's words.
Clauses: CA-CSS-03-11:secure-connection, CA-CSS-03-11:not-email, CA-CSS-03-11:all-files-by-transfer,
CA-CSS-03-11:no-mailed-media, CA-CSS-03-11:prevent-unauthorised, CA-CSS-03-11:safeguards, OFFSET-8.3:return.
Doors: `exchange.services`, `exchange.selectors`, `exchange.rules` (pure), `exchange.facts`, `exchange.ports`
(`Mailboxes` for those who speak a transfer protocol).
"""
