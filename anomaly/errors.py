"""Errors a user can act on.

Raise one of these when the *input* is at fault.  The command line prints the
message and the hint, without a traceback, and exits with the error's status.
"""

from __future__ import annotations

from typing import Any


def printable(text: str) -> str:
    r"""Return `text` on one line, without what could command a terminal.

    >>> printable("a\x1b[2Jb")
    'a?[2Jb'
    """
    return "".join(c if c.isprintable() else "?" for c in text)


class AnomalyError(Exception):
    """Base of every error that is the input's fault, not ours."""

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        # Names of files and words of servers may be part of it.
        super().__init__(printable(message))
        self.hint = printable(hint)

    def __reduce__(self) -> tuple[Any, ...]:
        # Of its own accord an exception is made again from its message alone.
        return _remade, (type(self), self.args, self.__dict__)


def _remade(
    kind: type[AnomalyError], args: tuple[Any, ...], state: dict[str, Any]
) -> AnomalyError:
    """Return an error as another process had it."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class SchemaError(AnomalyError):
    """A table does not have the columns or types its schema promises."""


class UnknownFormatError(AnomalyError):
    """No reader recognises an input file."""


class NoDataError(AnomalyError):
    """A table or a day that a step needs is not in the store."""


class BadInputError(AnomalyError):
    """An input file cannot be read at all."""
