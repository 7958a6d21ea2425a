"""Ledger: the record that proves itself.

One append-only Merkle log (RFC 6962) per installation, published in the C2SP form (signed-note, tlog-checkpoint,
tlog-tiles, tlog-proof), so that software we did not write can check it.
Terms: *entry* (one recorded act; its public part holds a random id and two commitments, nothing else), *content*
(what happened, sealed, apart from the entry, destroyed alone), *pending* (recorded, not yet in the tree), *sequencer*
(the one process that orders entries and signs), *checkpoint* (signed size and root), *tile* (256 hashes of one level),
*bundle* (256 entries), *edge* (the unfinished right side of the tree), *opening* (what shows one committed field).
Clauses: OFFSET-8.2:integrity, OFFSET-8.2:routine-monitoring, CA-CSS-03-11:safeguards, NC-CSS-22-18:keep-all-texts.
Doors: `ledger.services` (record, record_batch, record_apart, append_many), `ledger.selectors` (proof_of, entries_of,
opened, standing), `ledger.evidence` (pure: proofs, openings, checkpoints, verify_log), `ledger.ports.Sealer`,
`ledger.sequencer.run_sequencer`, `ledger.verify_command.app`.
Nothing but models, services and selectors imports Django: a published log is verified without it.
"""
