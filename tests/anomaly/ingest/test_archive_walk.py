from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from archives import tar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly.errors import BadInputError
from anomaly.ingest import archive
from anomaly.ingest.base import LeftOut

LONG = f"./traces/{'deep/' * 40}file.json"


def names(path: Path, left_out: LeftOut | None = None) -> list[str]:
    wanted = archive.members(path, lambda _: True, left_out or LeftOut())
    return [member.name for member in wanted]


@pytest.mark.parametrize(
    "form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
)
def test_every_dialect_is_read(form: int, tmp_path: Path) -> None:
    path = tmp_path / "day.tar"
    contents = {"./a.json": b"1" * 700, LONG: b"2", "é.json": b""}
    with tarfile.open(path, "w", format=form) as out:
        for name, data in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    found = archive.members(path, lambda _: True, LeftOut())
    assert {member.name: member.data for member in found} == contents


def test_a_packed_tar_is_read(tmp_path: Path) -> None:
    path = tar(tmp_path / "day.tar", {"a.json": b"1", "b.json": b"2"})
    packed = tmp_path / "day.tar.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert archive.is_tar(packed)
    assert names(packed) == ["a.json", "b.json"]
    packed.write_bytes(gzip.compress(path.read_bytes())[:-30])
    left_out = LeftOut()
    names(packed, left_out)
    assert left_out.counts["cut_archive", "files"] == 1


def test_members_that_could_escape_are_counted_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "day.tar"
    with tarfile.open(path, "w") as out:
        for name, kind in [
            ("../up.json", tarfile.REGTYPE),
            ("/etc/passwd.json", tarfile.REGTYPE),
            ("link.json", tarfile.SYMTYPE),
            ("hard.json", tarfile.LNKTYPE),
            ("device.json", tarfile.CHRTYPE),
            ("good.json", tarfile.REGTYPE),
            ("folder", tarfile.DIRTYPE),
        ]:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            out.addfile(info)
    left_out = LeftOut()
    assert names(path, left_out) == ["good.json"]
    assert dict(left_out.counts) == {("unsafe_member", "files"): 5}


def test_after_a_damaged_header_the_next_whole_one_is_read(tmp_path: Path) -> None:
    path = tar(tmp_path / "day.tar", {f"{i}.json": b"x" * 600 for i in range(5)})
    data = bytearray(path.read_bytes())
    at = 2 * (512 + 1024)
    data[at : at + 100] = b"\xff" * 100
    path.write_bytes(data)
    left_out = LeftOut()
    assert names(path, left_out) == ["0.json", "1.json", "3.json", "4.json"]
    assert dict(left_out.counts) == {("damaged_archive", "files"): 1}


def test_a_cut_tar_gives_what_comes_before_the_cut(tmp_path: Path) -> None:
    path = tar(tmp_path / "day.tar", {f"{i}.json": b"x" * 600 for i in range(5)})
    path.write_bytes(path.read_bytes()[: 3 * (512 + 1024) + 700])
    left_out = LeftOut()
    assert names(path, left_out) == ["0.json", "1.json", "2.json"]
    assert dict(left_out.counts) == {("cut_archive", "files"): 1}


@pytest.mark.parametrize("size", [600, 3_000_000])
def test_a_hole_of_zeros_costs_what_lay_in_it(size: int, tmp_path: Path) -> None:
    path = tar(tmp_path / "day.tar", {f"{i}.json": b"x" * size for i in range(5)})
    data = bytearray(path.read_bytes())
    step = 512 + -(-size // 512) * 512
    hole = slice(step + 700, 3 * step + 600)
    data[hole] = bytes(hole.stop - hole.start)
    path.write_bytes(data)
    left_out = LeftOut()
    assert names(path, left_out) == ["0.json", "1.json", "4.json"]
    assert left_out.counts["damaged_archive", "files"] == 1


def test_tars_one_after_another_are_read(tmp_path: Path) -> None:
    tars = [tar(tmp_path / name, {name: b"1"}) for name in ("a.json", "b.json")]
    both = tmp_path / "day.tar"
    both.write_bytes(b"".join(path.read_bytes() for path in tars))
    left_out = LeftOut()
    assert names(both, left_out) == ["a.json", "b.json"]
    assert not left_out.counts


@pytest.mark.parametrize(
    ("suffixes", "lost"),
    [
        (("aa", "ab", "ac"), "ab"),
        (("aa", "ab", "ac"), "aa"),
        (("aaa", "aab", "aac"), "aab"),
        (("00", "01", "02"), "01"),
        (("001", "002", "003"), "002"),
    ],
)
def test_parts_are_found_however_they_are_counted(
    suffixes: tuple[str, ...], lost: str, tmp_path: Path
) -> None:
    contents = {f"{i}.json": bytes([65 + i]) * 5_000 for i in range(9)}
    whole = gzip.compress(tar(tmp_path / "whole", contents).read_bytes(), 0)
    size = -(-len(whole) // 3)
    parts = {s: whole[i * size : (i + 1) * size] for i, s in enumerate(suffixes)}
    for suffix, data in parts.items():
        (tmp_path / f"day.tar.gz.{suffix}").write_bytes(data)
    given = tmp_path / f"day.tar.gz.{suffixes[1]}"
    left_out = LeftOut()
    assert names(given, left_out) == list(contents)
    assert not left_out.counts
    (tmp_path / f"day.tar.gz.{lost}").unlink()
    assert archive.missing_parts(archive.parts_of(given)) == [f"day.tar.gz.{lost}"]


def test_an_empty_file_is_no_tar(tmp_path: Path) -> None:
    path = tmp_path / "day.tar.aa"
    path.write_bytes(b"")
    with pytest.raises(BadInputError, match="empty"):
        names(path)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contents=st.dictionaries(
        st.from_regex(r"[a-z]{1,8}\.json", fullmatch=True), st.binary(max_size=1500)
    ),
    size=st.integers(1, 4000),
)
def test_parts_of_any_size_join(
    tmp_path: Path, contents: dict[str, bytes], size: int
) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    whole = tar(tmp_path / "day.tar", contents).read_bytes()
    size = max(size, -(-len(whole) // 26))
    for i, start in enumerate(range(0, len(whole), size)):
        part = tmp_path / f"day.tar.a{chr(ord('a') + i)}"
        part.write_bytes(whole[start : start + size])
    left_out = LeftOut()
    found = archive.members(tmp_path / "day.tar.aa", lambda _: True, left_out)
    assert {member.name: member.data for member in found} == contents
    assert not left_out.counts
