"""Aligned text and Markdown."""

from __future__ import annotations

import pytest

from bisenet.errors import ConfigError
from bisenet.grid import Column, Grid, point, require_format, shortened

_GRID = Grid(
    (
        Column("Method"),
        Column("ms", ("Titan X", "640x360")),
        Column("fps", ("Titan X", "640x360")),
        Column("fps", ("Titan X", "1280x720")),
        Column("mIoU"),
        Column("GMAC", ("computed by us",)),
    ),
    (("SegNet", "69", "14.6", "3.5", "-", "143.3"), ("A|B", "5", "203.5", "82.3", "66.01 (67.2)", "")),
)


def test_text_is_aligned_under_its_groups() -> None:
    assert _GRID.text().splitlines() == [
        "        Titan X                            computed by us",
        "        640x360    1280x720",
        "Method  ms    fps       fps          mIoU            GMAC",
        "------  --  -----  --------  ------------  --------------",
        "SegNet  69   14.6       3.5             -           143.3",
        "A|B      5  203.5      82.3  66.01 (67.2)",
    ]


def test_markdown_puts_groups_before_names_and_keeps_cells_apart() -> None:
    header, rule, first, second = _GRID.markdown().splitlines()
    assert header.split(" | ") == [
        "| Method", "Titan X, 640x360: ms", "Titan X, 640x360: fps", "Titan X, 1280x720: fps", "mIoU",
        "computed by us: GMAC |",
    ]  # fmt: skip
    assert rule == "| --- | ---: | ---: | ---: | ---: | ---: |"
    assert first == "| SegNet | 69 | 14.6 | 3.5 | - | 143.3 |"
    assert second == r"| A\|B | 5 | 203.5 | 82.3 | 66.01 (67.2) |  |"


def test_equal_groups_that_do_not_touch_are_drawn_twice() -> None:
    columns = (Column("a", ("left",)), Column("b"), Column("c", ("left",)))
    assert Grid(columns, (("1", "2", "3"),)).text().splitlines()[0] == "left     left"


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 cells, got 1: x"):
        Grid((Column("a"), Column("b")), (("x",),))


@pytest.mark.parametrize(
    ("value", "text"), [(0.1871, "0.187"), (3.065, "3.06"), (11.581, "11.58"), (143.34, "143.3"), (1302.2, "1302.2")]
)
def test_figures_have_as_many_decimals_as_are_of_use(value: float, text: str) -> None:
    assert shortened(value) == text


def test_points_are_wrapped_for_terminals_only() -> None:
    text = "word " * 40
    assert all(len(line) <= 120 for line in point(text, "text").splitlines())
    assert "COCO-\n" not in point("COCO-Stuff " * 40, "text")
    assert point(text, "markdown") == f"- {text}"


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="no format 'html': choose one of text, markdown, json"):
        require_format("html")
