"""A small baseline for the report: round figures, the shape of the real chain."""

from itertools import product

from tests.results.synthetic import EU, INDUSTRIES, WEIGHTS

Row = dict[str, object]

_FLOWS = {
    "Nd+Pr": {
        ("concentrate", "separate"): {
            ("CHN", "CHN"): 50_000, ("USA", "CHN"): 4_500, ("USA", "USA"): 1_200,
            ("MMR", "CHN"): 5_400, ("AUS", "MYS"): 2_400, ("RUS", "EST"): 240,
            ("LAO", "CHN"): 800, ("IND", "IND"): 200,
        },
        ("scrap", "separate"): {("CHN", "CHN"): 19_000, ("VNM", "VNM"): 300},
        ("separate", "metal"): {
            ("CHN", "CHN"): 70_000, ("MYS", "VNM"): 1_300, ("CHN", "JPN"): 980,
            ("USA", "VNM"): 760, ("EST", "JPN"): 160, ("IND", "CHN"): 230,
        },
        ("metal", "magnet"): {
            ("CHN", "CHN"): 66_000, ("VNM", "JPN"): 1_900, ("CHN", "JPN"): 1_700,
            ("JPN", "JPN"): 1_100, ("CHN", "PHL"): 500, ("CHN", "DEU"): 170,
        },
        ("magnet", "assembly"): {
            ("CHN", "CHN"): 12_000, ("JPN", "JPN"): 2_000, ("CHN", "DEU"): 1_700,
            ("CHN", "USA"): 780,
        },
        ("magnet", "industry"): {
            ("CHN", "CHN"): 20_000, ("CHN", "DEU"): 1_400, ("CHN", "USA"): 1_300,
            ("JPN", "JPN"): 1_400, ("CHN", "KOR"): 1_100, ("CHN", "VNM"): 900,
            ("PHL", "JPN"): 400, ("CHN", "ITA"): 390, ("CHN", "POL"): 395,
        },
        ("separate", "industry"): {("CHN", "JPN"): 700, ("CHN", "CHN"): 2_000},
        ("assembly", "industry"): {("CHN", "CHN"): 11_000, ("DEU", "DEU"): 1_100},
    },
    "Dy+Tb": {
        ("concentrate", "separate"): {
            ("CHN", "CHN"): 1_250, ("MMR", "CHN"): 1_050, ("MYS", "CHN"): 190, ("AUS", "MYS"): 60,
        },
        ("scrap", "separate"): {("CHN", "CHN"): 760},
        ("separate", "metal"): {("CHN", "CHN"): 2_900, ("CHN", "VNM"): 90, ("CHN", "JPN"): 60},
        ("metal", "magnet"): {("CHN", "CHN"): 2_700, ("CHN", "JPN"): 150, ("VNM", "JPN"): 90},
        ("magnet", "industry"): {
            ("CHN", "CHN"): 1_280, ("JPN", "JPN"): 190, ("CHN", "DEU"): 130, ("CHN", "USA"): 90,
        },
    },
}  # fmt: skip


def baseline() -> tuple[Row, ...]:
    return tuple(
        {
            "elements": elements,
            "stage_from": stage_from,
            "region_from": region_from,
            "stage_to": stage_to,
            "region_to": region_to,
            "flow": float(flow),
        }
        for elements, steps in _FLOWS.items()
        for (stage_from, stage_to), flows in steps.items()
        for (region_from, region_to), flow in flows.items()
    )


def uses() -> tuple[Row, ...]:
    """Purchases that rank regions by their weight, the EU's members above it."""
    return tuple(
        {
            "region": region,
            "industry": industry,
            "value": float(WEIGHTS[region] * (2 if region in EU else 1)) * 1e4,
        }
        for region, industry in product(WEIGHTS, INDUSTRIES)
    )
