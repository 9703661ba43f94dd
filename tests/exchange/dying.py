"""A child that uses more memory than it may."""

from apps.exchange.reading import limits

limits.apply()
bytearray(2 * limits.MEMORY)
