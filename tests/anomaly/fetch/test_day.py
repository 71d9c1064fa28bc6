"""Days of an archive: found, chosen, kept, and told when they are not there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from publisher import Publisher, status

from anomaly.errors import AnomalyError
from anomaly.fetch import FetchError, NotPublishedError, fetch_day
from anomaly.fetch.archives import archive
from anomaly.fetch.client import Client
from anomaly.fetch.day import Fetched

DAY = dt.date(2024, 6, 1)
NAME = "v2024.06.01-planes-readsb-prod-0.tar"
RELEASES = "/repos/globe_{year}/releases/v{year}.{month}.{day}-"
PROD = "/repos/globe_2024/releases/v2024.06.01-prod-0"
STAGING = "/repos/globe_2024/releases/v2024.06.01-staging-0"


class Asking:
    """Asks for days with a client that is soon out of patience."""

    def __init__(self, publisher: Publisher, client: Client, data_dir: Path) -> None:
        self.publisher, self.client, self.data_dir = publisher, client, data_dir
        rows = ["address,source,rank,kind,only_on,terms,seen_in"]
        rows += [
            f"{publisher.address}{RELEASES}{copy}-0,ours,{rank},github-release,,,"
            for rank, copy in enumerate(("prod", "staging"))
        ]
        table = data_dir / "reference" / "archives.csv"
        table.parent.mkdir(parents=True)
        table.write_text("\n".join(rows) + "\n")

    def __call__(self, date: dt.date = DAY, source: str = "ours") -> Fetched:
        return fetch_day(
            date,
            self.data_dir / "raw",
            source=source,
            data_dir=self.data_dir,
            client=self.client,
        )


@pytest.fixture
def ask(publisher: Publisher, client: Client, tmp_path: Path) -> Asking:
    return Asking(publisher, client, tmp_path)


def test_all_parts_of_a_release_come_in_order(ask: Asking) -> None:
    parts = {
        f"{NAME}.ab": b"2",
        f"{NAME}.aa": b"11",
        "README.md": b"x",
        "../x.tar": b"",
    }
    ask.publisher.release(PROD, parts)
    day = ask()
    assert [path.name for path in day.files] == [f"{NAME}.aa", f"{NAME}.ab"]
    assert b"".join(path.read_bytes() for path in day.files) == b"112"
    assert day.is_new
    assert not day.doubts
    assert day.first.parent == ask.data_dir / "raw/ours/2024-06-01"


def test_a_day_that_is_here_is_not_fetched_again(ask: Asking) -> None:
    ask.publisher.release(PROD, {NAME: b"day"})
    first = ask()
    ask.publisher.asked.clear()
    again = ask()
    assert not ask.publisher.gets(f"/dl/{NAME}")
    assert (again.files, again.digest) == (first.files, first.digest)
    assert not again.is_new


def test_a_day_uploaded_anew_is_fetched_anew(ask: Asking) -> None:
    ask.publisher.release(PROD, {f"{NAME}.aa": b"11", f"{NAME}.ab": b"2"})
    first = ask()
    ask.publisher.release(PROD, {NAME: b"all of it"})
    again = ask()
    assert again.is_new
    assert again.digest != first.digest
    assert [path.read_bytes() for path in again.files] == [b"all of it"]
    assert not (again.first.parent / f"{NAME}.aa").exists()


def test_when_the_publisher_is_away_a_whole_day_here_will_do(ask: Asking) -> None:
    ask.publisher.release(PROD, {NAME: b"day"})
    first = ask()
    ask.publisher.troubles[PROD] = [status(500)] * 9
    assert ask().files == first.files
    first.first.unlink()
    with pytest.raises(FetchError, match="failed 3 times"):
        ask()


def test_staging_stands_in_for_prod_and_for_a_prod_that_lacks_much(
    ask: Asking,
) -> None:
    ask.publisher.release(STAGING, {"s.tar": b"staging " * 9})
    assert ask().first.name == "s.tar"
    ask.publisher.release(PROD, {"p.tar": b"prod here" * 8})
    assert ask().first.name == "p.tar"
    ask.publisher.release(PROD, {"p.tar": b"prod"})
    assert ask().first.name == "s.tar"


def test_missing_parts_are_told(ask: Asking) -> None:
    ask.publisher.release(PROD, {f"{NAME}.aa": b"11", f"{NAME}.ac": b"2"})
    assert ask().doubts == ("the part .ab is not published",)
    ask.publisher.release(PROD, {f"{NAME}.aa": b"11"})
    assert ask().doubts == (f"there seems to be a part after {NAME}.aa",)


def test_a_day_not_published_or_half_uploaded_is_told_apart_from_failure(
    ask: Asking,
) -> None:
    with pytest.raises(NotPublishedError, match="ours has not published 2024-06-01"):
        ask()
    ask.publisher.release(PROD, {NAME: b"half"}, state="starter")
    with pytest.raises(NotPublishedError, match="being uploaded"):
        ask()
    assert NotPublishedError.exit_status == 3


def test_today_is_never_asked_for(ask: Asking) -> None:
    ask.publisher.release(PROD, {NAME: b"day"})
    for today in (DAY, DAY - dt.timedelta(days=1)):
        with pytest.raises(NotPublishedError, match="not over yet"):
            fetch_day(
                DAY,
                ask.data_dir / "raw",
                source="ours",
                data_dir=ask.data_dir,
                today=today,
            )
    assert ask.publisher.asked == []


def test_a_clock_set_ahead_does_not_make_a_day_end(ask: Asking) -> None:
    noon = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    ask.publisher.clock_s = noon.timestamp()
    ask.publisher.files["/2024-06-01.tar"] = b"half a day"
    with pytest.raises(NotPublishedError, match="not over yet where"):
        ask(source=f"{ask.publisher.address}/{{date}}.tar")


def test_a_template_finds_a_file_or_its_parts(ask: Asking) -> None:
    template = f"{ask.publisher.address}/{{year}}/{{month}}{{day}}.tar"
    ask.publisher.knows_head = False
    ask.publisher.files |= {"/2024/0601.tar.aa": b"11", "/2024/0601.tar.ab": b"2"}
    assert [path.name for path in ask(source=template).files] == [
        "0601.tar.aa",
        "0601.tar.ab",
    ]
    ask.publisher.files["/2024/0601.tar"] = b"112"
    assert [path.name for path in ask(source=template).files] == ["0601.tar"]
    with pytest.raises(NotPublishedError):
        ask(DAY + dt.timedelta(days=1), template)


def test_something_else_than_a_release_is_refused(ask: Asking) -> None:
    for answer in (b"<html>sign in</html>", b"[" * 10_000, b'{"assets": 1}'):
        ask.publisher.files[PROD] = answer
        with pytest.raises(FetchError, match="something else than a release"):
            ask()


def test_no_room_is_told_before_anything_is_fetched(ask: Asking) -> None:
    ask.publisher.release(PROD, {NAME: b"day"}, size=10**15)
    with pytest.raises(FetchError, match="there is no room"):
        ask()
    assert not ask.publisher.gets(f"/dl/{NAME}")


def test_an_unknown_archive_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(AnomalyError, match="no archive is called 'x'") as caught:
        archive("x")
    assert "adsblol" in caught.value.hint
    with pytest.raises(AnomalyError, match="the same for every day"):
        archive("https://example.org/day.tar")


def test_the_last_of_december_is_looked_for_in_the_next_year_too() -> None:
    there = [place.address for place in archive("adsblol").of(dt.date(2024, 12, 31))]
    assert [
        f"globe_history_{year}/" in a
        for a, year in zip(there, (2024, 2024, 2025, 2025), strict=True)
    ] == [True] * 4
    assert len(archive("adsblol").of(DAY)) == 2
