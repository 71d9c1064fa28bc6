"""One file, from a server that does what servers do."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from publisher import Handler, Publisher, Trouble, cut, lie, stall, status

from anomaly.fetch.client import Client
from anomaly.fetch.download import download
from anomaly.fetch.errors import FetchError
from anomaly.fetch.release import RemoteFile

DATA = bytes(range(256)) * 4000
PATH = "/day.tar"


@pytest.fixture
def file(publisher: Publisher) -> RemoteFile:
    publisher.files[PATH] = DATA
    sha256 = hashlib.sha256(DATA).hexdigest()
    return RemoteFile("day.tar", publisher.address + PATH, len(DATA), sha256)


def left_behind(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_comes_whole_and_nothing_else_stays(
    file: RemoteFile, client: Client, tmp_path: Path
) -> None:
    seen: list[int] = []
    download(file, tmp_path / "day.tar", client, seen.append)
    assert (tmp_path / "day.tar").read_bytes() == DATA
    assert left_behind(tmp_path) == {"day.tar"}
    assert seen == sorted(seen)
    assert seen[-1] == len(DATA)


@pytest.mark.parametrize(
    "trouble",
    [cut(400_000), stall(400_000), status(500), status(503)],
    ids=["cut", "stalls", "500", "503"],
)
def test_after_trouble_the_rest_is_asked_for(
    trouble: Trouble,
    file: RemoteFile,
    publisher: Publisher,
    client: Client,
    tmp_path: Path,
) -> None:
    publisher.troubles[PATH] = [trouble]
    download(file, tmp_path / "day.tar", client)
    assert (tmp_path / "day.tar").read_bytes() == DATA


@pytest.mark.parametrize("promised", [len(DATA) + 50, len(DATA) - 50])
def test_a_lie_about_the_length_is_found_out(
    promised: int,
    file: RemoteFile,
    publisher: Publisher,
    client: Client,
    tmp_path: Path,
) -> None:
    publisher.troubles[PATH] = [lie(promised)]
    unlisted = RemoteFile(file.name, file.address, sha256=file.sha256)
    download(unlisted, tmp_path / "day.tar", client)
    assert (tmp_path / "day.tar").read_bytes() == DATA


def test_a_new_run_goes_on_where_the_last_was_cut(
    file: RemoteFile, publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.troubles[PATH] = [cut(300_000), *[status(500)] * 3]
    with pytest.raises(FetchError, match="failed 3 times") as caught:
        download(file, tmp_path / "day.tar", client)
    assert "run the same command again" in caught.value.hint
    assert left_behind(tmp_path) == {".day.tar.part", ".day.tar.part.json"}
    publisher.asked.clear()
    download(file, tmp_path / "day.tar", client)
    assert publisher.gets(PATH) == ["bytes=300000-"]
    assert (tmp_path / "day.tar").read_bytes() == DATA


def test_every_byte_gained_renews_our_patience(
    file: RemoteFile, publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.troubles[PATH] = [cut(at) for at in range(100_000, 900_000, 100_000)]
    download(file, tmp_path / "day.tar", client)
    assert (tmp_path / "day.tar").read_bytes() == DATA


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(
    publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.files[PATH] = DATA
    file = RemoteFile("day.tar", publisher.address + PATH)

    def cut_and_change(handler: Handler, data: bytes) -> None:
        cut(300_000)(handler, data)
        publisher.files[PATH] = DATA[::-1]

    publisher.troubles[PATH] = [cut_and_change]
    download(file, tmp_path / "day.tar", client)
    assert (tmp_path / "day.tar").read_bytes() == DATA[::-1]


def test_without_a_tag_nothing_is_joined_to_what_came_before(
    file: RemoteFile, publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.has_etag = False
    publisher.troubles[PATH] = [cut(300_000)]
    download(file, tmp_path / "day.tar", client)
    assert publisher.gets(PATH) == ["", ""]
    assert (tmp_path / "day.tar").read_bytes() == DATA


def test_a_file_with_another_digest_is_refused_and_not_kept(
    file: RemoteFile, publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.files[PATH] = DATA[::-1]
    with pytest.raises(FetchError, match="digests differ"):
        download(file, tmp_path / "day.tar", client)
    assert left_behind(tmp_path) == set()


def test_a_file_of_another_size_than_listed_is_refused(
    file: RemoteFile, publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.files[PATH] = DATA + b"more"
    with pytest.raises(FetchError, match="by its list"):
        download(file, tmp_path / "day.tar", client)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (status(403), "refuses: 403"),
        (status(401), "refuses: 401"),
        (status(404), "there is nothing at"),
        (status(429, Retry_After="3600"), "left alone"),
        (
            status(403, X_RateLimit_Remaining="0", X_RateLimit_Reset="9999999999"),
            "left alone",
        ),
    ],
    ids=["403", "401", "404", "429 for an hour", "GitHub's limit"],
)
def test_what_waiting_does_not_mend_is_told_at_once(
    trouble: Trouble,
    told: str,
    file: RemoteFile,
    publisher: Publisher,
    client: Client,
    tmp_path: Path,
) -> None:
    publisher.troubles[PATH] = [trouble]
    with pytest.raises(FetchError, match=told) as caught:
        download(file, tmp_path / "day.tar", client)
    assert caught.value.hint
    assert len(publisher.asked) == 1


def test_a_short_wait_is_waited_as_the_server_asks(
    file: RemoteFile, publisher: Publisher, client: Client, tmp_path: Path
) -> None:
    publisher.troubles[PATH] = [status(429, Retry_After="0"), status(429)]
    download(file, tmp_path / "day.tar", client)
    assert len(publisher.asked) == 3


def test_a_server_that_is_not_there_is_one_sentence(
    client: Client, tmp_path: Path
) -> None:
    file = RemoteFile("day.tar", "http://127.0.0.1:1/day.tar")
    with pytest.raises(FetchError, match=r"127\.0\.0\.1:1 failed 3 times"):
        download(file, tmp_path / "day.tar", client)


def test_a_folder_that_cannot_be_written_is_one_sentence(
    file: RemoteFile, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file stands here")
    with pytest.raises(FetchError, match=r"cannot write day\.tar"):
        download(file, tmp_path / "taken" / "day.tar", client)
