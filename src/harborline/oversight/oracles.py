"""The one function of the database through which a night's watch sees every look of a program, county by county."""

from __future__ import annotations

# Looks and openings with what explains them: the tie at that time; a case that became theirs until a day later; or a
# supervisor who found it justified. What a worker alone can write down explains nothing. `answered`: the worker named a
# paper of the person, or a colleague with a case of theirs. Answers nothing for any other purpose, nor in less than the
# whole program.
_BEFORE = "DROP FUNCTION IF EXISTS oversight_accesses(timestamptz, timestamptz, interval, text)"
# The words of what the worker named, as numbers are written.
_NAMED = "regexp_split_to_array(upper(a.reference), '[^A-Z0-9-]+')"
_ACCESSES = f"""
CREATE OR REPLACE FUNCTION oversight_accesses(from_at timestamptz, until_at timestamptz, zone text)
RETURNS TABLE (worker uuid, participant_id uuid, person_id uuid, county varchar, at timestamptz, kind int,
               explained boolean, near varchar, answered boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF current_setting('harborline.purpose', true) <> 'oversight' OR current_setting('harborline.counties', true) <> '*'
  THEN RETURN; END IF;
  RETURN QUERY
  WITH seen AS (
    SELECT l.actor, l.participant_id, l.person_id, l.county, l.at, 0 AS kind, l.tie <> '' AS tied, l.kin AS near
      FROM disclosure_look l
     WHERE l.program = current_setting('harborline.program', true) AND l.at >= from_at AND l.at < until_at
       AND l.actor LIKE 'worker:%'
    UNION ALL
    SELECT r.actor, r.participant_id, r.person_id, r.county, r.at, 1, r.tie <> '',
           CASE WHEN r.reason = 'own-or-family-record' THEN 'family' ELSE '' END
      FROM disclosure_reveal r
     WHERE r.program = current_setting('harborline.program', true) AND r.at >= from_at AND r.at < until_at
       AND r.actor LIKE 'worker:%'
    UNION ALL
    SELECT f.actor, f.participant_id, f.person_id, f.county, f.at, 2, false,
           disclosure_kin(substr(f.actor, 8)::uuid, f.person_id)::varchar
      FROM disclosure_search f
     WHERE f.program = current_setting('harborline.program', true) AND f.at >= from_at AND f.at < until_at
       AND NOT f.in_sight AND f.participant_id IS NOT NULL AND f.actor LIKE 'worker:%'
  )
  SELECT substr(s.actor, 8)::uuid, s.participant_id, s.person_id, s.county, s.at, s.kind,
         s.tied
         OR EXISTS (SELECT 1
                      FROM people_caseparty y
                      JOIN people_casemanagerassignment m ON m.case_id = y.case_id
                      JOIN workforce_worker w ON w.number = m.worker_number
                     WHERE y.participant_id = s.participant_id AND w.id = substr(s.actor, 8)::uuid
                       AND m.since_at < s.at + interval '1 day'
                       AND (m.until_at IS NULL OR m.until_at > s.at - interval '1 day'))
         OR EXISTS (SELECT 1 FROM disclosure_lookanswer a
                     WHERE a.participant_id = s.participant_id AND a.looker = s.actor AND a.found = 'justified'
                       AND a.day = (s.at AT TIME ZONE zone)::date AND s.at <= a.at),
         s.near,
         NOT s.tied AND EXISTS (SELECT 1 FROM disclosure_lookanswer a
                     WHERE a.participant_id = s.participant_id AND a.looker = s.actor AND a.reference <> ''
                       AND a.day = (s.at AT TIME ZONE zone)::date AND s.at <= a.at
                       AND (EXISTS (SELECT 1 FROM documents_submission d
                                     WHERE d.participant_id = s.participant_id
                                       AND upper(d.number) = ANY ({_NAMED}))
                         OR EXISTS (SELECT 1
                                      FROM people_caseparty y
                                      JOIN people_casemanagerassignment m ON m.case_id = y.case_id
                                      JOIN workforce_worker w ON w.number = m.worker_number
                                     WHERE y.participant_id = s.participant_id AND w.id <> substr(s.actor, 8)::uuid
                                       AND m.since_at <= s.at AND (m.until_at IS NULL OR m.until_at > s.at)
                                       AND upper(w.number) = ANY ({_NAMED}))))
    FROM seen s;
END $$
"""

oracles: list[str] = [_BEFORE, _ACCESSES]
