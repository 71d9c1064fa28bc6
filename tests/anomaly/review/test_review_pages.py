from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from asgi import Answer, Browser
from report_builders import DAY, Plan, write_day

from anomaly.domain import Provenance
from anomaly.marks import Marks
from anomaly.review.app import make_app
from anomaly.review.guard import token
from anomaly.store import Store
from anomaly.verdicts import Judgement, Verdicts

INDEX = f"/{DAY}/index.html"


def _flags(browser: Browser) -> list[str]:
    table = browser.get(INDEX).text.partition('id="flags"')[2]
    return [f"/{DAY}/{path}" for path in re.findall(r'"(flags/[^"]+\.html)"', table)]


def _stem(flag: str) -> str:
    return flag.removesuffix(".html")


@pytest.fixture
def key(store: Store) -> str:
    return token(store)


def _say(
    browser: Browser, flag: str, key: str, said: str = "confirm", **more: str
) -> Answer:
    fields = {"token": key, "verdict": said, **more}
    return browser.post(f"{_stem(flag)}/verdict", fields, accept="application/json")


def test_the_same_pages_are_served_and_can_be_decided_on(browser: Browser) -> None:
    first, *_ = _flags(browser)
    page = browser.get(first).text
    for said in ("confirm", "dismiss", "unsure"):
        assert f'name="verdict" value="{said}"' in page
    for name in (INDEX, f"/{DAY}/model.html", f"{_stem(first)}.kml", "/", "/lists"):
        assert browser.get(name).status == 200


def test_a_verdict_leads_to_the_next_open_flag(
    browser: Browser, store: Store, key: str
) -> None:
    one, two, three = _flags(browser)
    assert _say(browser, two, key, note="why").told["next"].startswith(three)
    assert _say(browser, three, key, "dismiss").told["next"].startswith(one)
    kept = Verdicts(store.verdicts).latest()
    assert [(v.verdict, v.by, v.note) for v in kept] == [
        (Judgement.CONFIRM, "ann", "why"),
        (Judgement.DISMISS, "ann", ""),
    ]
    shown = kept[0].shown
    assert shown
    assert (shown.date, shown.rank, shown.flagged) == (DAY, 2, True)
    assert kept[0].seen.provenance is Provenance.RE_ENACTED


def test_a_verdict_can_be_taken_back_by_whoever_gave_it(
    browser: Browser, store: Store, key: str
) -> None:
    flag = _flags(browser)[0]
    _say(browser, flag, key)
    _say(browser, flag, key, "dismiss")
    as_bob = browser.post(
        "/undo/2", {"token": key}, cookie="anomaly_reviewer=bob", accept="text/html"
    )
    assert as_bob.status == 400
    taken = browser.post("/undo/2", {"token": key}, accept="application/json")
    assert taken.told["next"] == flag
    (counts,) = Verdicts(store.verdicts).latest()
    assert counts.verdict is Judgement.CONFIRM
    assert len(Verdicts(store.verdicts).history()) == 2


def test_reviewers_at_odds_are_listed_so(browser: Browser, key: str) -> None:
    flag, other, _ = _flags(browser)
    _say(browser, flag, key)
    _say(browser, other, key)
    fields = {"token": key, "verdict": "dismiss"}
    browser.post(f"{_stem(flag)}/verdict", fields, cookie="anomaly_reviewer=bob%20b")
    page = browser.get(f"{INDEX}?show=disagreements").text
    listed = page.partition('id="flags"')[2].partition('id="left-out"')[0]
    assert flag.rpartition("/")[2] in listed
    assert other.rpartition("/")[2] not in listed
    assert "bob b: dismiss" in listed
    assert "open (1)" in page


def test_a_reason_must_go_with_the_verdict(
    browser: Browser, store: Store, key: str
) -> None:
    flag = _flags(browser)[0]
    answer = _say(browser, flag, key, "confirm", reason="dismiss/ferry")
    assert answer.status == 400
    assert "goes with dismiss" in answer.told["message"]
    _say(browser, flag, key, "dismiss", reason="dismiss/ferry")
    (said,) = Verdicts(store.verdicts).latest()
    assert said.why == "ferry, delivery or maintenance"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:8037"}, 421),
        ({"host": "127.0.0.1"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-length": "9999999"}, 413),
    ],
)
def test_a_form_from_elsewhere_is_refused(
    browser: Browser, store: Store, key: str, headers: dict[str, str], status: int
) -> None:
    flag = _flags(browser)[0]
    fields = {"token": key, "verdict": "confirm"}
    answer = browser.post(f"{_stem(flag)}/verdict", fields, **headers)
    assert answer.status == status
    assert not Verdicts(store.verdicts).history()


@pytest.mark.parametrize("given", ["", "0" * 64, "\N{SNOWMAN}"])
def test_a_form_without_our_token_is_refused(
    browser: Browser, store: Store, given: str
) -> None:
    assert _say(browser, _flags(browser)[0], given).status == 403
    assert not Verdicts(store.verdicts).history()


def test_the_token_outlives_a_restart_and_is_this_users_alone(
    store: Store, key: str
) -> None:
    assert token(store) == key
    assert (store.root / ".review-key").stat().st_mode & 0o077 == 0


def test_every_answer_forbids_what_no_page_needs(browser: Browser) -> None:
    for path in ("/", INDEX, "/nothing", f"/{DAY}/flags.csv"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        f"/{DAY}/../../labels.sqlite",
        f"/{DAY}/..%2f..%2fstore.json",
        f"/{DAY}/flags/..%2f..%2f..%2flabels.sqlite",
        "/.review-key",
        "/%2fetc/passwd",
        "/2019-13-99/index.html",
        "/2019-03-24/index.html",
    ],
)
def test_nothing_outside_the_reports_is_served(browser: Browser, path: str) -> None:
    assert browser.get(path).status == 404


def test_hostile_words_stay_text(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\"'"
    store = Store(tmp_path / "data")
    write_day(store, [Plan(callsign=hostile, registration=hostile)])
    browser = Browser(make_app(store, port=8037, by=hostile))
    flag = _flags(browser)[0]
    _say(browser, flag, token(store), note=hostile)
    fields = {"token": token(store), "text": hostile}
    browser.post(f"{_stem(flag)}/correct", fields)
    for path in (INDEX, flag, "/", "/verdicts", "/lists"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_a_correction_shows_on_the_page_and_in_the_list(
    browser: Browser, key: str
) -> None:
    flag = _flags(browser)[0]
    fields = {"token": key, "text": "It was a ferry flight."}
    assert browser.post(f"{_stem(flag)}/correct", fields).status == 303
    assert "It was a ferry flight." in browser.get(flag).text
    assert "It was a ferry flight." in browser.get(INDEX).text
    assert "It was a ferry flight." in browser.get(f"/{DAY}/flags.csv").text


def test_lists_are_kept_on_their_page(browser: Browser, store: Store, key: str) -> None:
    entry = {"token": key, "list": "ignore", "kind": "operator", "value": " dlh "}
    assert browser.post("/lists", entry | {"change": "put"}).status == 303
    (mark,) = Marks(store.verdicts).listed()
    assert (mark.value, mark.by) == ("DLH", "ann")
    page = browser.get(INDEX).text
    assert "on your ignore list" in page
    browser.post("/lists", entry | {"change": "remove"})
    assert not Marks(store.verdicts).listed()
    refused = browser.post("/lists", entry | {"change": "put", "value": "=1+1"})
    assert refused.status == 400


def test_reviewers_sign_in_by_name(browser: Browser, key: str) -> None:
    answer = browser.post("/reviewer", {"token": key, "name": "  Zo\u00eb\n; x=y "})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    said = cookie.partition(";")[0]
    assert "Zo\u00eb ; x=y" in browser.get("/", cookie=said).text


def test_several_at_once_lose_nothing(browser: Browser, store: Store, key: str) -> None:
    flags = _flags(browser)

    def decide(name: str) -> None:
        for flag in flags:
            fields = {"token": key, "verdict": "confirm"}
            browser.post(
                f"{_stem(flag)}/verdict", fields, cookie=f"anomaly_reviewer={name}"
            )

    threads = [threading.Thread(target=decide, args=(f"r{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Verdicts(store.verdicts).latest()) == 12


def test_a_day_scored_anew_is_read_anew(browser: Browser, store: Store) -> None:
    assert "0.97" in browser.get(INDEX).text
    write_day(store, [Plan(score=0.61)])
    page = browser.get(INDEX).text
    assert "0.61" in page
    assert "0.97" not in page


def test_a_private_aircraft_is_named_only_if_told_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    write_day(store, [Plan(private=True)])
    for show, is_named in ((False, False), (True, True)):
        app = make_app(store, port=8037, by="ann", show_private=show)
        assert ("RA-86496" in Browser(app).get(INDEX).text) is is_named


def test_a_day_without_flags_is_listed_with_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    write_day(store, [Plan(flagged=False)])
    browser = Browser(make_app(store, port=8037, by="ann"))
    assert browser.get("/").status == browser.get(INDEX).status == 200
