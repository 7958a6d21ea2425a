# What waits for a second person to write down the same. Numbered with a gap.

import django.db.models.deletion
import harborline.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0050_orders_of_many'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecondWord',
            fields=[
                ('id', models.UUIDField(default=harborline.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('program', models.CharField(max_length=32)),
                ('county', models.CharField(max_length=5)),
                ('field', models.CharField(max_length=24)),
                ('source', models.CharField(max_length=24)),
                ('digest', models.BinaryField()),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('participant', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='people.participant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['-at'], name='second_word_waits')],
            },
        ),
    ]
