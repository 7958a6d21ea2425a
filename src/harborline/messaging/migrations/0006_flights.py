import django.contrib.postgres.fields
import harborline.kernel.ids
from django.db import migrations, models

# Attempts that have no answer yet: each a flight of its own, so that the next dispatcher settles it.
FLIGHTS = """
INSERT INTO messaging_flight (id, program, sender_id, epoch, message_ids, attempt_ids, at)
SELECT a.id, a.program, a.sender_id, a.epoch, ARRAY[a.message_id], ARRAY[a.id], a.at
  FROM messaging_attempt a JOIN messaging_dispatch d ON d.message_id = a.message_id AND d.epoch = a.epoch
 WHERE d.state = 2 AND NOT EXISTS (SELECT 1 FROM messaging_attemptoutcome o WHERE o.attempt_id = a.id)
"""
COUNTED = """
UPDATE messaging_noticerun r SET message_count = d.n
  FROM (SELECT run_id, count(*) AS n FROM messaging_dispatch GROUP BY run_id) d WHERE d.run_id = r.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0005_sending'),
    ]

    operations = [
        migrations.CreateModel(
            name='Flight',
            fields=[
                ('id', models.UUIDField(default=harborline.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('program', models.CharField(max_length=32)),
                ('sender_id', models.UUIDField(db_index=True)),
                ('epoch', models.BigIntegerField()),
                ('message_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('attempt_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='noticerun',
            name='message_count',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(FLIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
    ]
