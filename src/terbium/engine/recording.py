"""What a run leaves behind: plain arrays and the labels of their positions.

The driver fills a `Recording`; the results layer reads it. Neither side knows more of the other.
Index and label agree by position: row ``i`` of an array along an axis belongs to label ``i`` of
the tuple named for that axis.

=============  ======================  =====================================================
axis           labels                  one position is
=============  ======================  =====================================================
``series``     ``export_keys``         a material from an origin region to a destination region
``queue``      ``queue_keys``          a licence queue: group of materials, destination region
``industry``   ``industry_keys``       an industry in a region
``made``       ``made_keys``           a material made in a region
``link``       ``link_keys``           one material from one node to one node
``step``       ``clock``               a step of the clock, beginning at ``clock.step_start(i)``
``draw``       0 .. ``draws`` - 1      one sample of the parameters
``quantile``   `LINK_QUANTILES`        a quantile over draws, linear interpolation
=============  ======================  =====================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from terbium.base.calendar import Clock
from terbium.base.errors import TerbiumError

LINK_QUANTILES: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles over draws that are kept for every link."""

QUEUE_FLOWS: tuple[str, ...] = ("filed", "granted", "refused", "expired", "shipped")
"""What happens to applications, in tonnes per step; ``waiting`` is the stock beside them."""


@dataclass(frozen=True)
class Recording:
    """All that is kept of a run.

    Parameters
    ----------
    clock
        The steps.
    draws
        Number of draws.
    export_keys
        (material, origin, destination) of each exports series.
    export
        shape (series, step, draw) float32, leaving the origin through its customs [t/step].
    export_base
        shape (series, draw) float32, the undisturbed flow [t/step].
    queue_keys
        (group of materials, destination) of each licence queue.
    queue_filed, queue_granted, queue_refused, queue_expired, queue_shipped
        shape (queue, step, draw) float32 [t/step].
    queue_waiting
        shape (queue, step, draw) float32, filed and undecided at the end of the step [t].
    industry_keys
        (region, industry) of each industry series.
    output_share
        shape (industry, step, draw) float32, output over undisturbed output [1].
    cover_days
        shape (industry, step, draw) float32, how long the tightest input lasts at base use [day].
    made_keys
        (material, region) of each production series: what the stages before the industries make.
    made
        shape (made, step, draw) float32, output [t/step].
    stops_begun
        shape (industry, step, draw) float32, lines that begin a stop, as a share of the industry's
        undisturbed output [1].
    first_stop_days
        shape (industry, draw) float32, from the day the headline measure took force to the first
        line stop [day]; inf where none stops.
    stop_length_days
        shape (industry, draw) float32, length of that stop [day]; 0 where none stops.
    materials
        Labels that ``binding`` points into.
    binding
        shape (industry, draw) int16, the input that caused the first stop; -1 where none stops.
    link_keys
        (material, from node, to node) of each link.
    link_total
        shape (link, quantile) float64, shipped over the whole run [t].
    link_base
        shape (link,) float64, what the undisturbed flow would have been over the whole run [t],
        central.
    conservation
        ``element_residual_max`` [1], ``licence_residual_max`` [1], ``min_stock`` [t], over all
        steps and draws.
    regime
        ``label`` and ``reason`` as text, ``weakest`` as a list of labels: how robust the network
        is to the rules that were chosen.
    scratch
        A folder on disk for what is worked out of a run with too many draws for memory. Arrays
        with a step are then on disk too: they give rows, ``export[i]``, and not more at a time
        than is asked for.

    Raises
    ------
    TerbiumError
        If an array has not the shape that its labels promise.
    """

    clock: Clock
    draws: int
    export_keys: tuple[tuple[str, str, str], ...]
    export: NDArray[np.float32]
    export_base: NDArray[np.float32]
    queue_keys: tuple[tuple[str, str], ...]
    queue_filed: NDArray[np.float32]
    queue_granted: NDArray[np.float32]
    queue_refused: NDArray[np.float32]
    queue_expired: NDArray[np.float32]
    queue_shipped: NDArray[np.float32]
    queue_waiting: NDArray[np.float32]
    industry_keys: tuple[tuple[str, str], ...]
    output_share: NDArray[np.float32]
    cover_days: NDArray[np.float32]
    made_keys: tuple[tuple[str, str], ...]
    made: NDArray[np.float32]
    stops_begun: NDArray[np.float32]
    first_stop_days: NDArray[np.float32]
    stop_length_days: NDArray[np.float32]
    materials: tuple[str, ...]
    binding: NDArray[np.int16]
    link_keys: tuple[tuple[str, str, str], ...]
    link_total: NDArray[np.float64]
    link_base: NDArray[np.float64]
    conservation: Mapping[str, float]
    regime: Mapping[str, str | list[str]]
    scratch: Path | None = None

    def __post_init__(self) -> None:
        steps, draws = self.clock.steps, self.draws
        series, queues = len(self.export_keys), len(self.queue_keys)
        industries, links = len(self.industry_keys), len(self.link_keys)
        promised: dict[str, tuple[int, ...]] = {
            "export": (series, steps, draws),
            "export_base": (series, draws),
            **{f"queue_{name}": (queues, steps, draws) for name in (*QUEUE_FLOWS, "waiting")},
            "output_share": (industries, steps, draws),
            "cover_days": (industries, steps, draws),
            "made": (len(self.made_keys), steps, draws),
            "stops_begun": (industries, steps, draws),
            "first_stop_days": (industries, draws),
            "stop_length_days": (industries, draws),
            "binding": (industries, draws),
            "link_total": (links, len(LINK_QUANTILES)),
            "link_base": (links,),
        }
        wrong = [
            f"{name} has shape {getattr(self, name).shape}, its labels promise {shape}"
            for name, shape in promised.items()
            if getattr(self, name).shape != shape
        ]
        if wrong:
            raise TerbiumError("recording: " + "; ".join(wrong))
