"""A small share of ``tests/benchmarks/fuzz.py``, whose longer runs the README tells."""

from __future__ import annotations

from pathlib import Path

import fuzz

from anomaly.ingest import readers

POOR = ("a poor sentence", "too slow")


def test_damaged_files_give_conforming_tables_or_one_sentence(tmp_path: Path) -> None:
    seeds = list(fuzz.made_seeds(tmp_path))
    assert {seed.reader.name for seed in seeds} == {r.name for r in readers()}
    assert any(seed.name.startswith("v2019") for seed in seeds)
    for name, outcome in fuzz.fuzz(seeds, 25, random_seed=20).items():
        assert not any(outcome.counts[kind] for kind in POOR), name
        assert outcome.n_positions > 0, name


def test_damaged_real_files_do_so_too(shared: Path) -> None:
    seeds = list(fuzz.real_seeds(shared / "tracks"))
    assert len({seed.reader.name for seed in seeds}) >= 4
    for name, outcome in fuzz.fuzz(seeds, 25, random_seed=21).items():
        assert not any(outcome.counts[kind] for kind in POOR), name
