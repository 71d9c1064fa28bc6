"""Recognise an operator by what databases and reports call it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

STATES_FILE = "state_words.csv"
SERVICES_FILE = "service_words.csv"
SERVICES = ("coast_guard", "air_force", "navy", "army", "armed_forces", "government")
"""Services of a state; where a text names several, the first of these counts."""

_PUBLIC = ("military", "government")
# A service that has no row of its own in a state goes under a wider one.
_WIDER = {
    "coast_guard": "government",
    "air_force": "armed_forces",
    "navy": "armed_forces",
    "army": "armed_forces",
}
_COMPANY_WORDS = (
    "inc incorporated llc corp corporation ltd limited plc gmbh mbh ag kg sa sas sarl"
    " jsc ojsc pjsc cjsc ooo oao zao pao co company lp llp pty bv nv spa srl ab as asa"
    " oy oyj aps zrt kft doo sro pte pvt bhd sdn fze fzco fzc ltda tas"
)
_COMPANY = frozenset(_COMPANY_WORDS.split())
# What carriers add to their names and leave out again.
_GENERIC_WORDS = (
    "air airline airlines airways aircompany aviation cargo company corporation express"
    " freight group holding holdings international intl leasing lines logistics"
    " operations sales services service transport the worldwide"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
# A short word alone is too common a name to be told by ("Condor", "Peach").
_MIN_TELLING_LETTERS = 8
_MINISTRIES = ("ministry", "department", "agency", "office", "committee", "center")
_STROKE = re.compile(r"[/;|]")
_NO_LETTERS = re.compile(r"[\W_]+")
_ASIDE = re.compile(r"\(.*?(\)|$)|\[.*?(\]|$)")


@dataclass(frozen=True)
class OperatorNames:
    """Find the row of an operator by name, and of a state's service by its words.

    A text names one operator: what stands in brackets, or after "for", is about
    something else.  A party that only charters a flight does not operate it.
    """

    row_of: dict[str, str]
    """The code of each operator by its names, `normal`."""
    service_row: dict[tuple[str, str], str]
    """The code of each service of a state, by country and service."""
    units: re.Pattern[str]
    """Long names of units and agencies, telling wherever they stand in a text."""
    words: _Words

    @classmethod
    def of(cls, table: pd.DataFrame) -> OperatorNames:
        """Return the names in a table of operators."""
        row_of: dict[str, str] = {}
        also = table["also_named"].fillna("").str.split(";")
        plain = table["name"].str.replace(_ASIDE, "", regex=True)
        services = table["service"].notna()
        # Several rows may bear one name: other names win, then rows of a service.
        for names in (also.explode(), plain[services], plain[~services]):
            for code, name in names.dropna().items():
                row_of.setdefault(normal(name), str(code))
        row_of.pop("", None)
        rows = table.loc[services, ["country", "service"]].fillna("")
        keys = zip(rows["country"], rows["service"], strict=True)
        service_row = dict(zip(keys, rows.index, strict=True))
        public = table.index[table["nature"].isin(_PUBLIC) & ~services]
        units = [n for n, code in row_of.items() if code in public and n.count(" ") > 1]
        return cls(row_of, service_row, _any_of(units), _words())

    def find(self, text: str) -> str | None:
        """Return the code of the operator that a text names, or None."""
        for part in _parts(text):
            whole = normal(part)
            pieces = (normal(piece) for piece in part.split(",")) if "," in part else ()
            for name in (whole, *pieces):
                found = self._by_name(name)
                if found is not None:
                    return found
            found = self._by_service(whole)
            if found is not None:
                return found
        return None

    def _by_name(self, name: str) -> str | None:
        found = self.row_of.get(name)
        if found is not None:
            return found
        tokens = _without_company(name.split())
        while tokens and (len(tokens) > 1 or len(tokens[0]) >= _MIN_TELLING_LETTERS):
            found = self.row_of.get(" ".join(tokens))
            if found is not None or tokens[-1] not in _GENERIC:
                return found
            tokens = tokens[:-1]
        return None

    def _by_service(self, name: str) -> str | None:
        if self.words.never.search(name) or _without_company(name.split()) != (
            name.split()
        ):
            return None
        unit = self.units.search(name)
        if unit is not None:
            return self.row_of[unit.group()]
        state = self.words.state(name)
        service = self.words.service(name, alone=state is None)
        while service is not None:
            found = self.service_row.get((state or "", service))
            if found is not None:
                return found
            service = _WIDER.get(service)
        return None


@dataclass(frozen=True)
class _Words:
    """Words that tell a state, and words that tell a service."""

    country_of: dict[str, str]
    states: re.Pattern[str]
    with_state: tuple[tuple[str, re.Pattern[str]], ...]
    alone: tuple[tuple[str, re.Pattern[str]], ...]
    never: re.Pattern[str]

    def state(self, name: str) -> str | None:
        found = self.states.search(name)
        return None if found is None else self.country_of[found.group()]

    def service(self, name: str, *, alone: bool) -> str | None:
        for service, pattern in self.alone if alone else self.with_state:
            if pattern.search(name):
                return service
        return None


def normal(text: str) -> str:
    """Return a text in lower case, without accents, marks or double spaces.

    Examples
    --------
    >>> normal("Força Aérea  Brasileira, S.A.")
    'forca aerea brasileira s a'
    """
    if text.isascii():
        return " ".join(_NO_LETTERS.sub(" ", text.lower()).split())
    plain = text
    # A sign may be taken apart into capitals, which are folded in turn.
    for _ in range(2):
        plain = unicodedata.normalize("NFKD", plain.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_NO_LETTERS.sub(" ", letters.replace("ø", "o")).split())


def _parts(text: str) -> Iterator[str]:
    """Yield what a text says of an operator, and of another after a stroke."""
    for part in _STROKE.split(_ASIDE.sub(" ", text)):
        head, _, _ = part.partition(" for ")
        yield part if head.lower().endswith(_MINISTRIES) else head


def _without_company(tokens: list[str]) -> list[str]:
    # "S.A." has become two letters.
    while len(tokens) > 1 and (tokens[-1] in _COMPANY or len(tokens[-1]) == 1):
        tokens = tokens[:-1]
    return tokens


@cache
def _words() -> _Words:
    texts = tuple((name, pa.string()) for name in ("country", "words"))
    states = tables.load(tables.files(STATES_FILE), "country", texts)["words"]
    country_of = {
        normal(word): str(country)
        for country, words in states.items()
        for word in words.split(";")
    }
    listed = pd.read_csv(tables.files(SERVICES_FILE)[0][0])

    def patterns(*, alone: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
        used = listed[listed["alone"].eq(1)] if alone else listed
        words = used.groupby("service")["words"].agg(";".join)
        return tuple((s, _any_of(words[s].split(";"))) for s in SERVICES if s in words)

    never = listed.loc[listed["service"] == "never", "words"].iloc[0]
    return _Words(
        country_of,
        _any_of(country_of),
        patterns(alone=False),
        patterns(alone=True),
        _any_of(never.split(";")),
    )


def _any_of(words: dict[str, str] | list[str]) -> re.Pattern[str]:
    """Return a pattern for any of the words, a longer one before a shorter."""
    ordered = sorted({normal(word) for word in words}, key=lambda w: (-len(w), w))
    # Without a word, nothing must be found rather than everything.
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})\b")
