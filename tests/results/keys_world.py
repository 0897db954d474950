"""A trajectory so small that every key can be answered by hand: daily steps, three draws."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from tests.results import synthetic

from terbium.base.calendar import Clock, Period
from terbium.engine.recording import LINK_QUANTILES, QUEUE_FLOWS, Recording
from terbium.results.context import Observation
from terbium.results.keys import Trajectory
from terbium.results.keys_trajectory import BaseLink, Substance

HEADLINE = date(2025, 4, 4)
START = date(2025, 1, 1)
DAYS = 365
DRAWS = 3
# share of the undisturbed flow that moves from the headline day to the end of June, by draw
ACCESS = np.array([0.2, 0.5, 1.0])
BACK = date(2025, 7, 1)
# [t/day]
BASE = {
    ("A_magnet", "CHN", "USA"): 10.0,
    ("B_magnet", "CHN", "USA"): 5.0,
    ("A_magnet", "CHN", "DEU"): 20.0,
    ("X_products", "CHN", "DEU"): 1.0,
}
GROUPS = {
    "RE_magnet": ("A_magnet", "B_magnet"),
    "X_products": ("X_oxide", "X_metal"),
    "RE_controlled": ("A_magnet", "X_oxide", "X_metal"),
}
REGIONS = ("CHN", "USA", "DEU", "XRW")


def flows(steps: int, step_days: int) -> np.ndarray:
    """(series, step, draw) [t/step]; magnets are held from the headline day, X is not."""
    days = np.array([(START + timedelta(days=i)) for i in range(steps * step_days)])
    held = (days >= HEADLINE) & (days < BACK)
    rows = []
    for material, _, _ in BASE:
        share = np.where(held[:, np.newaxis] & (material != "X_products"), ACCESS, np.ones(DRAWS))
        rows.append(share.reshape(steps, step_days, DRAWS).sum(axis=1))
    return np.array(rows) * np.array(list(BASE.values()))[:, np.newaxis, np.newaxis]


def recording(step_days: int = 1) -> Recording:
    steps = DAYS // step_days
    shape = (1, steps, DRAWS)
    filed = np.zeros(shape)
    granted = np.zeros(shape)
    first = (HEADLINE - START).days // step_days
    filed[:, first:] = 8.0
    granted[:, first:] = 8.0 * ACCESS
    queue = {f"queue_{name}": np.zeros(shape) for name in (*QUEUE_FLOWS, "waiting")}
    queue |= {"queue_filed": filed, "queue_granted": granted}
    output = np.ones((3, steps, DRAWS))
    # cars in the US: half output for 30 days from 1 June, in the first draw only
    fall = (date(2025, 6, 1) - START).days // step_days
    output[0, fall : fall + 30 // step_days, 0] = 0.5
    cover = np.full((3, steps, DRAWS), 40.0)
    cover[1] = 10.0
    # 10 t of A and 4 t of B a day; A falls by a fifth from 1 June
    made = np.full((2, steps, DRAWS), 10.0 * step_days)
    made[1] *= 0.4
    made[0, fall:] *= 0.8
    # half of the car lines of the US begin a stop on 1 June in the first draw, a quarter later
    begun = np.zeros((3, steps, DRAWS))
    begun[0, fall, 0] = 0.5
    begun[0, fall + 1, 0] = 0.25
    links = [(material, f"{a}/magnet", f"{b}/industry/cars") for material, a, b in BASE][:3]
    links += [(m, "CHN/separate", "DEU/industry/lamps") for m in GROUPS["X_products"]]
    return Recording(
        clock=Clock(START, step_days, steps),
        draws=DRAWS,
        export_keys=tuple(BASE),
        export=flows(steps, step_days).astype(np.float32),
        export_base=np.repeat(
            np.array(list(BASE.values()))[:, np.newaxis] * step_days, DRAWS, axis=1
        ).astype(np.float32),
        queue_keys=(("RE_magnet", "USA"),),
        **{name: values.astype(np.float32) for name, values in queue.items()},
        industry_keys=(("USA", "cars"), ("DEU", "cars"), ("DEU", "lamps")),
        output_share=output.astype(np.float32),
        cover_days=cover.astype(np.float32),
        made_keys=(("A_magnet", "CHN"), ("B_magnet", "CHN")),
        made=made.astype(np.float32),
        stops_begun=begun.astype(np.float32),
        first_stop_days=np.array(
            [[58, np.inf, np.inf], [20, 30, np.inf], [np.inf] * DRAWS], np.float32
        ),
        stop_length_days=np.array([[30, 0, 0], [7, 14, 0], [0, 0, 0]], np.float32),
        materials=("A_magnet", "B_magnet"),
        binding=np.full((3, DRAWS), -1, np.int16),
        link_keys=tuple(links),
        link_total=np.zeros((len(links), len(LINK_QUANTILES))),
        link_base=np.zeros(len(links)),
        conservation={"element_residual_max": 0.0, "licence_residual_max": 0.0, "min_stock": 0.0},
        regime={"label": "recovered", "reason": "by hand", "weakest": []},
    )


def observation(material: str, destination: str, period: str, tonnes: float) -> Observation:
    return Observation(material, "CHN", destination, period, tonnes, "t", "by hand")


OBSERVATIONS = (
    observation("RE_magnet", "USA", "2024", 3660.0),
    observation("RE_magnet", "USA", "2024-12", 620.0),
    observation("RE_magnet", "WLD", "2024", 10980.0),
    observation("RE_magnet", "USA", "2025-03", 465.0),
    observation("RE_magnet", "USA", "2025-05", 100.0),
)


def world(step_days: int = 1) -> Trajectory:
    """Base year 2024: 366 days at the flows of `BASE`."""
    context = synthetic.context(
        groups=GROUPS, blocs={"EU27": ("DEU",)}, observations=OBSERVATIONS, headline_date=HEADLINE
    )
    links = tuple(
        BaseLink(material, a, b, "cars" if material != "X_products" else "lamps", 366 * t, 1e4)
        for (material, a, b), t in BASE.items()
        if material != "X_products"
    )
    links += (
        BaseLink("X_oxide", "CHN", "DEU", "lamps", 300.0, 1e3),
        BaseLink("X_metal", "CHN", "DEU", "lamps", 66.0, 5e3),
        BaseLink("X_oxide", "USA", "DEU", "lamps", 100.0, 1e3),
    )
    return Trajectory(
        recording=recording(step_days),
        context=context,
        base=Period(date(2024, 1, 1), date(2024, 12, 31)),
        opens=START,
        regions=REGIONS,
        substances={
            "A_magnet": Substance("magnet", {"Nd": 0.3}),
            "B_magnet": Substance("magnet", {"Sm": 0.3}),
            "X_oxide": Substance("oxide", {"X": 0.8}),
            "X_metal": Substance("metal", {"X": 1.0}),
        },
        base_links=links,
        base_output={("X_oxide", "CHN"): 732.0},
        values={"licensing/tonnes_per_application": np.array([1.0, 2.0, 4.0])},
    )


def with_recording(trajectory: Trajectory, **changes: object) -> Trajectory:
    return replace(trajectory, recording=replace(trajectory.recording, **changes))  # type: ignore[arg-type]
