"""Functions in the database that look across counties and answer yes or no.

They answer for the agency of the context only, and about persons the caller already holds the id of.
"""

from __future__ import annotations

from harborline.people.held_sql import held_oracles

# In plpgsql because its plans are kept from call to call; along indexes because what was just imported has no
# statistics yet, and a plan made for an empty table would compare every pair.
# One answer for each pair of person and number, in the order given (n counts from 1).
# protected: a standing protection of the person, or of a minor on a case where the person is the caring adult.
# texts_chosen: each of those protections says that texts were chosen.
# conflict: the other parent on one of the person's cases, in any county, uses or used this number, or the person
# and that parent once shared it.
_FLAGS = """
CREATE OR REPLACE FUNCTION people_flags(persons uuid[], phones bytea[], moment timestamptz)
RETURNS TABLE (n int, protected boolean, texts_chosen boolean, conflict boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off ROWS 1000
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
WITH asked AS MATERIALIZED (
  SELECT k.n::int AS n, k.person, k.phone
    FROM unnest(persons, phones) WITH ORDINALITY AS k(person, phone, n)
), own AS MATERIALIZED (
  SELECT a.n, bool_and(r.texts_chosen) AS chosen
    FROM asked a
    JOIN people_protection r ON r.person_id = a.person AND r.agency = current_setting('harborline.agency', true)
     AND r.ended_at IS NULL AND r.from_at <= moment AND (r.until_at IS NULL OR r.until_at > moment)
   GROUP BY a.n
), minors AS MATERIALIZED (
  SELECT DISTINCT a.n, child.participant_id
    FROM asked a
    JOIN people_participant grown ON grown.person_id = a.person
     AND grown.program = current_setting('harborline.program', true)
    JOIN people_caseparty carer ON carer.participant_id = grown.id AND carer.ended_at IS NULL
     AND carer.adult AND carer.role <> 'noncustodial-parent'
    JOIN people_caseparty child ON child.case_id = carer.case_id AND NOT child.adult AND child.ended_at IS NULL
), cared AS MATERIALIZED (
  SELECT m.n, bool_and(r.texts_chosen) AS chosen
    FROM minors m
    JOIN people_participant minor ON minor.id = m.participant_id
    JOIN people_protection r ON r.person_id = minor.person_id AND r.agency = current_setting('harborline.agency', true)
     AND r.ended_at IS NULL AND r.from_at <= moment AND (r.until_at IS NULL OR r.until_at > moment)
   GROUP BY m.n
), others AS MATERIALIZED (
  SELECT a.n, a.person, them.id
    FROM asked a
    JOIN people_phonenumber theirs ON theirs.phone_idx = a.phone
     AND theirs.program = current_setting('harborline.program', true)
    JOIN people_participant them ON them.id = theirs.participant_id AND them.person_id <> a.person
), clash AS MATERIALIZED (
  SELECT DISTINCT o.n
    FROM others o
    JOIN people_caseparty other ON other.participant_id = o.id
     AND other.role IN ('custodial-party', 'noncustodial-parent')
    JOIN people_caseparty mine ON mine.case_id = other.case_id AND mine.role <> other.role
     AND mine.role IN ('custodial-party', 'noncustodial-parent')
    JOIN people_participant me ON me.id = mine.participant_id AND me.person_id = o.person
)
SELECT a.n, own.n IS NOT NULL OR cared.n IS NOT NULL,
       coalesce(own.chosen, cared.chosen, false) AND coalesce(cared.chosen, own.chosen, false), clash.n IS NOT NULL
  FROM asked a
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

# Those of the persons who asked for discreet wording in any county.
_DISCREET = """
CREATE OR REPLACE FUNCTION people_discreet(persons uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN RETURN QUERY
SELECT DISTINCT t.person_id FROM people_participant t
 WHERE t.person_id = ANY (persons) AND t.discreet AND t.program = current_setting('harborline.program', true);
END $$
"""

oracles: list[str] = [_FLAGS, _ADULT_NUMBERS, _DISCREET, *held_oracles]
