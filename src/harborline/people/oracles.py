"""Functions in the database that look across counties and answer yes or no.

They answer for the agency of the context only, and about persons the caller already holds the id of.
"""

from __future__ import annotations

from harborline.people.held_sql import ONCE, STANDS, held_oracles

# In plpgsql because its plans are kept from call to call; along indexes because what was just imported has no
# statistics yet, and a plan made for an empty table would compare every pair.
# One answer for each pair of person and number, in the order given (n counts from 1).
# protected: a standing protection of the person, or of a minor on a case where the person is the caring adult.
# texts_chosen: each of those protections says that texts were chosen.
# conflict: the other parent on one of the person's cases, in any county, uses or used this number, or the person
# and that parent once shared it.
# Every step is a look along one index, in the order written, because `OFFSET 0` lets the planner move nothing: with the
# statistics of tables that were empty a moment ago it once chose a plan that ran for half an hour.
_FLAGS = f"""
CREATE OR REPLACE FUNCTION people_flags(persons uuid[], phones bytea[], moment timestamptz)
RETURNS TABLE (n int, protected boolean, texts_chosen boolean, conflict boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off {ONCE} ROWS 1000
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
WITH asked AS MATERIALIZED (
  SELECT k.n::int AS n, k.person, k.phone
    FROM unnest(persons, phones) WITH ORDINALITY AS k(person, phone, n)
), here AS MATERIALIZED (
  SELECT a.n
    FROM asked a
   CROSS JOIN LATERAL (SELECT p.agency FROM people_person p WHERE p.id = a.person OFFSET 0) o
   WHERE o.agency = current_setting('harborline.agency', true)
     AND coalesce(current_setting('harborline.person', true), '') IN ('', a.person::text)
), own AS MATERIALIZED (
  SELECT a.n, bool_and(r.texts_chosen) AS chosen
    FROM asked a
   CROSS JOIN LATERAL (SELECT p.ended_at, p.from_at, p.until_at, p.texts_chosen
                       FROM people_protection p WHERE p.person_id = a.person OFFSET 0) r
   WHERE {STANDS}
   GROUP BY a.n
), minors AS MATERIALIZED (
  SELECT DISTINCT a.n, child.participant_id
    FROM asked a
   CROSS JOIN LATERAL (SELECT p.id, p.person_id, p.program
                       FROM people_participant p WHERE p.person_id = a.person OFFSET 0) grown
   CROSS JOIN LATERAL (SELECT y.case_id, y.participant_id, y.role, y.adult, y.ended_at
                       FROM people_caseparty y WHERE y.participant_id = grown.id OFFSET 0) carer
   CROSS JOIN LATERAL (SELECT y.case_id, y.participant_id, y.role, y.adult, y.ended_at
                       FROM people_caseparty y WHERE y.case_id = carer.case_id OFFSET 0) child
   WHERE grown.program = current_setting('harborline.program', true)
     AND carer.ended_at IS NULL AND carer.adult AND carer.role <> 'noncustodial-parent'
     AND NOT child.adult AND child.ended_at IS NULL
), cared AS MATERIALIZED (
  SELECT m.n, bool_and(r.texts_chosen) AS chosen
    FROM minors m
   CROSS JOIN LATERAL (SELECT p.id, p.person_id, p.program
                       FROM people_participant p WHERE p.id = m.participant_id OFFSET 0) minor
   CROSS JOIN LATERAL (SELECT p.ended_at, p.from_at, p.until_at, p.texts_chosen
                       FROM people_protection p WHERE p.person_id = minor.person_id OFFSET 0) r
   WHERE {STANDS}
   GROUP BY m.n
), others AS MATERIALIZED (
  SELECT a.n, a.person, them.id
    FROM asked a
   CROSS JOIN LATERAL (SELECT t.program, t.participant_id
                       FROM people_phonenumber t WHERE t.phone_idx = a.phone OFFSET 0) theirs
   CROSS JOIN LATERAL (SELECT p.id, p.person_id, p.program
                       FROM people_participant p WHERE p.id = theirs.participant_id OFFSET 0) them
   WHERE theirs.program = current_setting('harborline.program', true) AND them.person_id <> a.person
), clash AS MATERIALIZED (
  SELECT DISTINCT o.n
    FROM others o
   CROSS JOIN LATERAL (SELECT y.case_id, y.participant_id, y.role, y.adult, y.ended_at
                       FROM people_caseparty y WHERE y.participant_id = o.id OFFSET 0) other
   CROSS JOIN LATERAL (SELECT y.case_id, y.participant_id, y.role, y.adult, y.ended_at
                       FROM people_caseparty y WHERE y.case_id = other.case_id OFFSET 0) mine
   CROSS JOIN LATERAL (SELECT p.id, p.person_id, p.program
                       FROM people_participant p WHERE p.id = mine.participant_id OFFSET 0) me
   WHERE other.role IN ('custodial-party', 'noncustodial-parent') AND mine.role <> other.role
     AND mine.role IN ('custodial-party', 'noncustodial-parent') AND me.person_id = o.person
)
SELECT a.n, here.n IS NULL OR own.n IS NOT NULL OR cared.n IS NOT NULL,
       here.n IS NOT NULL AND coalesce(own.chosen, cared.chosen, false) AND coalesce(cared.chosen, own.chosen, false),
       here.n IS NULL OR clash.n IS NOT NULL
  FROM asked a
  LEFT JOIN here ON here.n = a.n
  LEFT JOIN own ON own.n = a.n
  LEFT JOIN cared ON cared.n = a.n
  LEFT JOIN clash ON clash.n = a.n;
END $$
"""

# A reading door in SQL for the rooms above, inside the caller's own walls: which adult on which case has which number.
_ADULT_NUMBERS = """
CREATE OR REPLACE FUNCTION people_adult_numbers()
RETURNS TABLE (case_id uuid, participant_id uuid, county varchar, phone_idx bytea)
LANGUAGE sql STABLE
AS $$
SELECT y.case_id, y.participant_id, y.county, n.phone_idx
  FROM people_caseparty y
  JOIN people_phonenumber n ON n.participant_id = y.participant_id AND n.until_at IS NULL
 WHERE y.adult AND y.ended_at IS NULL
$$
"""

# Those of the persons who asked for discreet wording in any county; in a participant's own session that person alone.
_DISCREET = """
CREATE OR REPLACE FUNCTION people_discreet(persons uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN RETURN QUERY
SELECT DISTINCT t.person_id FROM people_participant t
 WHERE t.person_id = ANY (persons) AND t.discreet AND t.program = current_setting('harborline.program', true)
   AND coalesce(current_setting('harborline.person', true), '') IN ('', t.person_id::text);
END $$
"""

oracles: list[str] = [_FLAGS, _ADULT_NUMBERS, _DISCREET, *held_oracles]
