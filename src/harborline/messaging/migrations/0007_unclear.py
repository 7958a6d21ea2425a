from django.db import migrations, models

# Texts nobody could answer for wait for their expiry in a table of their own.
UNCLEAR = """
INSERT INTO messaging_unclear (attempt_id, program, county, message_id, expires_at)
SELECT a.id, a.program, a.county, a.message_id, a.expires_at
  FROM messaging_dispatch d JOIN messaging_attempt a ON a.message_id = d.message_id AND a.epoch = d.epoch
 WHERE d.state = 5
"""


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0006_flights'),
    ]

    operations = [
        migrations.AddField(
            model_name='receiptarrival',
            name='news',
            field=models.CharField(db_default='', default='', max_length=10),
        ),
        migrations.CreateModel(
            name='Unclear',
            fields=[
                ('attempt_id', models.UUIDField(primary_key=True, serialize=False)),
                ('program', models.CharField(max_length=32)),
                ('county', models.CharField(max_length=5)),
                ('message_id', models.UUIDField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunSQL(UNCLEAR, migrations.RunSQL.noop),
    ]
