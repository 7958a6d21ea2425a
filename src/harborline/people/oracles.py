"""Functions in the database that look across counties and answer yes or no.

They answer for the agency of the context only, and about persons the caller already holds the id of.
"""

from __future__ import annotations

# One answer for each pair of person and number, in the order given (n counts from 1).
# protected: a standing protection of the person, or of a minor on a case where the person is the caring adult.
# texts_chosen: each of those protections says that texts were chosen.
# conflict: the other parent on one of the person's cases, in any county, uses or used this number, or the person
# and that parent once shared it.
_FLAGS = """
CREATE OR REPLACE FUNCTION people_flags(persons uuid[], phones bytea[], moment timestamptz)
RETURNS TABLE (n int, protected boolean, texts_chosen boolean, conflict boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1000
AS $$
WITH asked AS (
  SELECT k.n::int AS n, k.person, k.phone
    FROM unnest(persons, phones) WITH ORDINALITY AS k(person, phone, n)
    JOIN people_person p ON p.id = k.person AND p.agency = current_setting('harborline.agency', true)
), standing AS (
  SELECT r.person_id, r.texts_chosen
    FROM people_protection r
   WHERE r.agency = current_setting('harborline.agency', true)
     AND r.ended_at IS NULL AND r.from_at <= moment AND (r.until_at IS NULL OR r.until_at > moment)
), own AS (
  SELECT a.n, bool_and(s.texts_chosen) AS chosen
    FROM (SELECT DISTINCT n, person FROM asked) a JOIN standing s ON s.person_id = a.person
   GROUP BY a.n
), cared AS (
  SELECT a.n, bool_and(s.texts_chosen) AS chosen
    FROM standing s
    JOIN people_participant minor ON minor.person_id = s.person_id
    JOIN people_caseparty child ON child.participant_id = minor.id AND NOT child.adult AND child.ended_at IS NULL
    JOIN people_caseparty carer ON carer.case_id = child.case_id AND carer.ended_at IS NULL
     AND carer.adult AND carer.role <> 'noncustodial-parent'
    JOIN people_participant grown ON grown.id = carer.participant_id
    JOIN asked a ON a.person = grown.person_id
   GROUP BY a.n
), clash AS (
  SELECT a.n
    FROM asked a
   WHERE EXISTS (
     SELECT 1
       FROM people_phonenumber theirs
       JOIN people_caseparty other ON other.participant_id = theirs.participant_id
        AND other.role IN ('custodial-party', 'noncustodial-parent')
       JOIN people_caseparty mine ON mine.case_id = other.case_id AND mine.participant_id <> other.participant_id
        AND mine.role IN ('custodial-party', 'noncustodial-parent') AND mine.role <> other.role
       JOIN people_participant me ON me.id = mine.participant_id
      WHERE theirs.phone_idx = a.phone AND me.person_id = a.person)
)
SELECT a.n,
       own.n IS NOT NULL OR cared.n IS NOT NULL,
       coalesce(own.chosen, true) AND coalesce(cared.chosen, true) AND (own.n IS NOT NULL OR cared.n IS NOT NULL),
       clash.n IS NOT NULL
  FROM asked a
  LEFT JOIN own ON own.n = a.n
  LEFT JOIN cared ON cared.n = a.n
  LEFT JOIN clash ON clash.n = a.n
$$
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

oracles: list[str] = [_FLAGS, _ADULT_NUMBERS]
