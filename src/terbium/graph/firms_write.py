"""Networks of firms to files that ``read_firms`` reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from terbium.base.errors import OutputError
from terbium.base.files import atomic_dir, tidy_json
from terbium.evidence.duck import copy_to
from terbium.graph.firms import FirmNetwork, Positions
from terbium.graph.firms_files import FIRMS, LINKS
from terbium.graph.firms_read import ABOUT

FORMATS = ("parquet", "csv")


def write_firms(
    network: FirmNetwork,
    folder: Path | str,
    form: str = "parquet",
    made: Mapping[str, object] | None = None,
) -> None:
    """Write a network of firms; the folder appears complete or not at all.

    Parameters
    ----------
    network
        What to write.
    folder
        An earlier network there is replaced, anything else is left alone.
    form
        One of `FORMATS`. Both hold every digit.
    made
        How it was made, for ``network.json``.

    Raises
    ------
    OutputError
        If the place cannot be written, or there is no such form.
    """
    if form not in FORMATS:
        raise OutputError.of("network of firms", "form", f"'{form}'", ", ".join(FORMATS), "choose")
    with atomic_dir(folder, replaces=ABOUT) as place:
        write_frames(place, {LINKS: _links(network), FIRMS: _firms(network)}, form)
        about = {"name": network.name, "unit": network.unit, "made": dict(made or {})}
        (place / ABOUT).write_text(tidy_json(about), encoding="utf-8", newline="")


def write_frames(folder: Path, frames: Mapping[str, pd.DataFrame], form: str) -> None:
    """Write tables as files of their name; the same rows give the same bytes."""
    with duckdb.connect() as connection:
        # threads share out the groups of rows of a file as they come
        connection.execute("SET threads = 1")
        for name, frame in frames.items():
            connection.register(name, frame)
            copy_to(connection, f"SELECT * FROM {name}", folder / f"{name}.{form}", form)
            connection.unregister(name)


def _links(network: FirmNetwork) -> pd.DataFrame:
    order = np.lexsort((network.supplier, network.buyer))
    return pd.DataFrame(
        {
            "supplier": network.firm[network.supplier[order]],
            "buyer": network.firm[network.buyer[order]],
            "flow": network.flow[order],
        }
    )


def _firms(network: FirmNetwork) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "firm": network.firm,
            "sector": labelled(network.sector, network.sectors),
            "region": labelled(network.region, network.regions),
            "final": network.final,
        }
    )


def labelled(positions: Positions, labels: Sequence[str]) -> pd.Series[str]:
    """A column of labels, each held once."""
    found: pd.Series[str] = pd.Series(
        pd.Categorical.from_codes(positions.tolist(), pd.Index(labels))
    )
    return found
