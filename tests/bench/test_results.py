"""What becomes of the benchmark's results: goals, tables, marks in documents, the chart."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from bench.chart import chart
from bench.report import DOCUMENTS, RECORDED, chart_of, texts_of
from bench.results import Goal, Part, Series, Table, digits
from bench.tables import as_markdown, as_text, filled, marked

TABLE = Table("one", ["way", "seconds"], [["a", 12.345], ["longer", None]], ["T is 10 s."])
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (4003, "4,003"), (123.4, "123"), (12.34, "12.3"), (0.123, "0.12")],
)
def test_numbers_have_the_digits_that_they_deserve(value: float | None, shown: str) -> None:
    """Three significant digits, whole numbers in full, nothing where nothing was measured."""
    assert digits(value) == shown


@pytest.mark.parametrize(
    ("value", "at_least", "verdict"),
    [(1.2, False, "reached"), (1.5, False, "missed by 0.30"), (8.0, True, "reached")],
)
def test_a_goal_says_by_how_much_it_is_missed(value: float, at_least: bool, verdict: str) -> None:
    """A bound may be the most or the least."""
    goal = Goal("times", value, 1.2, at_least=at_least)
    assert goal.sentence.endswith(f": {verdict}")
    assert goal.is_reached == (verdict == "reached")


def test_a_table_is_aligned_in_a_terminal() -> None:
    """Names begin, and numbers end, at the same column."""
    assert as_text(TABLE) == "way     seconds\na          12.3\nlonger\nT is 10 s."


def test_a_document_gets_a_table_between_its_marks() -> None:
    """Marks of other names, and all that is outside of marks, stay; doing it twice changes nothing."""
    text = (
        "before\n<!-- bench: one -->\nold\n<!-- end -->\n<!-- bench: two -->\nkept\n<!-- end -->\n"
    )
    texts = {"one": as_markdown(TABLE)}
    once = filled(text, texts)
    assert "| a | 12.3 |\n| longer |  |\n\nT is 10 s.\n" in once
    assert once.startswith("before\n<!-- bench: one -->\n\n| way | seconds |\n")
    assert "kept" in once
    assert "old" not in once
    assert filled(once, texts) == once
    assert marked(text) == ["one", "two"]


def test_a_part_survives_json() -> None:
    """Documents are made from what an earlier run has left."""
    part = Part([TABLE], [Goal("g", 1, 2)], [Series("s", [(1, 2.5)])], 3.0)
    again = Part.from_json(json.loads(json.dumps(part.to_json())))
    assert as_text(again.tables[0]) == as_text(TABLE)
    assert [*again.goals] == [*part.goals]
    assert again.took == 3.0


def test_the_chart_has_each_point() -> None:
    """Both panels are well-formed SVG, with a line for each series, and a point for each of its own."""
    panels = {
        "first": [Series("a & b", [(1, 3), (10, 5), (100, 99)]), Series("c", [(1, 4)])],
        "second": [Series("c", [(1, 2), (1000, 200)])],
    }
    root = ET.fromstring(chart(panels))
    assert len(root.findall(f".//{SVG}circle")) == 6
    assert "a & b" in [each.text for each in root.iter(f"{SVG}text")]
    for circle in root.iter(f"{SVG}circle"):
        assert 34 <= float(circle.attrib["cy"]) <= 234
        assert 52 <= float(circle.attrib["cx"]) <= 376


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_show_what_is_recorded(document: object) -> None:
    """Each mark names something that was recorded, and what stands there is that."""
    texts = texts_of(json.loads(RECORDED.read_text(encoding="utf-8")))
    text = next(path for path in DOCUMENTS if path == document).read_text(encoding="utf-8")
    assert marked(text)
    assert {*marked(text)} <= {*texts}
    assert filled(text, texts) == text


def test_the_chart_shows_what_is_recorded() -> None:
    """The chart in the documents is the one of the recorded results."""
    found = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert RECORDED.with_suffix(".svg").read_text(encoding="utf-8") == chart_of(found)
