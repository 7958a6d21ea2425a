"""Functions in the database about held values and what stands before them; see `people.oracles`."""

from __future__ import annotations

from harborline.people.facts import TAX_SOURCES, WHEREABOUTS

_HERE = (
    "{t}.program = current_setting('harborline.program', true)"
    " AND (current_setting('harborline.counties', true) = '*'"
    " OR {t}.county = ANY (string_to_array(current_setting('harborline.counties', true), ',')))"
)
# Never laxer than the database's own clock, whatever moment the caller names: a demonstration's clock is moved, and who
# asks with a moment before a protection began, or after it ended, finds it standing all the same.
STANDS = (
    "r.ended_at IS NULL AND r.from_at <= greatest(moment, clock_timestamp())"
    " AND (r.until_at IS NULL OR r.until_at > least(moment, clock_timestamp()))"
)
# A participant's own session is answered about that person alone.
_OWN_SESSION = "coalesce(current_setting('harborline.person', true), '')"
_OWN_PARTICIPANTS = (
    f"({_OWN_SESSION} = ''"
    " OR {t}.id = ANY (string_to_array(current_setting('harborline.participants', true), ',')::uuid[]))"
)
_WHERE = ", ".join(f"'{name}'" for name in sorted(WHEREABOUTS))
# Planned once for a connection: planning them for each person anew took three quarters of their time.
ONCE = "SET plan_cache_mode = force_generic_plan"
_TAX = ", ".join(f"'{name}'" for name in sorted(TAX_SOURCES))

# own: a standing protection of the person, of a minor they care for, or, for a minor, of the adult who cares for them.
# shared: a standing protection of anybody who is or was a party of a case where this person is or was one.
# For the functions of the database alone (`_inside`): what a caller says of itself changes nothing about a shield.
# `OFFSET 0` as in `people.oracles`.
_SHIELDED_INSIDE = f"""
CREATE OR REPLACE FUNCTION people_shielded_inside(persons uuid[], moment timestamptz)
RETURNS TABLE (n int, own boolean, shared boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off {ONCE} ROWS 100
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
WITH asked AS MATERIALIZED (
  SELECT k.n::int AS n, k.person FROM unnest(persons) WITH ORDINALITY AS k(person, n)
), together AS MATERIALIZED (
  SELECT a.n, a.person AS person_id, true AS lives_with FROM asked a
  UNION ALL
  SELECT a.n, them.person_id,
         mine.ended_at IS NULL AND theirs.ended_at IS NULL AND mine.adult <> theirs.adult
           AND (CASE WHEN mine.adult THEN mine.role ELSE theirs.role END) <> 'noncustodial-parent'
    FROM asked a
   CROSS JOIN LATERAL (SELECT p.id, p.person_id, p.program
                       FROM people_participant p WHERE p.person_id = a.person OFFSET 0) me
   CROSS JOIN LATERAL (SELECT y.case_id, y.participant_id, y.role, y.adult, y.ended_at
                       FROM people_caseparty y WHERE y.participant_id = me.id OFFSET 0) mine
   CROSS JOIN LATERAL (SELECT y.case_id, y.participant_id, y.role, y.adult, y.ended_at
                       FROM people_caseparty y WHERE y.case_id = mine.case_id OFFSET 0) theirs
   CROSS JOIN LATERAL (SELECT p.id, p.person_id, p.program
                       FROM people_participant p WHERE p.id = theirs.participant_id OFFSET 0) them
), flagged AS MATERIALIZED (
  SELECT t.n, bool_or(t.lives_with) AS own
    FROM together t
   CROSS JOIN LATERAL (SELECT p.ended_at, p.from_at, p.until_at
                       FROM people_protection p WHERE p.person_id = t.person_id OFFSET 0) r
   WHERE {STANDS}
   GROUP BY t.n
)
SELECT a.n, coalesce(f.own, false), f.n IS NOT NULL FROM asked a LEFT JOIN flagged f ON f.n = a.n;
END $$
"""

# The same for callers: about persons of the context's agency, in a participant's own session about that person alone,
# and nothing there of whoever else is on a case.
# Whoever gets no answer takes the person for shielded.
_SHIELDED = f"""
CREATE OR REPLACE FUNCTION people_shielded(persons uuid[], moment timestamptz)
RETURNS TABLE (n int, own boolean, shared boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off {ONCE} ROWS 100
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
SELECT s.n, s.own, s.shared OR {_OWN_SESSION} <> ''
  FROM people_shielded_inside(persons, moment) s
 CROSS JOIN LATERAL (SELECT p.agency FROM people_person p WHERE p.id = persons[s.n] OFFSET 0) o
 WHERE o.agency = current_setting('harborline.agency', true) AND {_OWN_SESSION} IN ('', persons[s.n]::text);
END $$
"""

# What is held about participants, without the values. Of a shielded person's whereabouts nothing is listed.
HELD = f"""
CREATE OR REPLACE FUNCTION people_held(participants uuid[], moment timestamptz)
RETURNS TABLE (id uuid, participant_id uuid, field varchar, source varchar, entered_at timestamptz,
               verified_by varchar, verified_at timestamptz, origins text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off {ONCE} ROWS 20
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
WITH RECURSIVE newest AS (
  SELECT DISTINCT ON (h.participant_id, h.field) h.*
    FROM people_heldfield h
   WHERE h.participant_id = ANY (participants) AND {_HERE.format(t="h")}
     AND h.participant_id IN (SELECT t.id FROM people_participant t
                               WHERE t.id = ANY (participants) AND {_OWN_PARTICIPANTS.format(t="t")})
   ORDER BY h.participant_id, h.field, h.entered_at DESC, h.id DESC
), made (held, origin) AS (
  SELECT w.id, w.id FROM newest w
  UNION
  SELECT m.held, part FROM made m JOIN people_heldfield h ON h.id = m.origin, unnest(h.derived_from) AS part
), hidden AS MATERIALIZED (
  SELECT t.id FROM people_participant t
   WHERE t.id = ANY (participants) AND (SELECT s.own FROM people_shielded_inside(ARRAY[t.person_id], moment) s)
)
SELECT w.id, w.participant_id, w.field, w.source, w.entered_at, w.verified_by, w.verified_at,
       array(SELECT DISTINCT h.source::text FROM made m JOIN people_heldfield h ON h.id = m.origin WHERE m.held = w.id)
  FROM newest w
 WHERE w.sealed IS NOT NULL
   AND NOT (w.field IN ({_WHERE}) AND w.participant_id IN (SELECT hidden.id FROM hidden));
END $$
"""

# What decides about opening a value of a participant, inside the caller's own walls: see `holding.person_at_hand`.
AT_HAND = f"""
CREATE OR REPLACE FUNCTION people_at_hand(who uuid, moment timestamptz)
RETURNS TABLE (county varchar, person_id uuid, source varchar, identity bytea, own boolean, shared boolean,
               managers text[], protections_as_of timestamptz, persons uuid[], sources varchar[], identities bytea[])
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp {ONCE} ROWS 1
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
SELECT t.county, t.person_id, p.source, p.identity, s.own, s.shared,
       array(SELECT DISTINCT m.worker_number::text
               FROM people_caseparty y
               JOIN people_case c ON c.id = y.case_id AND c.open
               JOIN people_casemanagerassignment m ON m.case_id = y.case_id AND m.until_at IS NULL
              WHERE y.participant_id = t.id AND y.ended_at IS NULL),
       (SELECT max(f.as_of) FROM people_feedimport f WHERE f.program = t.program AND f.kind = 'protections'),
       b.persons, b.sources, b.identities
  FROM people_participant t
  JOIN people_person p ON p.id = t.person_id
  JOIN LATERAL people_shielded(ARRAY[t.person_id], moment) s ON true
  JOIN LATERAL (SELECT array_agg(o.id) AS persons, array_agg(o.source) AS sources, array_agg(o.identity) AS identities
                  FROM people_caseparty mine
                  JOIN people_caseparty theirs ON theirs.case_id = mine.case_id
                  JOIN people_participant q ON q.id = theirs.participant_id AND q.person_id <> t.person_id
                  JOIN people_person o ON o.id = q.person_id
                 WHERE mine.participant_id = t.id) b ON true
 WHERE t.id = who;
END $$
"""

# Where letters go is opened by `disclosure.oracles` now, for an order that two people made.
_NO_POSTAL = "DROP FUNCTION IF EXISTS people_postal(uuid[], timestamptz)"

# Every address ever held, so that an export can black it out wherever it was written; for that purpose only.
REDACTABLE = f"""
CREATE OR REPLACE FUNCTION people_redactable(participants uuid[])
RETURNS TABLE (participant_id uuid, field varchar, sealed bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
SELECT h.participant_id, h.field, h.sealed
  FROM people_heldfield h
 WHERE current_setting('harborline.purpose', true) = 'export' AND {_OWN_SESSION} = ''
   AND h.participant_id = ANY (participants)
   AND h.field IN ('address', 'substitute-address') AND h.sealed IS NOT NULL AND {_HERE.format(t="h")};
END $$
"""

held_oracles: list[str] = [_SHIELDED_INSIDE, _SHIELDED, HELD, AT_HAND, _NO_POSTAL, REDACTABLE]
