"""The one exception that users see as a sentence instead of a traceback."""


class SynergyError(ValueError):
    """Says in one sentence what was seen, what was expected, and what to do."""
