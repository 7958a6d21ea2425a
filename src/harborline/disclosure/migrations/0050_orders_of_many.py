# Names, numbers and addresses of many people are asked for, and approved by another. Numbered with a gap.

import django.contrib.postgres.fields
import harborline.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0005_one_manifest'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkOrder',
            fields=[
                ('id', models.UUIDField(default=harborline.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('program', models.CharField(max_length=32)),
                ('about', models.UUIDField()),
                ('group', models.CharField(max_length=16)),
                ('counties', models.TextField()),
                ('purpose', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=200)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('asked_by', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, default='', max_length=80)),
                ('approved_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['about', '-asked_at'], name='bulk_order_about')],
            },
        ),
    ]
