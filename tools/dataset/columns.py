"""Columns of every table: type and meaning (units where the column has one)."""

from __future__ import annotations

Columns = dict[str, tuple[str, str]]
_NAME = "name of a row of estimates.csv"
_REGION = "ISO 3166-1 alpha-3, or XEU (rest of EU27), XRW (rest of the world)"

COLUMNS: dict[str, Columns] = {
    "sources": {
        "id": ("string", "key"),
        "title": ("string", "title of the publication"),
        "publisher": ("string", "who published it"),
        "date": ("date", "date of publication"),
        "date_precision": ("string", "day, month or year: how much of the date is known"),
        "url": ("string", "address, where one is known"),
        "licence": ("string", "licence or terms"),
        "redistributable": ("string", "yes, or recipe: values may not be passed on"),
        "note": ("string", "remarks"),
    },
    "claims": {
        "id": ("string", "key: file and line of the facts, or decision_<file>:<line>"),
        "subject": ("string", "what the figure is about"),
        "quantity": ("string", "what was stated"),
        "value": ("number", "the figure in `unit`; empty for recipes"),
        "low": ("number", "lower end, where stated"),
        "high": ("number", "upper end, where stated"),
        "unit": ("string", "unit as in the source"),
        "as_of": ("string", "day, month, year or span that the figure speaks of"),
        "source": ("string", "key of sources.csv"),
        "place": ("string", "where in the source it was read"),
        "confidence": ("string", "read, recalled or estimate"),
        "grade": ("string", "A official, read; B secondary, read; C recalled; D ours"),
        "licence": ("string", "licence of this row"),
        "redistributable": ("string", "yes, or recipe: look the value up"),
        "recipe": ("string", "how to get the value, for recipes"),
        "note": ("string", "remarks"),
    },
    "estimates": {
        "name": ("string", "address of the parameter"),
        "low": ("number", "5 % quantile"),
        "central": ("number", "median"),
        "high": ("number", "95 % quantile"),
        "unit": ("string", "unit of low, central and high"),
        "as_of": ("string", "year that the estimate stands for"),
        "grade": ("string", "A, B, C or D"),
        "claims": ("string", "keys of claims.csv, joined by ;"),
        "rule": ("string", "how the claims became the estimate"),
        "shape": ("string", "lognormal, logit, normal or fixed"),
        "note": ("string", "remarks"),
    },
    "regions": {
        "region": ("string", _REGION),
        "name_en": ("string", "English name"),
        "name_zh": ("string", "Chinese name"),
        "bloc": ("string", "EU27 or empty"),
        "zone": ("string", "zone of the transit table"),
    },
    "elements": {
        "element": ("string", "symbol"),
        "name_en": ("string", "English name"),
        "name_zh": ("string", "Chinese name"),
        "is_heavy": ("integer", "1 for Gd to Lu and Y"),
        "oxide": ("string", "formula of the oxide that is traded"),
        "is_mined": ("integer", "0 for promethium, which no ore holds"),
    },
    "deposits": {
        "deposit": ("string", "key"),
        "name": ("string", "name"),
        "mineral": ("string", "ore mineral"),
    },
    "materials": {
        "material": ("string", "key"),
        "form": ("string", "ore, concentrate, oxide, metal, magnet, scrap or assembly"),
        "elements": ("string", "rare earth elements that it may hold, joined by ;"),
        "name_en": ("string", "English name"),
        "name_zh": ("string", "Chinese name"),
        "unit_value": ("string", _NAME),
    },
    "groups": {
        "group": ("string", "key"),
        "materials": ("string", "materials, joined by ;"),
    },
    "industries": {
        "industry": ("string", "key"),
        "stage": ("string", "assembly or industry"),
        "name_en": ("string", "English name"),
        "name_zh": ("string", "Chinese name"),
        "takes": ("string", "materials that it takes, joined by ; (oxides: see use/)"),
    },
    "mines": {
        "region": ("string", _REGION),
        "deposit": ("string", "key of deposits.csv"),
        "estimate": ("string", _NAME),
    },
    "separations": {
        "region": ("string", _REGION),
        "deposit": ("string", "key of deposits.csv"),
        "estimate": ("string", _NAME),
    },
    "history": {
        "material": ("string", "material or group"),
        "origin": ("string", _REGION),
        "destination": ("string", f"{_REGION}; WLD the world, EU27 the bloc"),
        "period": ("string", "month, year or span"),
        "value": ("number", "gross tonnes shipped"),
        "unit": ("string", "unit of value"),
        "claim": ("string", "keys of claims.csv, joined by ;"),
        "role": ("string", "input (before April 2025) or output (observed, to compare with)"),
    },
    "latent_links": {
        "material": ("string", "key of materials.csv"),
        "origin": ("string", _REGION),
        "destination": ("string", _REGION),
        "reason": ("string", "why the route could open"),
    },
    "lines": {
        "region": ("string", _REGION),
        "industry": ("string", "key of industries.csv"),
        "estimate": ("string", _NAME),
    },
    "products": {
        "product": ("string", "key"),
        "material": ("string", "key of materials.csv"),
        "grade": ("string", "grade whose composition applies (estimates grade/<grade>/...)"),
        "estimate": ("string", _NAME),
    },
    "stocks": {
        "region": ("string", _REGION),
        "industry": ("string", "key of industries.csv"),
        "estimate": ("string", _NAME),
        "n_claims": ("integer", "statements about this very cell; 0 where it was carried over"),
    },
}
