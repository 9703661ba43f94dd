"""What the search finds beside the rows of ledgers: models that have pages of their own. Apps above register in `AppConfig.ready()`."""

_finders = []


class Finder:
    """Rows of one model, found by words.

    model, code (what the search calls them to a script), joins (foreign keys a row names itself by).
    """

    model = None
    code = ""
    joins = ()

    @property
    def label(self):
        return str(self.model._meta.verbose_name)

    def matching(self, words):
        """Return the condition that a row is found by `words`."""
        raise NotImplementedError

    def search_for(self, user, words, limit):
        """Return at most `limit` visible live rows that match. One query."""
        return self.model.objects.visible_to(user).live().filter(self.matching(words)).select_related(*self.joins)[:limit]

    def address_of(self, record):
        """Return the address of a row's page."""
        raise NotImplementedError

    def list_of_words(self, words):
        """Return the address of where all rows stand."""
        raise NotImplementedError


def register(cls):
    """Class decorator: let the search ask this Finder, too."""
    _finders.append(cls())
    return cls


def all():
    """Return every Finder in the order of registration."""
    return list(_finders)
