"""A sink that gathers the blocks of a run into one :class:`Recording`."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from terbium.engine.compile import Compiled
from terbium.engine.recording import LINK_QUANTILES, Recording
from terbium.engine.run import BlockOutput
from terbium.engine.state import (
    QUEUE_FILED,
    QUEUE_GRANTED,
    QUEUE_LAPSED,
    QUEUE_REFUSED,
    QUEUE_SHIPPED,
    QUEUE_WAITING,
)
from terbium.evidence.methods import method

Single = NDArray[np.float32]


class Recorder:
    """Keeps named series for every draw, and totals over the run for every link.

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
        self.compiled, self.draws = compiled, draws
        clock = compiled.clock
        day = clock.step_start(0) if headline is None else headline
        self._offset = (day - clock.step_start(0)).days
        steps, industries = clock.steps, len(compiled.industry_keys)
        self.export = np.zeros((len(compiled.export_keys), steps, draws), np.float32)
        self.queue = np.zeros((6, len(compiled.queue_keys), steps, draws), np.float32)
        self.output = np.zeros((industries, steps, draws), np.float32)
        self.cover = np.zeros((industries, steps, draws), np.float32)
        self.made = np.zeros((len(compiled.made_keys), steps, draws), np.float32)
        self.begun = np.zeros((industries, steps, draws), np.float32)
        self.stop = np.full((industries, draws), np.inf, np.float32)
        self.length = np.zeros((industries, draws), np.float32)
        self.binding = np.full((industries, draws), -1, np.int16)
        self.link_total = np.zeros((compiled.link_count, draws))
        self.element_residual = self.licence_residual = 0.0
        self.lowest = np.inf
        p = compiled.program
        lines = p.node_series >= 0
        self._base = np.bincount(p.node_series[lines], p.node_base[lines], industries)
        self._lines = np.flatnonzero(lines)
        self._materials = compiled.graph.materials.positions(list(compiled.inputs["material"]))

    def receive(self, output: BlockOutput) -> None:
        """Copy one block into its place."""
        record, lanes = output.record, slice(0, output.count)
        draws = slice(output.first, output.first + output.count)
        self.export[:, :, draws] = record.export.transpose(1, 0, 2)[:, :, lanes]
        self.queue[:, :, :, draws] = record.queue.transpose(1, 2, 0, 3)[..., lanes]
        base = self._base[:, None, None]
        self.output[:, :, draws] = record.activity.transpose(1, 0, 2)[:, :, lanes] / base
        cover = record.stock.transpose(1, 0, 2)[:, :, lanes] / base
        self.cover[:, :, draws] = cover * self.compiled.clock.step_days
        self.made[:, :, draws] = record.made.transpose(1, 0, 2)[:, :, lanes]
        self.begun[:, :, draws] = record.begun.transpose(1, 0, 2)[:, :, lanes] / base
        self.link_total[:, draws] = record.link_total[:, lanes]
        self.element_residual = max(self.element_residual, output.element_residual)
        self.licence_residual = max(self.licence_residual, output.licence_residual)
        self.lowest = min(self.lowest, float(record.lowest[lanes].min()))
        self._stops(output, draws)

    def _stops(self, output: BlockOutput, draws: slice) -> None:
        """The first line to stop stands for its industry."""
        record, p = output.record, self.compiled.program
        step_days = self.compiled.clock.step_days
        day = record.stop_step[self._lines, : output.count] * step_days - self._offset
        for industry in range(len(self.compiled.industry_keys)):
            rows = np.flatnonzero(p.node_series[self._lines] == industry)
            first = rows[np.argmin(day[rows], axis=0)]
            lane = np.arange(output.count)
            node = self._lines[first]
            stopped = np.isfinite(day[first, lane])
            self.stop[industry, draws] = day[first, lane]
            length = np.abs(record.stop_length[node, lane]) * step_days
            self.length[industry, draws] = np.where(stopped, length, 0.0)
            slot = record.stop_slot[node, lane]
            material = np.asarray(self._materials)[np.maximum(slot, 0)]
            self.binding[industry, draws] = np.where(stopped & (slot >= 0), material, -1)

    def finish(self) -> Recording:
        """The recording of the whole run."""
        compiled, clock = self.compiled, self.compiled.clock
        p = compiled.program
        labels = list(compiled.nodes["label"])
        origin = compiled.outputs["node"].to_numpy()[compiled.links["output"].to_numpy()]
        target = compiled.inputs["node"].to_numpy()[compiled.links["input"].to_numpy()]
        export_base = np.bincount(
            p.link_series[p.link_series >= 0],
            p.link_base[p.link_series >= 0],
            len(compiled.export_keys),
        )
        return Recording(
            clock=clock,
            draws=self.draws,
            export_keys=compiled.export_keys,
            export=self.export,
            export_base=np.repeat(export_base[:, None], self.draws, axis=1).astype(np.float32),
            queue_keys=compiled.queue_keys,
            queue_filed=self.queue[QUEUE_FILED],
            queue_granted=self.queue[QUEUE_GRANTED],
            queue_refused=self.queue[QUEUE_REFUSED],
            queue_expired=self.queue[QUEUE_LAPSED],
            queue_shipped=self.queue[QUEUE_SHIPPED],
            queue_waiting=self.queue[QUEUE_WAITING],
            industry_keys=compiled.industry_keys,
            output_share=self.output,
            cover_days=self.cover,
            made_keys=compiled.made_keys,
            made=self.made,
            stops_begun=self.begun,
            first_stop_days=self.stop,
            stop_length_days=self.length,
            materials=tuple(compiled.graph.materials),
            binding=self.binding,
            link_keys=tuple(
                (material, labels[a], labels[b])
                for material, a, b in zip(compiled.links["material"], origin, target, strict=True)
            ),
            link_total=np.quantile(self.link_total, LINK_QUANTILES, axis=1).T,
            link_base=p.link_base * clock.steps,
            conservation={
                "element_residual_max": self.element_residual,
                "licence_residual_max": self.licence_residual,
                "min_stock": self.lowest,
            },
            regime=self._regime(),
        )

    def _regime(self) -> dict[str, str | list[str]]:
        """Whether output came back, judged by the last steps of the run (docs/design/005)."""
        last = self.output[:, -_LAST_STEPS:, :].mean(axis=1)
        world = np.median(np.average(last, axis=0, weights=self._base))
        lowest = np.median(self.output, axis=2).min(axis=1)
        recovered, collapsed = method("regime/recovered_share"), method("regime/collapsed_share")
        if np.all(self.output == np.float32(1.0)) or float(lowest.min()) >= recovered:
            label = (
                "at rest" if np.allclose(self.output, 1.0, atol=1.0 - recovered) else "recovered"
            )
        else:
            label = "recovered" if world >= recovered else "depressed"
            label = "collapsed" if world < collapsed else label
        weakest = np.argsort(np.median(last, axis=1), kind="stable")[:_SHOWN]
        return {
            "label": label,
            "reason": (
                f"median output of all industries over the last {_LAST_STEPS} steps is "
                f"{world:.1%} of the undisturbed one; lowest point of any industry "
                f"{float(lowest.min()):.0%}"
            ),
            "weakest": [
                "/".join(self.compiled.industry_keys[i])
                for i in weakest
                if np.median(last[i]) < recovered
            ],
        }


_LAST_STEPS = 4
_SHOWN = 5
