# When a record was made is the database's own word: a moment that a caller named would keep it good for ever.

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION disclosure_made() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
  NEW.made_at := clock_timestamp();
  RETURN NEW;
END $$
"""
TABLES = ("disclosure_reveal", "disclosure_manifest")


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0052_releases_turned_down'),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION disclosure_made()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER disclosure_made BEFORE INSERT ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION disclosure_made()",
                f"DROP TRIGGER disclosure_made ON {table}",
            )
            for table in TABLES
        ),
    ]
