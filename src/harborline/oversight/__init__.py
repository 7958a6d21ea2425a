"""Oversight: what leaves for a court, an auditor or the person themselves, and who asked for it.

Terms: *export* (the record of one selection of texts, packed so that it proves itself elsewhere), *selection* (a
person, a case, a number, a span of time), *subject* (the one person a bundle is about; a bundle about several has
none), *third party* (everybody else on the cases), *legal basis* (why it may leave), *transcript* (the same for people
to read, PDF), *evidence* (entries, openings and proofs for machines to check), *sample* (entries an auditor drew by
lot).
Clauses: NC-CSS-22-18:keep-all-texts, OFFSET-8.1:harm, OFFSET-8.1:protective-order, OFFSET-8.2:only-as-necessary,
OFFSET-8.2:routine-monitoring, MN-WIC-9.6:safeguards-private-data.
Doors: `oversight.services` (ask_export, approve_export, make_export; draw_sample, open_sample, evidence_of),
`oversight.selectors` (exports, export, samples),
`oversight.ports` (RecordProver, PartyBook, ConsentRecords, LogKeys).
`verify_bundle.py` travels inside every export and imports nothing of ours.
"""
