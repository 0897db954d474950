"""From what was kept of all blocks to one :class:`Recording`; a sink that holds it in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terbium.engine.compile import Compiled
from terbium.engine.kept import LINK_DRAWS, Extremes, Kept, base_output, shapes_of
from terbium.engine.recording import LINK_QUANTILES, Recording
from terbium.evidence.methods import method

Arrays = Mapping[str, NDArray[Any]]
Regime = Mapping[str, str | list[str]]


class Recorder:
    """Keeps named series for every draw, and totals over the run for every link, in memory.

    Parameters
    ----------
    compiled
        The chain that is run.
    draws
        Number of draws.
    headline
        Day from which stops are counted; None counts from the first step.
    """

    def __init__(self, compiled: Compiled, draws: int, headline: date | None) -> None:
        self.compiled, self.draws, self.headline = compiled, draws, headline
        self._arrays: dict[str, NDArray[Any]] = {
            name: np.zeros(shape, kind)
            for name, (shape, kind) in shapes_of(compiled, draws).items()
        }
        self._extremes = Extremes()

    def receive(self, kept: Kept) -> None:
        """Copy one block into its place."""
        for name, array in kept.arrays.items():
            self._arrays[name][..., kept.draws] = array
        self._extremes = self._extremes.worst(kept.extremes)

    def finish(self) -> Recording:
        """The recording of the whole run."""
        arrays = dict(self._arrays)
        totals = link_quantiles(arrays.pop(LINK_DRAWS))
        return recording_of(self.compiled, self.draws, arrays, totals, self._extremes)


def link_quantiles(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles over draws of some links, (link, quantile) [t]."""
    return np.asarray(np.quantile(totals, LINK_QUANTILES, axis=1).T)


def recording_of(
    compiled: Compiled,
    draws: int,
    arrays: Arrays,
    link_total: NDArray[np.float64],
    extremes: Extremes,
    regime: Regime | None = None,
    scratch: Path | None = None,
) -> Recording:
    """The recording of a run from what was kept of its blocks.

    Parameters
    ----------
    compiled
        The chain that was run.
    draws
        Number of draws.
    arrays
        By the names of :func:`~terbium.engine.kept.shapes_of`, save the totals of links. They need
        no more than to give rows: ``array[i]`` is row ``i``.
    link_total
        shape (link, quantile) [t].
    extremes
        Of the books.
    regime
        Whether output came back; worked out where it is not given.
    scratch
        See :class:`~terbium.engine.recording.Recording`.
    """
    p, labels = compiled.program, list(compiled.nodes["label"])
    origin = compiled.outputs["node"].to_numpy()[compiled.links["output"].to_numpy()]
    target = compiled.inputs["node"].to_numpy()[compiled.links["input"].to_numpy()]
    recorded = p.link_series >= 0
    base = np.bincount(
        p.link_series[recorded], p.link_base[recorded], len(compiled.export_keys)
    ).astype(np.float32)
    return Recording(
        clock=compiled.clock,
        draws=draws,
        export_keys=compiled.export_keys,
        export_base=np.repeat(base[:, np.newaxis], draws, axis=1),
        queue_keys=compiled.queue_keys,
        industry_keys=compiled.industry_keys,
        made_keys=compiled.made_keys,
        materials=tuple(compiled.graph.materials),
        link_keys=tuple(
            (material, labels[a], labels[b])
            for material, a, b in zip(
                compiled.links["material"].tolist(), origin, target, strict=True
            )
        ),
        link_total=link_total,
        link_base=p.link_base * compiled.clock.steps,
        conservation={
            "element_residual_max": extremes.element_residual,
            "licence_residual_max": extremes.licence_residual,
            "min_stock": extremes.lowest,
        },
        regime=_regime(compiled, arrays["output_share"]) if regime is None else regime,
        scratch=scratch,
        **arrays,
    )


def _regime(compiled: Compiled, output: NDArray[np.float32]) -> Regime:
    """Whether output came back, judged by the last steps of the run (docs/design/005).

    Row by row, so that an output that lies on disk need not come into memory whole.
    """
    recovered, collapsed = method("regime/recovered_share"), method("regime/collapsed_share")
    rows = range(len(compiled.industry_keys))
    draws = output.shape[-1]
    last = np.zeros((len(rows), draws), np.float32)
    lowest = np.zeros(len(rows), np.float32)
    is_still, is_near = True, True
    for i in rows:
        row = np.asarray(output[i])
        last[i] = row[-_LAST_STEPS:].mean(axis=0)
        lowest[i] = np.median(row, axis=1).min()
        # what one row has settled need not be asked of the others
        is_still = is_still and bool(np.all(row == np.float32(1.0)))
        is_near = is_near and bool(np.allclose(row, 1.0, atol=1.0 - recovered))
    world = np.median(np.average(last, axis=0, weights=base_output(compiled)))
    median = np.median(last, axis=1)
    if is_still or float(lowest.min()) >= recovered:
        label = "at rest" if is_near else "recovered"
    else:
        label = "recovered" if world >= recovered else "depressed"
        label = "collapsed" if world < collapsed else label
    weakest = np.argsort(median, kind="stable")[:_SHOWN]
    return {
        "label": label,
        "reason": (
            f"median output of all industries over the last {_LAST_STEPS} steps is "
            f"{world:.1%} of the undisturbed one; lowest point of any industry "
            f"{float(lowest.min()):.0%}"
        ),
        "weakest": ["/".join(compiled.industry_keys[i]) for i in weakest if median[i] < recovered],
    }


_LAST_STEPS = 4
_SHOWN = 5
