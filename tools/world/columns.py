"""Columns of the tables of the world package: type and meaning."""

from dataset.columns import COLUMNS as CHAIN
from dataset.columns import Columns

_REGION = "region of regions.csv"
_SECTOR = "sector of sectors.csv"
_NAME = "name of a row of estimates.csv"

COLUMNS: dict[str, Columns] = {
    **{name: CHAIN[name] for name in ("sources", "claims", "estimates")},
    "regions": {
        "region": ("string", "ISO 3166-1 alpha-3, or XEU (rest of EU27), XRW (rest of the world)"),
        "name_en": ("string", "English name"),
        "name_zh": ("string", "Chinese name"),
        "members": ("string", "regions of the source, joined by ;"),
        "chain": ("string", "regions of the material chain (ree-2024), joined by ;"),
        "gdp": ("string", f"GDP of 2024: {_NAME}"),
    },
    "sectors": {
        "sector": ("string", "key"),
        "name_en": ("string", "English name"),
        "name_zh": ("string", "Chinese name"),
        "members": ("string", "sectors of the source, joined by ;"),
        "nace": ("string", "their codes in the source (NACE Rev. 1), joined by ;"),
        "group": ("string", "materials, equipment, utilities, construction or services"),
        "days": ("string", f"stock that buyers hold: {_NAME}; empty where nothing is stored"),
    },
    "industries": {
        "industry": ("string", "industry of the material chain (ree-2024)"),
        "estimate": ("string", f"share of its value added on lines that stop: {_NAME}"),
    },
    "exposures": {
        "region": ("string", _REGION),
        "sector": ("string", _SECTOR),
        "industry": ("string", "key of industries.csv"),
        "estimate": ("string", f"value added of the industry over GDP: {_NAME}"),
    },
    "ratings": {
        "input_group": ("string", "group of the sector that sells"),
        "buyer_group": ("string", "group of the sector that buys"),
        "rating": ("number", "1 critical, 0.5 important, 0 never binding"),
        "reason": ("string", "why"),
    },
    "published": {
        "study": ("string", "who says so"),
        "region": ("string", _REGION),
        "scenario": ("string", "what is cut"),
        "months": ("integer", "for how long"),
        "low": ("number", "loss, per cent of the GDP of a year"),
        "high": ("number", "the same, upper end"),
        "mechanism": ("string", "kind of model"),
        "claim": ("string", "key of claims.csv"),
    },
}
