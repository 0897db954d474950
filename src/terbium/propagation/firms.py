"""A run of shocks through a network of firms, ready and finished."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from terbium.analysis.firm_cells import aggregation_row
from terbium.analysis.firm_losses import FirmLosses
from terbium.analysis.firm_summary import PropagatedFirms, summarise_firms
from terbium.base.code import code_hash
from terbium.base.errors import LabelError, suggest
from terbium.base.files import tidy_json
from terbium.base.version import __version__
from terbium.engine.network.firm_case import FirmCase, FirmTrajectories
from terbium.engine.network.firm_run import FirmPropagation
from terbium.engine.network.run import Progress
from terbium.graph.firms import FirmNetwork
from terbium.propagation.stepping import step_through
from terbium.results.checkpoints import Mark
from terbium.results.context import Row
from terbium.results.firm_trajectories import (
    FirmFolder,
    firm_arrays,
    firm_dataset,
    firm_frame,
    save_firms,
)
from terbium.results.store import Renderer
from terbium.results.summary import Summary
from terbium.scenario.firm_schema import FirmEvent

MANIFEST_VERSION = 1
_GROUPS = ("region", "sector", "month")


@dataclass(frozen=True)
class PreparedFirms:
    """A network of firms and an event that fit each other, ready to run.

    Attributes
    ----------
    network, asked, case
        Flows; the event file; the same resolved against the network.
    warnings
        What a reader should know although nothing is wrong.
    """

    network: FirmNetwork
    asked: FirmEvent
    case: FirmCase
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        """Network and event in a word."""
        return f"{self.network.name}-{self.event_name}"

    @property
    def event_name(self) -> str:
        """The name that the event gives itself, else that of its file."""
        return self.asked.name or Path(self.asked.file).stem

    @cached_property
    def network_hash(self) -> str:
        """Fingerprint of firms, flows and labels."""
        net = self.network
        digest = hashlib.sha256()
        for values in (net.sector, net.region, net.final, net.buyer, net.supplier, net.flow):
            digest.update(np.ascontiguousarray(values).data)
        digest.update("\n".join(map(str, net.firm.tolist())).encode())
        digest.update(tidy_json([net.regions, net.sectors, net.unit]).encode())
        return digest.hexdigest()

    @cached_property
    def event_hash(self) -> str:
        """Fingerprint of what was asked, with what other files and draws made of it."""
        applied = self.asked.model_dump(mode="json", exclude={"options": {"checkpoints"}})
        digest = hashlib.sha256(tidy_json(applied).encode())
        arrays = [self.case.cover, self.case.chosen]
        for shock in self.case.shocks:
            arrays += [shock.node, shock.share, shock.profile]
        for values in arrays:
            digest.update(np.ascontiguousarray(values).data)
        return digest.hexdigest()

    @property
    def keeps(self) -> bool:
        """Whether the event file asks for states to be kept."""
        return bool(self.asked.options.checkpoints)

    def simulate(
        self,
        progress: Progress | None = None,
        *,
        checkpoints: Path | None = None,
        every: int | None = None,
        resume: Path | None = None,
    ) -> FirmRun:
        """Run it; see :meth:`Prepared.simulate`.

        Raises
        ------
        InputError
            If the kept state is not one of this network and event.
        """
        run = FirmPropagation(self.network, self.case)
        mark: Mark = (__version__, self.network_hash, self.event_hash)
        log = step_through(
            run,
            self.case.steps,
            mark,
            progress,
            asked=self.asked.options.checkpoints,
            checkpoints=checkpoints,
            every=every,
            resume=resume,
        )
        return FirmRun(self, run.trajectories(), log)


@dataclass(frozen=True)
class FirmRun:
    """One run on a network of firms.

    Attributes
    ----------
    made_from
        Network and event.
    trajectories
        By region and sector, by recorded firm, and by firm over the whole run.
    log
        Host and times: what may differ between two equal runs.
    """

    made_from: PreparedFirms
    trajectories: FirmTrajectories
    log: Mapping[str, object]

    def __repr__(self) -> str:
        made = self.made_from
        return (
            f"FirmRun({made.name!r}, {made.network.size} firms x {made.case.steps} steps, "
            f"{self.regime})"
        )

    @cached_property
    def summary(self) -> Summary:
        """The content of ``summary.json``."""
        made = self.made_from
        return summarise_firms(
            PropagatedFirms(
                made.asked, made.event_name, self._losses, self.aggregation, made.warnings
            )
        )

    @cached_property
    def aggregation(self) -> Row:
        """What the same network loses as one firm for each region and sector: a second run."""
        return aggregation_row(self._losses)

    @cached_property
    def _losses(self) -> FirmLosses:
        return FirmLosses(self.made_from.network, self.made_from.case, self.trajectories)

    @property
    def regime(self) -> str:
        """``at rest``, ``recovered``, ``depressed`` or ``collapsed``."""
        return str(cast(Row, self.summary["regime"])["label"])

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The content of ``series.npz``."""
        made = self.made_from
        return firm_arrays(self.trajectories, made.network, made.case.chosen)

    @property
    def dataset(self) -> xr.Dataset:
        """The labelled series, with units."""
        made = self.made_from
        return firm_dataset(self.trajectories, made.network, made.case.chosen)

    def losses(self, by: str = "firm") -> pd.DataFrame:
        """Output lost.

        Parameters
        ----------
        by
            ``firm`` (the content of ``firms.parquet``), ``region``, ``sector`` or ``month``.

        Raises
        ------
        LabelError
            If it is something else.
        """
        if by == "firm":
            losses = self._losses
            return firm_frame(
                self.trajectories, self.made_from.network, losses.output, losses.direct
            )
        if by not in _GROUPS:
            kinds = ("firm", *_GROUPS)
            raise LabelError.of("losses", "by", f"'{by}'", ", ".join(kinds), suggest(by, kinds))
        tables = cast(dict[str, list[Row]], self.summary["losses"])
        return pd.DataFrame(tables[f"{by}s"])

    @property
    def manifest(self) -> dict[str, object]:
        """What the run was made from."""
        made, network = self.made_from, self.made_from.network
        return {
            "version": MANIFEST_VERSION,
            "code_version": __version__,
            "code_hash": code_hash(),
            "table": network.name,
            "table_hash": made.network_hash,
            "table_shape": [network.size, network.links],
            "event_name": made.event_name,
            "event": made.asked.applied(),
            "event_hash": made.event_hash,
        }

    def save(self, out: Path | str, render: Renderer | None = None) -> FirmFolder:
        """Write the folder, complete or not at all.

        Parameters
        ----------
        out
            The folder.
        render
            Writes the report, such as :func:`terbium.render_report`; None leaves it out.
        """
        return save_firms(
            out, self.arrays, self.losses(), self.summary, self.manifest, self.log, render
        )
