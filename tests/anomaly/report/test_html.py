from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_builders import DAY, Pages, Plan, reference, write_day

import anomaly.report
from anomaly.report.environment import script
from anomaly.report.html import render
from anomaly.report.modelcard import read_card
from anomaly.report.reading import read_day
from anomaly.store import Store
from anomaly.verdicts import Judgement, Seen, Verdicts

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
STYLE = Path(anomaly.report.__file__).parent / "templates" / "style.css"


class Tags(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def _html(files: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in files.items() if name.endswith(".html")}


def _flag(files: dict[str, str]) -> str:
    return next(text for name, text in files.items() if name.endswith("Z.html"))


def test_the_same_store_gives_the_same_bytes(store: Store) -> None:
    write_day(store, [Plan(), Plan(icao24="154073", rank=2)])
    first, again = (
        render(read_day(store, DAY, reference()), Path("data")) for _ in range(2)
    )
    assert again == first


def test_hostile_words_stay_text_everywhere(pages_of: Pages) -> None:
    files = pages_of(
        Plan(
            callsign=HOSTILE,
            registration=HOSTILE,
            operator=HOSTILE,
            typecode=HOSTILE,
            reasons=(("stopover_n", HOSTILE, HOSTILE, 1.0),),
            coverage=(HOSTILE,),
        )
    )
    for page in _html(files).values():
        tags = Tags(page)
        # The one that sorts and moves is ours, and named by its hash.
        assert tags.named("script") == [{}]
        assert page.count(script("reader")) == 1
        assert not tags.named("img")
        for _, attributes in tags.tags:
            assert not [name for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;" in _flag(files)


@pytest.mark.parametrize("kind", ["re-enacted", "simulated"])
def test_made_tracks_are_named_on_every_page_and_in_every_picture(
    pages_of: Pages, kind: str
) -> None:
    pages = _html(pages_of(Plan(provenance=kind)))
    assert len(pages) == 3
    n_pictures = 0
    for page in pages.values():
        assert f"<title>[{kind.upper()}]" in page
        assert f"<strong>{kind.upper()}</strong>" in page
        pictures = re.findall(r'<svg[^>]*role=".*?</svg>', page, re.DOTALL)
        n_pictures += len(pictures)
        for picture in pictures:
            assert re.search(rf"<text[^>]*>{kind.upper()}", picture)
    # The day's map, the journey's own and its place beside its row, the charts, and
    # the calendar.
    assert n_pictures == 5


def test_recorded_tracks_say_that_they_are(pages_of: Pages) -> None:
    flag = _flag(pages_of(Plan(provenance="observed")))
    assert "<strong>OBSERVED</strong>" in flag
    assert "need exist" not in flag


def test_nothing_on_a_page_is_fetched(pages_of: Pages) -> None:
    for page in _html(pages_of(Plan())).values():
        tags = Tags(page)
        policy = tags.named("meta")[1]["content"] or ""
        assert policy.startswith("default-src 'none'")
        sources = [a.get("src") for _, a in tags.tags if "src" in a]
        sources += [a["href"] for a in tags.named("link")]
        assert all((source or "").startswith("data:") for source in sources)


def test_links_within_the_report_lead_to_its_files(pages_of: Pages) -> None:
    files = pages_of(Plan(), Plan(icao24="154073", rank=2))
    for name, page in _html(files).items():
        for link in Tags(page).named("a"):
            target = link["href"] or ""
            if target.startswith(("https://", "#")):
                continue
            path = (Path("/") / name).parent.joinpath(target)
            parts: list[str] = []
            for part in path.parts[1:]:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in files, (name, target)


def test_a_page_never_says_that_a_flight_is_military(pages_of: Pages) -> None:
    for page in _html(pages_of(Plan())).values():
        assert not re.search(r"\bis (a )?military\b|\bidentified as\b", page)
        assert "A score is evidence, never a verdict" in page


def test_links_lead_to_that_aircraft_on_those_days(pages_of: Pages) -> None:
    flag = _flag(pages_of(Plan()))
    for day in ("2019-03-22", "2019-03-23"):
        wanted = f"globe.adsbexchange.com/?icao=1551e0&amp;showTrace={day}"
        assert wanted in flag
    assert "no such real track need exist" in flag


def test_a_surrogate_address_leads_nowhere(pages_of: Pages) -> None:
    flag = _flag(pages_of(Plan(icao24="~1551e", registration=None)))
    assert "no public address" in flag
    assert "adsbexchange" not in flag


def test_the_command_that_records_a_verdict_names_the_data(store: Store) -> None:
    write_day(store, [Plan()])
    day = read_day(store, DAY, reference())
    flight_id = day.flagged[0].flight_id
    usual = _flag(render(day, Path("data")))
    assert f"anomaly verdict {flight_id} confirm --note &#34;why&#34;\n" in usual
    other = _flag(render(day, Path("my data")))
    assert "--data-dir &#39;my data&#39;" in other


def test_recorded_verdicts_stand_on_the_pages(store: Store) -> None:
    write_day(store, [Plan()])
    lead = read_day(store, DAY, reference()).flagged[0].lead
    Verdicts(store.verdicts).record(
        Seen(lead.flight_id, "1551e0", lead.first_seen, lead.last_seen),
        Judgement.DISMISS,
        by="Ann <b>",
        note="parked",
    )
    files = render(read_day(store, DAY, reference()), Path("data"))
    assert "Ann &lt;b&gt;: dismiss" in files["index.html"]
    assert "parked" in _flag(files)


def test_those_on_one_mission_name_each_other(pages_of: Pages) -> None:
    pages = pages_of(
        Plan(mission="m"),
        Plan(icao24="154073", registration="RA-82035", rank=2, mission="m"),
        Plan(icao24="3c6444", registration="D-AIZZ", rank=3),
    )
    told = {
        name: text.partition("did not fly alone")[2].partition("</p>")[0]
        for name, text in _html(pages).items()
        if name.startswith("flags/")
    }
    assert [("RA-" in words) for words in told.values()] == [True, True, False]
    assert "same unusual way as 2" in pages["index.html"]


def test_a_flag_tells_what_gives_it_its_place(pages_of: Pages) -> None:
    plans = (
        Plan(mission="m"),
        Plan(icao24="154073", rank=2, mission="m", score=0.8, surprise_bits=1.0),
        Plan(icao24="3c6444", rank=3),
    )
    pages = _html(pages_of(*plans))
    second = next(text for name, text in pages.items() if "154073" in name)
    alone = next(text for name, text in pages.items() if "3c6444" in name)
    # A score of 0.8 is odds of 4 to 1.
    assert "of rank 1 + 2.0 of odds of the next best of its mission" in second
    odds = (
        "9.4 of odds against ordinary traffic + twice 2.0 of odds against "
        "look-alikes (more than 2 count as 2)"
    )
    assert f"its own are {odds} + twice 1.0 of surprise" in second
    own = f"{odds} + twice 6.1 of surprise"
    assert f"{own}. A flag needed <b>3.5 bits" in alone
    assert "among like scores" not in pages["index.html"]


def test_a_day_without_flags_still_shows_what_led(pages_of: Pages) -> None:
    files = pages_of(Plan(flagged=False))
    assert not [name for name in files if name.startswith("flags/")]
    assert "No journey of this day reached the threshold" in files["index.html"]
    assert "RA-86496" in files["index.html"]


def test_a_journey_known_from_a_list_has_a_page(pages_of: Pages) -> None:
    flag = _flag(pages_of(Plan(has_positions=False)))
    assert "No position was received" in flag


def test_a_model_without_a_card_is_said_to_be_unknown(pages_of: Pages) -> None:
    assert "came without a card" in pages_of(Plan())["model.html"]


def test_the_model_page_tells_the_card(store: Store, model_card: str) -> None:
    write_day(store, [Plan()])
    path = store.model_card("flight-anomaly 3")
    path.parent.mkdir(parents=True)
    path.write_text(model_card, encoding="utf-8")
    assert read_card(path)
    files = render(read_day(store, DAY, reference()), Path("data"))
    page = files["model.html"]
    assert "Trained on SIMULATED tracks" in page
    for said in ("g-f-001", "0.610, 0.900", "61,234", "cannot be scored"):
        assert said in page
    assert "78 % (61 to 90 %)" in page
    assert "78 %" not in files["index.html"]


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_words_stand_out_from_what_lies_behind_them(scheme: int) -> None:
    """Contrast as WCAG 2 level AA asks of text: 4.5 to 1."""
    light, dark, paper = re.findall(
        r":root \{(.*?)\n *\}", STYLE.read_text(encoding="utf-8"), re.DOTALL
    )
    base = dict(re.findall(r"--([\w-]+): (#\w+);", light))
    colours = base | dict(
        re.findall(r"--([\w-]+): (#\w+);", (light, dark, paper)[scheme])
    )
    pairs = [
        *(("ink", back) for back in ("bg", "panel", "sea", "land", "ground")),
        *(("soft", back) for back in ("bg", "panel", "ground")),
        *(("link", back) for back in ("bg", "panel")),
        ("on-made", "made"),
        ("ink", "made-wash"),
        ("made", "bg"),
        ("unobserved", "sea"),
    ]
    low = {p: c for p in pairs if (c := _contrast(*(colours[x] for x in p))) < 4.5}
    assert not low


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    red, green, blue = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_stopover_is_never_at_most_shorter_than_it_was(pages_of: Pages) -> None:
    pages = pages_of(Plan())
    page = next(
        text
        for name, text in pages.items()
        if name.endswith(".html") and "flags/" in name
    )
    # Of 3 h unseen the builder's stop in Syria took 2 h 50 min, that at Dakar all.
    assert page.count("at most") == 1


def test_no_control_character_gets_into_a_file_of_a_flag(pages_of: Pages) -> None:
    sent = "\x1b[2J\x07\x08\u202eevil"
    plan = Plan(callsign=sent, registration=sent, operator=sent, coverage=(sent,))
    files = pages_of(plan)
    assert "?[2J???evil" in _flag(files)
    for page in _html(files).values():
        assert not set(sent) & set(page) - set("[2Jevil")
