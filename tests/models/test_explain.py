from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

import features
from models.explain import MOST_AGAINST, MOST_FOR, MOST_OF_A_FAMILY, _reasons_of


def test_reasons_come_from_several_families_the_weightiest_first() -> None:
    names = [feature.name for feature in features.declared()]
    weights = np.linspace(3, -3, len(names))
    context = {name: name for name in _all_words()}
    told = _reasons_of(weights, pd.Series(1.0, index=names), context)
    families = Counter(
        next(f.name for f in features.families() if r.feature.startswith(f.name + "_"))
        for r in told
        if r.weight > 0
    )
    assert max(families.values()) <= MOST_OF_A_FAMILY
    assert len(families) >= 3
    assert sum(families.values()) <= MOST_FOR
    assert sum(r.weight < 0 for r in told) <= MOST_AGAINST
    sizes = [abs(r.weight) for r in told]
    assert sizes == sorted(sizes, reverse=True)


def test_what_hardly_matters_is_not_told() -> None:
    names = ["stopover_n", "route_abroad"]
    context = {name: name for name in _all_words()}
    told = _reasons_of(np.array([0.5, 0.01]), pd.Series(1.0, index=names), context)
    assert [reason.feature for reason in told] == ["stopover_n"]


def _all_words() -> set[str]:
    import string

    return {
        field.split(":")[0]
        for feature in features.declared()
        for text in (feature.says, feature.says_not)
        for _, field, _, _ in string.Formatter().parse(text)
        if field and field not in ("value", "count", "rarity", "directness")
    }
