"""Of equal protections that staff recorded and that stand, one row."""

from django.db import migrations, models

# The owner of the tables stands behind the wall as well; it is down for this statement alone.
ONCE = """
ALTER TABLE people_protection NO FORCE ROW LEVEL SECURITY;
UPDATE people_protection a SET ended_at = now()
 WHERE a.ended_at IS NULL AND a.recorded_by <> '' AND EXISTS (
  SELECT FROM people_protection b
   WHERE (b.person_id, b.reported_by, b.kind, b.reason, b.source)
         = (a.person_id, a.reported_by, a.kind, a.reason, a.source)
     AND b.until_at IS NOT DISTINCT FROM a.until_at AND b.recorded_by <> ''
     AND b.ended_at IS NULL AND (b.from_at, b.id) < (a.from_at, a.id));
ALTER TABLE people_protection FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_start_reviewed'),
    ]

    operations = [
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.UniqueConstraint(
                condition=models.Q(('ended_at__isnull', True), models.Q(('recorded_by', ''), _negated=True)),
                fields=('person', 'reported_by', 'kind', 'reason', 'source', 'until_at'),
                name='protection_once',
                nulls_distinct=False,
            ),
        ),
    ]
