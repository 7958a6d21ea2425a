"""Recovery: what a restored database has forgotten, and why nothing is sent until that is made good.

Tables that were restored end at some moment; the world did not. People asked to stop after it, texts went out after it,
entries of the log were signed and published after it. So every restore holds all sending of every program until three
things were reconciled and two people release it.
Terms: *hold* (no text of a program leaves), *as of* (the moment at which the restored tables end), *to reconcile* (to
bring in, from outside, what happened since: stops, the log, what the provider sent), *set back* (tables older than what
was published, without anybody having said that they were restored).
Clauses: NC-CSS-22-18:opt-in, MN-WIC-9.6:permission-first, NC-CSS-22-18:lawful-notifications, OFFSET-8.2:integrity.
Doors: `recovery.services` (hold, reconcile, release), `recovery.selectors` (`sending_held`, `sent_already`),
`recovery.facts`, `recovery.rules`, `recovery.ports` (`Registers`, `SenderGate`).
"""
