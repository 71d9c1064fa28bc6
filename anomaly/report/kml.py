"""A journey for globes: KML 2.2 with its lines and fields.

https://www.ogc.org/standards/kml/ describes the format.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np

from anomaly.report import symbols, words
from anomaly.report.exports import LINE_TOLERANCE_DEG
from anomaly.report.route import parts_of, spots_of
from anomaly.report.summary import Alert
from anomaly.report.svg import simplify

_NAMESPACE = "http://www.opengis.net/kml/2.2"


def kml(alert: Alert) -> str:
    """Return the journey; each placemark says how its line is known."""
    root = ET.Element("kml", xmlns=_NAMESPACE)
    document = ET.SubElement(root, "Document")
    made = f"[{alert.provenance.value.upper()}] " if alert.provenance.is_made else ""
    _text(document, "name", f"{made}{alert.craft.name}, {' '.join(alert.airports)}")
    _text(
        document,
        "description",
        f"{words.MADE_NOTES[alert.provenance]} {words.what_was_seen(alert)} Score "
        f"{words.score(alert.score)} ({alert.model}): evidence, never a verdict.",
    )
    for kind, colour in symbols.COLOURS.items():
        style = ET.SubElement(document, "Style", id=kind)
        line = ET.SubElement(style, "LineStyle")
        # Opacity, blue, green, red.
        red, green, blue = colour[1:3], colour[3:5], colour[5:7]
        _text(line, "color", f"ff{blue}{green}{red}")
        _text(line, "width", "3")
    for part in parts_of(alert):
        mark = _placemark(
            document,
            f"Flight {part.leg + 1}, {symbols.line_words(part.kind, alert.provenance)}",
        )
        _text(mark, "styleUrl", f"#{part.kind}")
        line = ET.SubElement(mark, "LineString")
        # A globe's line between two points follows the earth, across 180 degrees too.
        _text(line, "tessellate", "1")
        points = np.column_stack([part.longitude_deg, part.latitude_deg])
        _text(
            line,
            "coordinates",
            " ".join(
                f"{x:.4f},{y:.4f}" for x, y in simplify(points, LINE_TOLERANCE_DEG)
            ),
        )
    for spot in spots_of(alert):
        unseen = ", landing inferred" if spot.inferred else ""
        mark = _placemark(document, f"{spot.name} ({spot.ident}){unseen}")
        point = ET.SubElement(mark, "Point")
        where = f"{spot.longitude_deg:.4f},{spot.latitude_deg:.4f}"
        _text(point, "coordinates", where)
    ET.indent(root, " ")
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{declaration}{ET.tostring(root, encoding='unicode')}\n"


def _placemark(document: ET.Element, name: str) -> ET.Element:
    mark = ET.SubElement(document, "Placemark")
    _text(mark, "name", name)
    return mark


def _text(parent: ET.Element, tag: str, text: str) -> None:
    # XML knows no way to write a control character.
    printable = "".join(c if c.isprintable() else " " for c in text)
    ET.SubElement(parent, tag).text = printable
