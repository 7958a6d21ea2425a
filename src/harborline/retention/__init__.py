"""Retention: how long a record lives, what holds it, who destroyed it and under which authority.

Terms: *series* (records of one kind, with clocks of their own), *term* (one clock: trigger, period, least or most),
*hold* (somebody's duty to keep: it always wins), *ripe* (its time is over), *disposal run* (preview, approval by
another person, execution, certificate), *adoption* (two people put a mode or version of the schedule in force),
*tombstone* (what stays where a record was), *candidate* (a record a room offers with the moments its clocks run from).
Clauses: NC-CSS-22-18:keep-all-texts, MN-WIC-9.6:text-delete-after-viewing, MN-WIC-9.6:email-minimum-time,
OFFSET-8.2:systems-controls.
Doors: `retention.services` (place_hold, confirm_hold, ask_release, release_hold, prepare_run, approve_run, execute_run,
may_destroy, destroy_overdue, adopt, approve_adoption, tell_program_event, take_previews, note_closings),
`retention.selectors` (limits, in_force, previews, holds, runs, certificate, destroyed), `retention.ports.Disposable`
(served by each room that holds records, under the name of its series), `retention.ports.Parties`.
"""
