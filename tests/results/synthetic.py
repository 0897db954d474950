"""A recording of the right size and shape: no engine ran, the numbers only look alike."""

from datetime import date

import numpy as np

from terbium.base.calendar import Clock
from terbium.engine.recording import Recording
from terbium.results.context import Change, Observation, RunContext, SourceNote

WEIGHTS = {
    "USA": 7444, "DEU": 10500, "KOR": 6000, "VNM": 4500, "POL": 2800, "IND": 2800, "THA": 2600,
    "JPN": 2300, "ITA": 2200, "MEX": 2000, "FRA": 1500, "HUN": 1400, "GBR": 900, "BRA": 900,
    "ESP": 800, "NLD": 700, "XEU": 2400, "MYS": 600, "PHL": 500, "TWN": 900, "RUS": 800, "CAN": 300,
    "AUS": 150, "EST": 120, "XRW": 3034,
}  # fmt: skip
EU = ("DEU", "FRA", "ITA", "ESP", "POL", "NLD", "HUN", "EST", "XEU")
MAGNETS = {"NdFeB_noHRE_magnet": 0.45, "NdFeB_DyTb_magnet": 0.53, "SmCo_magnet": 0.02}
ELEMENTS = (
    *("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy"),
    *("Ho", "Er", "Tm", "Yb", "Lu", "Y", "Sc"),
)
INDUSTRIES = (
    *("passenger_cars", "vehicle_parts", "electronics", "semiconductors", "machinery_robots"),
    *("wind_turbines", "aerospace_defence", "medical_imaging", "appliances", "catalysts_glass"),
)
RECORDED = {
    "WLD": (6357, 3590, 5323, 2626, 1238, 3188, 5577, 6146, 5774, 5473, 6150, 5952),
    "USA": (None, None, 585, 243, 46, 353, 619, 590, 420, 656, 582, 564),
    "JPN": (None, None, None, None, 26, 131, 232, None, 228, 226, 305, 280),
    "DEU": (None, None, None, None, None, 764, 1116, 1346, 1288, 1118, None, None),
    "KOR": (None, None, None, None, None, None, None, None, 854, 569, None, None),
    "EU27": (None, None, None, None, None, 1363, 2140, None, None, None, None, None),
}
BEFORE = {
    "WLD": {
        **{"2024": 58148, "2024-04": 5359, "2024-05": 4762, "2024-06": 5150, "2024-07": 5278},
        **{"2024-08": 5326, "2024-09": 4914, "2024-10": 4725, "2024-11": 4716, "2024-12": 5660},
    },
    "USA": {
        **{"2024": 7444, "2024-05": 693, "2024-07": 591, "2024-08": 669, "2024-09": 596},
        "2024-10": 628,
    },
    "JPN": {"2024-05": 162, "2024-09": 189, "2024-10": 174, "2024-12": 213},
    "DEU": {"2024-07": 1150, "2024-09": 1007, "2024-10": 717},
    "KOR": {"2024-09": 463, "2024-10": 433},
}
HEADLINE = date(2025, 4, 4)


def clock() -> Clock:
    return Clock(date(2024, 12, 30), 7, 91)


def _access(steps: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Share of the undisturbed flow that moves: (step, draw)."""
    weeks = np.arange(steps)[:, np.newaxis] - 13.6
    depth = rng.beta(18, 5, draws)
    back = rng.normal(13, 2.5, draws)
    recovery = 1 / (1 + np.exp(-(weeks - back) / 2.2))
    surge = 0.18 * np.exp(-(((weeks - back - 9) / 7) ** 2)) * rng.gamma(4, 0.25, draws)
    return np.where(weeks < 0, 1, 1 - depth * (1 - recovery) + surge)


def small(seed: int = 1) -> Recording:
    """Quick to write: few draws, few places, few materials."""
    few = {place: WEIGHTS[place] for place in ("USA", "DEU", "JPN")}
    return recording(3, seed, few, ELEMENTS[:1])


def recording(
    draws: int = 200,
    seed: int = 1,
    weights: dict[str, int] = WEIGHTS,
    elements: tuple[str, ...] = ELEMENTS,
) -> Recording:
    rng = np.random.default_rng(seed)
    ticks = clock()
    steps = ticks.steps
    keys, flows, bases = [], [], []
    access = {place: _access(steps, draws, rng) for place in weights}
    for material, part in {**MAGNETS, **{f"{e}_products": 0.02 for e in elements}}.items():
        for place, tonnes in weights.items():
            base = tonnes * part * 7 / 366 * rng.lognormal(0, 0.05, draws)
            noise = rng.lognormal(0, 0.04, (steps, draws))
            held = access[place] if material in ("NdFeB_DyTb_magnet", "SmCo_magnet") else 1
            keys.append(("CHN", place, material))
            flows.append(base * noise * held)
            bases.append(base)
    queues = [(group, place) for group in ("RE_magnet", "RE_compounds") for place in weights]
    queue = _queue(queues, steps, draws, rng)
    nodes = [(region, industry) for region in ("CHN", *weights) for industry in INDUSTRIES]
    stops = _stops(nodes, draws, rng)
    links = [
        (material, "CHN/magnet", f"{place}/{industry}")
        for material in MAGNETS
        for place in weights
        for industry in INDUSTRIES
    ]
    totals = np.sort(rng.gamma(4, 30, (len(links), 5)), axis=1)
    return Recording(
        clock=ticks,
        draws=draws,
        export_keys=tuple((material, origin, place) for origin, place, material in keys),
        export=np.array(flows, dtype=np.float32),
        export_base=np.array(bases, dtype=np.float32),
        queue_keys=tuple(queues),
        **queue,
        industry_keys=tuple(nodes),
        **stops,
        made_keys=(("NdFeB_DyTb_magnet", "CHN"), ("Dy_oxide", "CHN")),
        made=np.ones((2, steps, draws), np.float32),
        stops_begun=np.zeros((len(nodes), steps, draws), np.float32),
        materials=(*MAGNETS, "Dy_oxide", "NdFeB_DyTb_assembly"),
        link_keys=tuple(links),
        link_total=totals,
        link_base=totals[:, 2] * 1.1,
        conservation={
            "element_residual_max": 3.1e-13,
            "licence_residual_max": 8.8e-14,
            "min_stock": 0.0,
        },
        regime={
            "label": "robust",
            "reason": "no node loses more than half of its output with every link at base flow",
            "weakest": ["JPN/passenger_cars", "USA/vehicle_parts"],
        },
    )


def _queue(
    keys: list[tuple[str, str]], steps: int, draws: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    weeks = np.arange(steps)[np.newaxis, :, np.newaxis]
    size = np.array([WEIGHTS[place] * 7 / 366 * 0.5 for _, place in keys])[
        :, np.newaxis, np.newaxis
    ]
    filed = np.where(weeks < 14, 0, size * rng.lognormal(0, 0.2, (len(keys), steps, draws)))
    speed = 0.1 + 0.9 / (1 + np.exp(-(weeks - 27) / 3))
    waiting = np.zeros_like(filed)
    granted = np.zeros_like(filed)
    for step in range(steps):
        pool = filed[:, step] + (waiting[:, step - 1] if step else 0)
        granted[:, step] = 0.35 * speed[:, step] * pool
        waiting[:, step] = pool - granted[:, step]
    arrays = {
        "queue_filed": filed,
        "queue_granted": granted * 0.95,
        "queue_refused": granted * 0.05,
        "queue_expired": granted * 0.01,
        "queue_shipped": granted * 0.94,
        "queue_waiting": waiting,
    }
    return {name: values.astype(np.float32) for name, values in arrays.items()}


def _stops(
    nodes: list[tuple[str, str]], draws: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    steps = clock().steps
    days = rng.lognormal(4.2, 0.6, (len(nodes), draws))
    risk = np.array([0 if region == "CHN" else rng.beta(0.5, 1.2) for region, _ in nodes])
    days[rng.random((len(nodes), draws)) > risk[:, np.newaxis]] = np.inf
    length = np.where(np.isfinite(days), rng.gamma(3, 7, days.shape), 0)
    output = 1 - 0.2 * rng.random((len(nodes), steps, draws)) * risk[:, np.newaxis, np.newaxis]
    cover = rng.gamma(6, 8, (len(nodes), steps, draws))
    binding = np.where(np.isfinite(days), rng.choice([1, 1, 1, 2, 3, 4], days.shape), -1)
    return {
        "output_share": output.astype(np.float32),
        "cover_days": cover.astype(np.float32),
        "first_stop_days": days.astype(np.float32),
        "stop_length_days": length.astype(np.float32),
        "binding": binding.astype(np.int16),
    }


def _observations() -> tuple[Observation, ...]:
    rows = []
    for place, values in RECORDED.items():
        months = {f"2025-{i:02d}": value for i, value in enumerate(values, 1) if value is not None}
        for period, value in {**BEFORE.get(place, {}), **months}.items():
            rows.append(
                Observation("RE_magnet", "CHN", place, period, float(value), "t", "trade:636")
            )
    return tuple(rows)


NAMES = {
    "CHN": "China", "USA": "United States", "DEU": "Germany", "KOR": "South Korea", "JPN": "Japan",
    "VNM": "Viet Nam", "POL": "Poland", "IND": "India", "THA": "Thailand", "ITA": "Italy",
    "MEX": "Mexico", "FRA": "France", "HUN": "Hungary", "GBR": "United Kingdom", "BRA": "Brazil",
    "ESP": "Spain", "NLD": "Netherlands", "XEU": "Rest of the EU", "MYS": "Malaysia",
    "PHL": "Philippines", "TWN": "Taiwan", "RUS": "Russia", "CAN": "Canada", "AUS": "Australia",
    "EST": "Estonia", "XRW": "Rest of the world", "EU27": "European Union", "WLD": "World",
    "RE_magnet": "rare-earth magnets", "NdFeB_DyTb_magnet": "NdFeB magnets with Dy/Tb",
    "passenger_cars": "passenger cars", "vehicle_parts": "vehicle parts",
    "aerospace_defence": "aerospace and defence", "machinery_robots": "machinery and robots",
}  # fmt: skip


def context(**changes: object) -> RunContext:
    rng = np.random.default_rng(3)
    grades = {
        (r, i): str(rng.choice(["B", "C", "D", "D", "D"])) for r in WEIGHTS for i in INDUSTRIES
    }
    fields: dict[str, object] = {
        "scenario": "april-2025",
        "title": "The licence rules of 4 April 2025",
        "question": "What did the licence rules do to magnet exports, by month, and to whom?",
        "dataset": "ree-2024",
        "base_year": 2024,
        "dataset_hash": "5f" * 32,
        "parameter_hash": "a1" * 32,
        "seed": 7,
        "headline_measure": "CN-REE-2025-18",
        "headline_date": HEADLINE,
        "evidence_date": date(2026, 9, 18),
        "branch": "hold",
        "groups": {
            "RE_magnet": tuple(MAGNETS),
            "NdFeB_magnet": ("NdFeB_noHRE_magnet", "NdFeB_DyTb_magnet"),
            "NdPr_oxide": ("Nd_oxide", "Pr_oxide"),
        },
        "blocs": {"EU27": EU},
        "applied": {"name": "april-2025", "draws": 200},
        "overrides": (
            {"path": "licensing/weight/USA", "value": "1", "origin": "command line"},
        ),
        "names": NAMES,
        "observations": _observations(),
        "measures": (
            Change(HEADLINE, "CN-REE-2025-18", "Announcement 18 of 2025 (MOFCOM, GACC)",
                   "licence needed for seven medium and heavy rare earths", "law"),
            Change(date(2025, 6, 11), "CN-US-LONDON-2025", "London understanding 中美伦敦框架",
                   "licences speeded up", "understanding"),
            Change(date(2025, 11, 10), "CN-SUSP-2025-70", "Announcement 70 of 2025",
                   "October rules suspended to 10 November 2026", "law"),
        ),
        "stock_grades": grades,
        "grades": {"A": 120, "B": 210, "C": 160, "D": 640},
        "sources": (
            SourceNote("gacc", "Monthly trade statistics, line 85051110", "China Customs",
                       "2026-01-20", "official statistics, quoted", 61),
            SourceNote("usgs-mcs-2026", "Mineral Commodity Summaries 2026",
                       "U.S. Geological Survey", "2026-02-01", "public domain", 240),
            SourceNote("terbium-2026", "Estimates of the maintainers", "Terbium", "2026-11-22",
                       "CC-BY-4.0", 640),
        ),
    }  # fmt: skip
    return RunContext(**{**fields, **changes})  # type: ignore[arg-type]
