"""Errors a user can act on.

Raise one of these when the *input* is at fault.  The command line prints the
message and the hint, without a traceback, and exits with status 1.
"""


class AnomalyError(Exception):
    """Base of every error that is the input's fault, not ours."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SchemaError(AnomalyError):
    """A table does not have the columns or types its schema promises."""


class UnknownFormatError(AnomalyError):
    """No reader recognises an input file."""


class NoDataError(AnomalyError):
    """A table or a day that a step needs is not in the store."""


class BadInputError(AnomalyError):
    """An input file cannot be read at all."""
