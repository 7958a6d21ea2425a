# A second person may say no to telling somebody outside. Numbered with a gap.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0051_second_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='release',
            name='turned_down_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='release',
            name='turned_down_because',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='release',
            name='turned_down_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
    ]
