from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.AddField("Epoch", "citation", models.BigIntegerField(null=True)),
        migrations.AlterField("Content", "commit_key", models.BinaryField(null=True)),
        migrations.AlterField("Content", "subject_salt", models.BinaryField(null=True)),
        migrations.RemoveIndex("Content", "content_of_subject"),
        migrations.AddIndex("Content", models.Index(fields=["subject_index", "number"], name="content_of_subject")),
        migrations.AddField("Head", "highest", models.BigIntegerField(default=0)),
        migrations.AddField("SignedCheckpoint", "epoch", models.SmallIntegerField(default=1)),
        # Django does not change a composite key; the tables keep their rows, which are all of the first epoch.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    [
                        "ALTER TABLE ledger_leaf ADD COLUMN epoch smallint DEFAULT 1 NOT NULL",
                        "ALTER TABLE ledger_leaf DROP CONSTRAINT ledger_leaf_pkey, ADD PRIMARY KEY (epoch, seq)",
                        "ALTER TABLE ledger_storedtile ADD COLUMN epoch smallint DEFAULT 1 NOT NULL",
                        (
                            "ALTER TABLE ledger_storedtile DROP CONSTRAINT ledger_storedtile_pkey,"
                            ' ADD PRIMARY KEY (epoch, level, "index")'
                        ),
                        "UPDATE ledger_head SET highest = (SELECT coalesce(max(number), 0) FROM ledger_leaf)",
                    ]
                )
            ],
            state_operations=[
                migrations.DeleteModel("Leaf"),
                migrations.DeleteModel("StoredTile"),
                migrations.CreateModel(
                    name="Leaf",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "epoch", "seq", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("epoch", models.SmallIntegerField(default=1)),
                        ("seq", models.BigIntegerField()),
                        ("number", models.BigIntegerField(unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="StoredTile",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "epoch", "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("epoch", models.SmallIntegerField(default=1)),
                        ("level", models.SmallIntegerField()),
                        ("index", models.BigIntegerField()),
                        ("hashes", models.BinaryField()),
                    ],
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeyStatement",
            fields=[
                ("number", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("note", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HeldCheckpoint",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("holder", models.CharField(max_length=80)),
                ("epoch", models.SmallIntegerField(default=1)),
                ("size", models.BigIntegerField()),
                ("held_at", models.DateTimeField()),
                ("receipt", models.BinaryField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["holder", "number"], name="held_by_holder")]},
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("part", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=10)),
                ("since_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("why", models.CharField(blank=True, default="", max_length=400)),
            ],
        ),
    ]
