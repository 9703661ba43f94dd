"""A child that says a word and uses more memory than it may."""

from apps.exchange.reading import limits

limits.apply()
print("甲", flush=True)
bytearray(2 * limits.MEMORY)
