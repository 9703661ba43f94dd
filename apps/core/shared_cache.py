"""Counts all web processes share, in Redis; while it is away each counts for itself and nobody waits long."""

import logging

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class SharedCache(RedisCache):
    """Django's Redis cache, but no page fails for want of a count. Never empties what else lies in the same Redis."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._own = LocMemCache("while Redis is away", params)

    def _ask(self, act, *args, **kwargs):
        try:
            return getattr(super(), act)(*args, **kwargs)
        except RedisError as error:
            logger.warning("counting in this process alone: %s", error)
            return getattr(self._own, act)(*args, **kwargs)

    def get(self, *args, **kwargs):
        return self._ask("get", *args, **kwargs)

    def set(self, *args, **kwargs):
        return self._ask("set", *args, **kwargs)

    def add(self, *args, **kwargs):
        return self._ask("add", *args, **kwargs)

    def incr(self, *args, **kwargs):
        return self._ask("incr", *args, **kwargs)

    def clear(self):
        """Forget the counts: keys of ours only, Celery's messages lie beside them."""
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(f"{self.key_prefix}:*"):
            client.delete(key)
