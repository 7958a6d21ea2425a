"""Halves of a given password; of equal work that stands, one row."""

from django.db import migrations, models

ONCE = """
UPDATE workforce_assignment a SET until_at = GREATEST(a.from_at, now())
 WHERE a.until_at IS NULL AND EXISTS (
  SELECT FROM workforce_assignment b
   WHERE (b.worker_id, b.program, b.county, b.role) = (a.worker_id, a.program, a.county, a.role)
     AND b.until_at IS NULL AND (b.from_at, b.id) < (a.from_at, a.id))
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workforce', '0006_resets'),
    ]

    operations = [
        migrations.AddField(
            model_name='credentialreset',
            name='halves',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(
                condition=models.Q(('until_at__isnull', True)),
                fields=('worker', 'program', 'county', 'role'),
                name='assignment_once',
            ),
        ),
    ]
