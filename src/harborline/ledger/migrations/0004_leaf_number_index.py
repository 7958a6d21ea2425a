from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_epoch_opening")]

    operations = [migrations.AlterField("Leaf", "number", models.BigIntegerField(db_index=True))]
