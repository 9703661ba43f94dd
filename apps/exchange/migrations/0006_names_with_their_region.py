from django.db import migrations

from apps.exchange.naming import key_of_name


def keep_the_region(apps, schema_editor):
    """Compute the keys of stored names again: they keep the region they were written with (丽水市甲厂 is not 缙云县甲厂).

    Names that were one key differ only in what is now kept, so no two become one.
    """
    for model in ("NameInFile", "ConfirmedName"):
        for name in apps.get_model("exchange", model).objects.only("key", "written").iterator():
            key = key_of_name(name.written)[:200]
            if key != name.key:
                name.key = key
                name.save(update_fields=["key"])


class Migration(migrations.Migration):
    """Backwards nothing is to be done: a name that is not found by its old key is asked again."""

    dependencies = [
        ("exchange", "0005_export_files"),
    ]

    operations = [
        migrations.RunPython(keep_the_region, migrations.RunPython.noop),
    ]
