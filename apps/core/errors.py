class Refused(Exception):
    """A business act that may not happen; its text is a Chinese sentence for the person who tried."""
