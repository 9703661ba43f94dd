"""On SQLite the database refuses INSERT OR REPLACE over an entry, too (apps.journal.guards).

The triggers are put in after every `migrate`. This step changes no table; it makes a database that has had it, and its backups,
tell themselves from those without the trigger.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0002_counted_refusals'),
    ]

    operations = []
