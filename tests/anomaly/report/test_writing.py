from __future__ import annotations

import json
from pathlib import Path

from anomaly.report.writing import write


def _files(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def test_pages_of_an_earlier_report_are_taken_away(tmp_path: Path) -> None:
    write({"index.html": "1", "flags/a.html": "a"}, tmp_path)
    write({"index.html": "2", "flags/b.html": "b"}, tmp_path)
    assert _files(tmp_path) == {"index.html", "flags/b.html", "report.json"}
    assert (tmp_path / "index.html").read_text() == "2"


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    write({"index.html": "1"}, tmp_path)
    write({"index.html": "2"}, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_forged_list_cannot_reach_outside(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("keep")
    out = tmp_path / "out"
    out.mkdir()
    names = ["../victim.txt", str(victim), 3]
    (out / "report.json").write_text(json.dumps({"files": names}))
    write({"index.html": "1"}, out)
    assert victim.exists()


def test_a_broken_list_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{")
    write({"index.html": "1"}, tmp_path)
    assert _files(tmp_path) == {"index.html", "report.json"}


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        write({"index.html": "1", "flags/a.csv": "a\n"}, tmp_path)
        now = {name: (tmp_path / name).read_bytes() for name in _files(tmp_path)}
    assert now["flags/a.csv"] == b"a\n"
    assert len(now) == 3
