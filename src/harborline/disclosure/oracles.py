"""Functions in the database that open one recorded value, or say yes or no across counties."""

from __future__ import annotations

from harborline.people.facts import TAX_SOURCES, WHEREABOUTS

_WHERE = ", ".join(f"'{name}'" for name in sorted(WHEREABOUTS))
_TAX = ", ".join(f"'{name}'" for name in sorted(TAX_SOURCES))
_WINDOW = "interval '60 seconds'"
# The entry of the log that a record names is its own: of this kind, of this program, made at that moment.
_ENTERED = (
    "EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_content c ON c.number = e.number"
    " WHERE e.entry_id = {t}.entry_id AND c.kind = '{kind}' AND c.program = {t}.program"
    f" AND c.recorded_at BETWEEN {{t}}.at - {_WINDOW} AND {{t}}.at + {_WINDOW})"
)

# Whether the transaction that wrote a row has ended well: a row of this very transaction may still be taken back.
# An xmin has 32 bits; the epoch of the newest transaction completes it.
_COMMITTED = """
CREATE OR REPLACE FUNCTION disclosure_committed(written xid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE newest bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
        whole bigint := ((newest >> 32) << 32) + written::text::bigint;
BEGIN
  IF whole > newest THEN whole := whole - 4294967296; END IF;
  RETURN pg_xact_status(whole::text::xid8) IS NOT DISTINCT FROM 'committed';
END $$
"""

# The value of one field, for the opening that was recorded and committed before, by the same actor, a moment ago.
# What the record says of person, moment and order is not believed but looked up: of a protected person's whereabouts
# nothing comes back without a confirmed order of a court for this field of this person, used up by this very opening.
# Letters go to the substitute address, else home: for who has none and is not shielded, home opens there.
_OPEN = f"""
CREATE OR REPLACE FUNCTION disclosure_open(asked uuid)
RETURNS TABLE (field varchar, source varchar, sealed bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan ROWS 1
AS $$
#variable_conflict use_column
DECLARE said disclosure_reveal%ROWTYPE; written xid; who uuid; shielded boolean;
BEGIN
  SELECT * INTO said FROM disclosure_reveal r
   WHERE r.id = asked AND r.outcome = 'allow' AND r.state IN ('clear', 'masked') AND r.purpose <> ''
     AND r.program = current_setting('harborline.program', true)
     AND (current_setting('harborline.counties', true) = '*'
          OR r.county = ANY (string_to_array(current_setting('harborline.counties', true), ',')))
     AND r.actor = current_setting('harborline.actor', true)
     AND r.made_at > clock_timestamp() - {_WINDOW}
     AND {_ENTERED.format(t="r", kind="disclosure.field-opened")};
  IF NOT FOUND THEN RETURN; END IF;
  SELECT r.xmin INTO written FROM disclosure_reveal r WHERE r.id = asked;
  IF NOT disclosure_committed(written) THEN RETURN; END IF;
  SELECT t.person_id INTO who FROM people_participant t
   WHERE t.id = said.participant_id AND t.program = said.program AND t.county = said.county
     AND t.person_id = said.person_id;
  IF NOT FOUND THEN RETURN; END IF;
  IF said.field IN ({_WHERE}) THEN
    SELECT s.own INTO shielded FROM people_shielded_inside(ARRAY[who], said.at) s;
    IF shielded AND NOT EXISTS (
      SELECT 1
        FROM disclosure_courtoverride o
        JOIN disclosure_overrideuse u ON u.override_id = o.id
       WHERE o.id = said.override AND o.participant_id = said.participant_id AND o.field = said.field
         AND o.program = said.program AND o.approved_at IS NOT NULL AND o.approved_by NOT IN ('', o.asked_by)
         AND o.expires_at > said.at AND u.actor = said.actor AND u.at = said.at
    ) THEN RETURN; END IF;
  END IF;
  IF said.field = 'substitute-address' THEN
    SELECT s.own INTO shielded FROM people_shielded_inside(ARRAY[who], said.at) s;
  END IF;
  RETURN QUERY
  SELECT n.field, n.source, n.sealed
    FROM (SELECT DISTINCT ON (h.field) h.field, h.source, h.sealed, h.derived_from
            FROM people_heldfield h
           WHERE h.participant_id = said.participant_id AND h.program = said.program AND h.county = said.county
             AND h.field IN (said.field, CASE WHEN said.field = 'substitute-address' THEN 'address' END)
           ORDER BY h.field, h.entered_at DESC, h.id DESC) n
   WHERE n.field = said.field
      OR (NOT shielded AND n.source NOT IN ({_TAX}) AND cardinality(n.derived_from) = 0)
   ORDER BY n.sealed IS NULL, n.field = said.field DESC LIMIT 1;
END $$
"""

# The values for an approved transmission, once its manifest is recorded and committed: those it names and no other,
# from the `first` to the `last` of them, counted from 1.
_BEFORE_MANY = (
    "DROP FUNCTION IF EXISTS disclosure_open_many(uuid)",
    "DROP FUNCTION IF EXISTS disclosure_told_in_files(uuid)",
)
# What it tells of a release grew: parts, payment, place and steps.
_BEFORE_TOLD = "DROP FUNCTION IF EXISTS disclosure_told(uuid)"
_OPEN_MANY = f"""
CREATE OR REPLACE FUNCTION disclosure_open_many(which uuid, first int, last int)
RETURNS TABLE (participant_id uuid, field varchar, sealed bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE said disclosure_manifest%ROWTYPE; written xid;
BEGIN
  SELECT * INTO said FROM disclosure_manifest m
   WHERE m.id = which AND m.program = current_setting('harborline.program', true)
     AND m.actor = current_setting('harborline.actor', true) AND m.made_at > clock_timestamp() - {_WINDOW}
     AND {_ENTERED.format(t="m", kind="disclosure.bulk-opened")};
  IF NOT FOUND THEN RETURN; END IF;
  SELECT m.xmin INTO written FROM disclosure_manifest m WHERE m.id = which;
  IF NOT disclosure_committed(written) THEN RETURN; END IF;
  RETURN QUERY
  WITH named AS MATERIALIZED (
    SELECT h.participant_id, h.field, h.sealed, t.person_id, row_number() OVER (ORDER BY h.id)::int AS place
      FROM people_heldfield h
      JOIN people_participant t ON t.id = h.participant_id AND t.program = said.program
     WHERE h.id = ANY (said.held[first:last]) AND h.program = said.program AND h.sealed IS NOT NULL
  ), shields AS MATERIALIZED (
    SELECT s.n, s.own OR s.shared AS there
      FROM people_shielded_inside(array(SELECT n.person_id FROM named n ORDER BY n.place), said.at) s
  )
  SELECT n.participant_id, n.field, n.sealed
    FROM named n
    JOIN shields s ON s.n = n.place
   WHERE NOT (n.field IN ({_WHERE}) AND s.there);
END $$
"""

# What a worker is to a person beside work, by the newest word about them; somebody on a case with the worker's own
# record is family, as long as that record still counts as the worker's own. In a participant's own session it
# answers for that person alone: their question must not go to their cousin.
_KIN = """
CREATE OR REPLACE FUNCTION disclosure_kin(worker uuid, person uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE found text;
BEGIN
  IF coalesce(current_setting('harborline.person', true), '') NOT IN ('', person::text) THEN RETURN ''; END IF;
  SELECT k.kin INTO found FROM disclosure_kinship k
   WHERE k.worker_id = worker AND k.person_id = person AND k.agency = current_setting('harborline.agency', true)
   ORDER BY k.at DESC, k.id DESC LIMIT 1;
  IF found IS NOT NULL THEN RETURN found; END IF;
  IF EXISTS (
    SELECT 1
      FROM (SELECT DISTINCT ON (n.person_id) n.person_id, n.kin
              FROM disclosure_kinship n
             WHERE n.worker_id = worker AND n.agency = current_setting('harborline.agency', true)
             ORDER BY n.person_id, n.at DESC, n.id DESC) k
      JOIN people_participant me ON me.person_id = k.person_id
      JOIN people_caseparty mine ON mine.participant_id = me.id
      JOIN people_caseparty theirs ON theirs.case_id = mine.case_id
      JOIN people_participant them ON them.id = theirs.participant_id
     WHERE k.kin = 'self' AND them.person_id = person
  ) THEN RETURN 'family'; END IF;
  RETURN '';
END $$
"""

# How often which roles looked at a person in the context's program, in every county; told to the person. In a
# participant's own session it answers for that person alone.
_LOOKS = """
CREATE OR REPLACE FUNCTION disclosure_looks(person uuid) RETURNS TABLE (role varchar, times bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
IF coalesce(current_setting('harborline.person', true), '') NOT IN ('', person::text) THEN RETURN; END IF;
RETURN QUERY
SELECT seen.role, count(*) FROM (
  SELECT l.role FROM disclosure_look l
   WHERE l.person_id = person AND l.program = current_setting('harborline.program', true)
  UNION ALL
  SELECT r.role FROM disclosure_reveal r
   WHERE r.person_id = person AND r.program = current_setting('harborline.program', true)
) seen GROUP BY seen.role ORDER BY seen.role;
END $$
"""

# What was told outside about a person in the context's program, in every county; the county is not told. In a
# participant's own session it answers for that person alone.
_TOLD = """
CREATE OR REPLACE FUNCTION disclosure_told(person uuid)
RETURNS TABLE (id uuid, participant_id uuid, recipient_kind varchar, recipient bytea, basis varchar, reference varchar,
               fields varchar[], road varchar, asked_by varchar, asked_at timestamptz, approved_by varchar,
               released_at timestamptz, offset_parts varchar[], payment varchar, place varchar, steps varchar[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
IF coalesce(current_setting('harborline.person', true), '') NOT IN ('', person::text) THEN RETURN; END IF;
RETURN QUERY
SELECT r.id, r.participant_id, r.recipient_kind, r.recipient, r.basis, r.reference, r.fields, r.road, r.asked_by,
       r.asked_at, r.approved_by, r.released_at, r.offset_parts, r.payment, r.place, r.steps
  FROM disclosure_release r
 WHERE r.person_id = person AND r.program = current_setting('harborline.program', true) AND r.released_at IS NOT NULL;
END $$
"""

# Both questions about a worker in one: what they are to a person, and their number in the case system.
_WORKER = """
CREATE OR REPLACE FUNCTION disclosure_worker(worker uuid, person uuid) RETURNS TABLE (kin text, number varchar)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
BEGIN
  RETURN QUERY SELECT disclosure_kin(worker, person), (SELECT w.number FROM workforce_worker w WHERE w.id = worker);
END $$
"""

oracles: list[str] = [_COMMITTED, _OPEN, *_BEFORE_MANY, _OPEN_MANY, _KIN, _WORKER, _LOOKS, _BEFORE_TOLD, _TOLD]
