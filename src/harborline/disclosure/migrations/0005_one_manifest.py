# A manifest names the very values, of every field of a file. No room served transmissions before: there are no rows.

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0004_searches'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='manifest', name='manifest_once'),
        migrations.RemoveField(model_name='manifest', name='field'),
        migrations.RemoveField(model_name='manifest', name='participants'),
        migrations.AddField(
            model_name='manifest',
            name='fields',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='manifest',
            name='held',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='manifest', name='asked', field=models.PositiveIntegerField(default=0), preserve_default=False,
        ),
        migrations.AddField(
            model_name='manifest', name='told', field=models.PositiveIntegerField(default=0), preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='manifest',
            constraint=models.UniqueConstraint(fields=('transmission_id',), name='manifest_once'),
        ),
    ]
