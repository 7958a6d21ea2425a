"""Functions in the database that look across programs and counties of one agency and answer yes or no."""

from __future__ import annotations

# For each number in the order given (n counts from 1): did somebody ask this agency to stop, and has nobody started
# again with this program since; does a possible opt-out wait for staff anywhere in the agency.
_BLOCKS = """
CREATE OR REPLACE FUNCTION consent_number_blocks(phones bytea[])
RETURNS TABLE (n int, stopped boolean, held boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1000
AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
SELECT k.n::int,
       EXISTS (
         SELECT 1 FROM consent_suppression s
          WHERE s.agency = current_setting('harborline.agency', true) AND s.phone_idx = k.phone AND s.kind = 'stop'
            AND NOT EXISTS (
              SELECT 1 FROM consent_suppression t
               WHERE t.agency = s.agency AND t.phone_idx = s.phone_idx AND t.kind = 'start' AND t.at > s.at
                 AND t.program = current_setting('harborline.program', true))),
       EXISTS (
         SELECT 1 FROM consent_possibleoptout o
          WHERE o.agency = current_setting('harborline.agency', true) AND o.phone_idx = k.phone
            AND o.resolved_at IS NULL)
  FROM unnest(phones) WITH ORDINALITY AS k(phone, n);
END $$
"""

oracles: list[str] = [_BLOCKS]
