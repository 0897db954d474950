"""Layout of flows: what a band carries is as wide at both ends, and nothing covers anything."""

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.report.sankey import Diagram, Flow, lay_out

PLACES = ("CHN", "JPN", "USA", "others")
ORDER = {place: rank for rank, place in enumerate(PLACES)}
EXTENT, PITCH = 400.0, 17.0

flows = st.dictionaries(
    st.tuples(st.integers(0, 2), st.sampled_from(PLACES), st.sampled_from(PLACES)),
    st.floats(1e-3, 1e5),
    min_size=1,
    max_size=30,
).map(lambda found: [Flow(*key, tonnes) for key, tonnes in found.items()])


def scale_of(diagram: Diagram) -> float:
    bar = max((b for column in diagram.columns for b in column), key=lambda b: b.tonnes)
    return bar.width / bar.tonnes


@given(flows)
def test_widths_are_tonnes(found: Sequence[Flow]) -> None:
    diagram = lay_out(found, ORDER, EXTENT, PITCH)
    scale = scale_of(diagram)
    for band in diagram.bands:
        assert band.width == pytest.approx(band.tonnes * scale)
    for column in diagram.columns:
        for bar in column:
            out = sum(b.width for b in diagram.bands if b.source is bar)
            into = sum(b.width for b in diagram.bands if b.target is bar)
            assert max(out, into) == pytest.approx(bar.width)


@given(flows)
def test_bands_stay_on_their_bars_and_side_by_side(found: Sequence[Flow]) -> None:
    diagram = lay_out(found, ORDER, EXTENT, PITCH)
    sides = defaultdict(list)
    for band in diagram.bands:
        sides[id(band.source), "out"].append((band.start, band.width, band.source))
        sides[id(band.target), "in"].append((band.end, band.width, band.target))
    for spans in sides.values():
        spans.sort(key=lambda span: span[0])
        for (start, width, _), (following, _, _) in zip(spans, spans[1:], strict=False):
            assert start + width <= following + 1e-6
        first, last, bar = spans[0], spans[-1], spans[0][2]
        assert first[0] >= bar.start - 1e-6
        assert last[0] + last[1] <= bar.start + bar.width + 1e-6


@given(flows)
def test_labels_have_room_and_the_figure_holds_all(found: Sequence[Flow]) -> None:
    diagram = lay_out(found, ORDER, EXTENT, PITCH)
    for column in filter(None, diagram.columns):
        for above, below in zip(column, column[1:], strict=False):
            assert below.start >= above.start + above.width
            middles = [bar.start + bar.width / 2 for bar in (above, below)]
            assert middles[1] - middles[0] >= PITCH - 1e-6
            assert ORDER[above.key] < ORDER[below.key]
        assert column[-1].start + column[-1].width <= EXTENT + PITCH


def test_a_bar_is_as_wide_as_the_larger_of_in_and_out() -> None:
    found = [Flow(0, "CHN", "CHN", 100.0), Flow(1, "CHN", "JPN", 60.0)]
    (mine,), (separation,), (metal,) = lay_out(found, ORDER, 100.0, 0.0).columns
    assert (mine.width, separation.width, metal.width) == (100.0, 100.0, 60.0)
    assert (separation.taken, separation.given) == (100.0, 60.0)
