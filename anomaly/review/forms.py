"""What a form may say: short lines of printable text, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from starlette.requests import Request

from anomaly.errors import BadInputError
from anomaly.sharing import LONGEST_NAME, LONGEST_NOTE, line
from anomaly.verdicts import Judgement

COOKIE = "anomaly_reviewer"
_MOST_FIELDS = 12


@dataclass(frozen=True)
class Form:
    """The fields of one form, cleaned."""

    fields: dict[str, str]

    def get(self, name: str, longest: int = LONGEST_NOTE) -> str:
        """Return a field as one line; empty if it is not there."""
        return line(self.fields.get(name, ""), longest)

    @property
    def verdict(self) -> tuple[Judgement, str]:
        """The judgement, and the reason given with it."""
        try:
            said = Judgement(self.get("verdict"))
        except ValueError as error:
            raise BadInputError("no such verdict") from error
        goes_with, _, reason = self.get("reason").partition("/")
        if reason and goes_with != said.value:
            raise BadInputError(
                f"that reason goes with {goes_with}, not with {said.value}",
                hint="Choose another reason (r), or none.",
            )
        return said, reason


async def read(request: Request) -> Form:
    """Return the form that a request carries."""
    body = await request.body()
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise BadInputError("that is no form of this page") from error
    return Form(dict(pairs))


def reviewer(request: Request, default: str) -> str:
    """Return who reviews in this browser."""
    return line(unquote(request.cookies.get(COOKIE, "")), LONGEST_NAME) or default


def as_cookie(name: str) -> str:
    """Return a name as a cookie may hold it."""
    return quote(name, safe="")
