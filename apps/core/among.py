"""The look-up `pk__among=keys`: rows by any number of whole keys, in one statement with one parameter.

`in` writes a parameter a key: twenty thousand of them are forty statements, and half a second goes into writing these.
"""

from django.core.exceptions import EmptyResultSet
from django.db.models import IntegerField, Lookup


@IntegerField.register_lookup
class Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        among, keys = keys_among(connection, self.rhs)
        return f"{column} {among}", [*params, keys]


def keys_among(connection, keys):
    """Return (SQL that a key is one of `keys`, its parameter): one parameter, however many they are."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", list(keys)
    return "IN (SELECT value FROM json_each(%s))", f"[{','.join(map(str, keys))}]"
