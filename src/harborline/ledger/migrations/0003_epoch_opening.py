from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_epochs_keys_and_holders")]

    operations = [migrations.AddField("Epoch", "opening", models.BinaryField(null=True))]
