import pytest

from terbium.report import words
from terbium.report.svg import Canvas, Scale, ticks


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (57394.2, "57,400"), (1238, "1,240"), (95.14, "95.1"), (57.0, "57"), (0.04567, "0.0457"),
        (0, "0"), (-12.34, "\N{MINUS SIGN}12.3"), (float("inf"), "never"), (999.6, "1,000"),
        (-0.0, "0"),
    ],
)  # fmt: skip
def test_amounts_have_three_digits(number: float, text: str) -> None:
    assert words.amount(number) == text


def test_small_words() -> None:
    assert words.percent(-0.744, sign=True).replace("\xa0", " ") == "\N{MINUS SIGN}74 %"
    assert words.percent(0.5, sign=True).replace("\xa0", " ") == "+50 %"
    assert words.percent(0, sign=True).replace("\xa0", " ") == "0 %"
    assert words.month("2025-04") == "Apr 2025"
    assert words.day("2025-04-04").replace("\xa0", " ") == "4 Apr 2025"
    assert words.between("2", "2") == "2"
    assert words.between("2", "never") == "2 to never"
    assert words.name("Dy_oxide", {}) == "Dy oxide"
    assert words.value("inf") == float("inf")
    assert words.count(1, "pair") == "1 pair"
    assert words.exact(420.5) == "420.5"


@pytest.mark.parametrize("limit", [0.003, 0.9, 1, 7, 49.9, 6357, 1e6])
@pytest.mark.parametrize("about", [3, 4, 6])
def test_ticks_reach_the_limit_in_round_steps(limit: float, about: int) -> None:
    marks = ticks(limit, about)
    assert marks[0] == 0
    assert marks[-1] >= limit * (1 - 1e-9)
    assert marks[-2] < limit
    assert len(marks) <= about + 2


def test_ticks_of_nothing_still_make_an_axis() -> None:
    assert ticks(0, 4) == [0.0, 1.0]


def test_a_scale_holds_values_at_its_ends() -> None:
    scale = Scale(0, 10, 100, 200)
    assert [scale(v) for v in (-1, 0, 5, 99)] == [100, 100, 150, 200]
    assert Scale(3, 3, 100, 200)(3) == 100


def test_text_in_a_figure_is_escaped() -> None:
    canvas = Canvas(10, 10)
    canvas.text((0, 0), "<b>&")
    drawn = canvas.render("k", "a < b", 'say "x"')
    assert "&lt;b&gt;&amp;" in drawn
    assert "a &lt; b" in drawn
    assert "<b>" not in drawn
