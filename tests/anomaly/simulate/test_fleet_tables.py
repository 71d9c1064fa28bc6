from __future__ import annotations

import pytest

from anomaly.reference import Reference
from anomaly.simulate import Places, tables
from anomaly.simulate.purposes.missions import MISSIONS
from anomaly.simulate.purposes.planner import Errand
from anomaly.simulate.shares import Shares


def types_flown() -> set[str]:
    lists = [row.types for row in tables.fleets()]
    lists += [row.types for row in tables.airlines()]
    return {code for text in lists for code in tables.weighted(text)[0]}


def test_every_field_named_is_known(reference: Reference) -> None:
    places = Places.of(reference.airports)
    named = {ident for idents in tables.pools().values() for ident in idents}
    named |= {ident for row in tables.fleets() for ident in row.bases.split()}
    named |= {ident for row in tables.airlines() for ident in row.hubs.split()}
    assert {ident for ident in named if not len(places.rows([ident]))} == set()


def test_every_type_named_has_figures(reference: Reference) -> None:
    assert types_flown() <= set(reference.types.table.index) | set(tables.types())


@pytest.mark.parametrize("group", sorted({row.group for row in tables.fleets()}))
def test_every_group_has_missions_and_a_share(group: str) -> None:
    assert group in MISSIONS
    assert getattr(Shares(), group) > 0


def test_every_bloc_has_fields_of_its_own_and_to_go_to() -> None:
    travelling = {
        row.bloc
        for row in tables.fleets()
        if any(
            isinstance(kind, Errand) and "own" in kind.routes
            for kind, _ in MISSIONS[row.group]
        )
    }
    for bloc in travelling:
        assert len(tables.pools()[f"own:{bloc}"]) >= 3
        assert len(tables.pools()[f"front:{bloc}"]) >= 3


def test_what_a_route_names_is_a_pool_or_a_home() -> None:
    words = {
        word
        for kinds in MISSIONS.values()
        for kind, _ in kinds
        if isinstance(kind, Errand)
        for word in kind.routes.replace("|", " ").split()
    }
    named = {word for word in words if ":" in word}
    assert words - named == {"home", "own", "front", "crisis"}
    assert named <= set(tables.pools())
