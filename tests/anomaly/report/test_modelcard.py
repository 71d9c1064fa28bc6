from __future__ import annotations

import json
from pathlib import Path

import pytest

from anomaly.errors import BadInputError
from anomaly.report.modelcard import read_card


def test_a_card_is_read_whole(tmp_path: Path, model_card: str) -> None:
    path = tmp_path / "card.json"
    path.write_text(model_card, encoding="utf-8")
    card = read_card(path)
    assert card is not None
    assert (card.n_rows, card.n_positive) == (61_234, 412)
    assert card.metrics[0].low == 0.61
    assert card.importances[0].feature == "stopover_military_share"


def test_a_figure_may_be_unknown(tmp_path: Path, model_card: str) -> None:
    told = json.loads(model_card)
    told["metrics"][0]["value"] = None
    path = tmp_path / "card.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    card = read_card(path)
    assert card is not None
    assert card.metrics[0].value is None


def test_no_file_is_no_card(tmp_path: Path) -> None:
    assert read_card(tmp_path / "card.json") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": 3}', '{"name": "x"}', "\xff"]
)
def test_what_is_no_card_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInputError, match="is not a model card") as caught:
        read_card(path)
    assert "anomaly train" in caught.value.hint


@pytest.mark.parametrize(
    "source", ["https://example.org/x.png", "javascript:alert(1)", "data:text/html,x"]
)
def test_a_picture_from_elsewhere_is_refused(
    tmp_path: Path, model_card: str, source: str
) -> None:
    card = json.loads(model_card)
    card["figures"][0]["src"] = source
    path = tmp_path / "card.json"
    path.write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(BadInputError, match="not a PNG or SVG"):
        read_card(path)
