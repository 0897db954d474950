"""The tables of the source material are read as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from terbium.base.errors import GraphError
from terbium.graph.tables import read_table

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(
    ("name", "counts"),
    [("pymrio_test", (6, 8, 7)), ("synth_dense_4x6", (4, 6, 2)), ("synth_sparse_5x8", (5, 8, 1))],
)
def test_reference_tables_pass_unchanged(
    shared_dir: Path, name: str, counts: tuple[int, int, int]
) -> None:
    path = shared_dir / "reference" / f"table_{name}.npz"
    table = read_table(path, negative_final="refuse", tolerance=1e-12)
    assert (len(table.regions), len(table.sectors), len(table.categories)) == counts
    assert not table.warnings
    with np.load(path) as stored:
        for array in ("Z", "Y", "x"):
            np.testing.assert_array_equal(getattr(table, array), stored[array])
        for labels in ("regions", "sectors", "categories"):
            assert getattr(table, labels) == tuple(stored[labels])


def test_the_world_table_is_read_and_what_was_done_to_it_is_told(shared_dir: Path) -> None:
    path = shared_dir / "facts" / "raw" / "wiot2011.npz"
    table = read_table(path)
    assert (table.size, len(table.categories)) == (1435, 5)
    assert table.regions[-1] == "RoW"
    assert (table.x == 0).sum() == 22
    np.testing.assert_array_equal(table.x, table.Z.sum(axis=1) + table.Y.sum(axis=1))
    told = " ".join(table.warnings)
    assert "352 negative cell(s), lowest first: -42061 from USA/c31 to USA/category_5" in told
    assert "170065, 0.24% of final demand" in told
    assert "all output rose by 0.08%" in told
    with pytest.raises(GraphError, match="352 negative cell"):
        read_table(path, negative_final="refuse")
    kept = read_table(path, negative_final="keep")
    with np.load(path) as stored:
        np.testing.assert_array_equal(kept.Y, stored["Y"])
        np.testing.assert_array_equal(kept.x, stored["x"])
