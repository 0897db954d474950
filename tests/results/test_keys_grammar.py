from pathlib import Path

import pytest

from terbium.base.errors import InputError, UnitError
from terbium.results.keys import read_key, unit_of
from terbium.results.keys_grammar import parse_key
from terbium.results.keys_registry import QUANTITIES
from terbium.results.keys_terms import Band, Horizon, Item, Place, Ratio, Recoup, ShareOf, Span
from terbium.results.keys_units import ENTRIES, factor, match_unit, measures

EXAMPLES = (
    "export/RE_magnet/CHN>DEU/2025-06",
    "export/W_products/CHN>KOR/2019-Q2/change:2019-Q1",
    "export/RE_magnet/CHN>USA/2025-07/share_of:CHN>WLD",
    "export/RE_magnet/CHN>VNM/2025-09/mom",
    "export/RE_magnet/CHN>WLD/2024/recoup:2025-04..2025-06@2025-12",
    "import/Te_metal/CHN>IND/2018/gap:export",
    "leakage.ratio/RE_compounds_and_metals/CHN>WLD/2011",
    "quota/Mo_products/CHN>WLD/2010",
    "price.fob/Nd_oxide/CHN/2010-Q1",
    "price.fob/RE_basket/CHN/2014-Q4/change:2011-Q3",
    "price.exchina_spot/Dy_oxide/XCH/2025-05/gap:price.domestic@CHN",
    "price.world_paid/Dy_oxide/WLD/2025/share_above:800",
    "price.world_paid/Y_oxide/WLD/2025/volume_band:0..0.75",
    "dependence.tonnage/RE_compounds_and_metals/CHN>JPN/2012-H1",
    "dependence.value/Bi_metal/CHN>FRA/2016",
    "production/NdPr_oxide/MYS/2025-Q3",
    "use/In_metal/KOR/2017",
    "recycling.share/RE_compounds_and_metals/WLD/2013/is_above:0.03",
    "first_output.days/Sc_oxide/XCH/2012-01-01..2030-12-31",
    "stock.days_of_cover/RE_magnet@passenger_cars/USA/2025",
    "queue.granted_share/RE_magnet/CHN>EU27/2025-06-30",
    "queue.granted_share/RE_controlled/CHN>EU27/2025-09/stuck:63",
    "queue.days/In_metal/CHN>TWN/2025-08/share_above:45",
    "stop.first_days/passenger_cars/JPN/2025-04-04..2025-12-31",
    "stop.count/wind_turbines/DNK/2025-08/is_above:0",
    "gdp_loss.share/economy/USA+EU27/2025",
    "loss.usd/semiconductors/USA/h12m/share_of:economy",
    "output_loss.share/appliances/ITA/h6m",
    "sender.profit_change/NdFeB_magnet/CHN/2025-01..2025-09",
    "concession.days/truce/CHN>USA/2025-04-04..2025-12-31",
)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_the_grammar_parses(text: str) -> None:
    key = read_key(text)
    assert str(key) == text
    assert key.quantity in QUANTITIES
    assert unit_of(key) is not None


@pytest.mark.shared
def test_the_grammar_has_no_other_example(shared_dir: Path) -> None:
    text = (shared_dir / "validation" / "GRAMMAR.md").read_text(encoding="utf-8")
    found = text.split("## 9. Examples")[1].split("`")[1::2]
    assert sorted(found) == sorted(EXAMPLES)
    table = text.split("## 2. Quantities")[1].split("## 3.")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    for row in rows:
        for name in row[1].split("`")[1::2]:
            assert QUANTITIES[name].unit.replace("working day", "working_day") == row[2].strip()
            assert QUANTITIES[name].kind == row[3].strip()
    named = [name for row in rows for name in row[1].split("`")[1::2]]
    assert sorted(named) == sorted(QUANTITIES)


def test_the_parts_of_a_key() -> None:
    key = parse_key(
        "stock/A_oxide+B_oxide@cars/USA+EU27>JPN/h12m/gap:price.fob,C_oxide@cars@CHN>USA"
    )
    assert key.subject == (Item("A_oxide"), Item("B_oxide", "cars"))
    assert key.place == Place(("USA", "EU27"), ("JPN",))
    assert key.period == Horizon(12, "m")
    below = Ratio("price.fob", (Item("C_oxide", "cars"),), Place(("CHN",), ("USA",)))
    assert key.transforms == (below,)


def test_a_share_is_of_a_place_where_it_reads_as_one() -> None:
    place, subject = (
        parse_key(f"use/A_oxide/USA/2025/share_of:{x}").transforms[0] for x in ("WLD", "economy")
    )
    assert place == ShareOf(place=Place(("WLD",)))
    assert subject == ShareOf((Item("economy"),))


def test_bands_and_recoup_hold_what_they_say() -> None:
    band, recoup = parse_key(
        "use/A/USA/2024/volume_band:0.25..1/recoup:2025-04..2025-06@2025-12"
    ).transforms
    assert band == Band(0.25, 1.0)
    assert isinstance(recoup, Recoup)
    assert isinstance(recoup.until, Span)
    assert recoup.until.days.last.isoformat() == "2025-12-31"


@pytest.mark.parametrize(
    ("text", "column", "allowed"),
    [
        ("export", 7, "'/' and a subject"),
        ("export/A/CHN", 13, "'/' and a period"),
        ("Export/A/CHN/2025", 1, "small letters"),
        ("export/A b/CHN/2025", 9, "and a further label"),
        ("export/1A/CHN/2025", 8, "a label"),
        ("export/A/CHN>>USA/2025", 14, "ISO 3166"),
        ("export/A/china/2025", 10, "ISO 3166"),
        ("export/A/CHN/2025-13", 14, "days that exist|2025-H1"),
        ("export/A/CHN/2025-02-30", 14, "2025-H1"),
        ("export/A/CHN/2025-Q5", 18, "'/' or the end"),
        ("export/A/CHN/2025..2024", 14, "an end on or after the start"),
        ("export/A/CHN/h0m", 14, "at least one day or month"),
        ("export/A/CHN/h3w", 14, "h12m"),
        ("export/A/CHN/2025/", 19, "yoy, mom"),
        ("export/A/CHN/2025/double", 19, "yoy, mom"),
        ("export/A/CHN/2025/yoyo", 22, "'/' or the end"),
        ("export/A/CHN/2025/ratio:h3m", 25, "or base"),
        ("export/A/CHN/2025/is_above:-1", 28, "a number"),
        ("export/A/CHN/2025/volume_band:0.8..0.2", 31, "the lower one first"),
        ("export/A/CHN/2025/recoup:2025-04", 33, "'@' and the day"),
        ("export/A/CHN/2025/gap:", 23, "small letters"),
        (" export/A/CHN/2025", 1, "small letters"),
    ],
)
def test_an_error_names_the_column_and_what_is_allowed(
    text: str, column: int, allowed: str
) -> None:
    with pytest.raises(InputError, match=allowed) as caught:
        parse_key(text)
    assert caught.value.problems[0].place == f"'{text}', column {column}"


@pytest.mark.parametrize(
    "text",
    [
        "export/A/CHN>USA/2025-05-05",
        "export/A/CHN>USA/2025-05-05..2025-05-05",
        "import/A/CHN>USA/2025/change:2024-05-05",
    ],
)
def test_a_flow_on_a_single_day_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="the single day"):
        read_key(text)


def test_levels_and_cumulated_quantities_have_single_days() -> None:
    assert read_key("stock/A/CHN/2025-05-05").quantity == "stock"
    assert read_key("queue.filings/A/CHN>USA/2025-05-05").quantity == "queue.filings"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("USD/kg REO", "USD/kg"),
        ("bn USD", "bn USD"),
        ("months (at least)", "months"),
        ("years after 2010", "years"),
        ("% of demand / yr", "% of demand / yr"),
        ("% mfg VA", "%"),
        ("kg/month", "kg/month"),
        ("working days", "working days"),
        ("x", "x"),
    ],
)
def test_a_unit_is_its_longest_entry(text: str, entry: str) -> None:
    assert match_unit(text) == entry


@pytest.mark.parametrize("text", ["tons", "", "EUR", "kgs", "xx", "month"])
def test_an_unknown_unit_is_refused(text: str) -> None:
    with pytest.raises(UnitError, match="one of t, kg"):
        match_unit(text)


def test_sizes_of_units() -> None:
    assert factor("t", "kg/month") == 1000
    assert factor("USD", "bn USD") == pytest.approx(1e-9)
    assert factor("USD/kg", "USD/t") == pytest.approx(1000)
    assert factor("1", "pp") == pytest.approx(100)
    assert factor("day", "years") == pytest.approx(1 / 365.25)
    assert factor("1/year", "% of market / yr") == pytest.approx(100)
    assert measures("CNY/kg") == measures("USD/kg")
    with pytest.raises(UnitError, match="measures time"):
        factor("day", "working days")
    assert all(measures(entry) for entry in ENTRIES)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("export/A/CHN>USA/2025", "t"),
        ("export/A/CHN>USA/2025/mean", "t"),
        ("export/A/CHN>USA/2025/yoy", "1"),
        ("stock/A/USA/2025/gap:production", "1"),
        ("stock/A/USA/2025/gap:price.fob", "t per USD/kg"),
        ("queue.filings/A/CHN>USA/2025/stuck:10", "count"),
        ("stop.first_days/cars/USA/2025/is_above:3", "1"),
        ("weather/A/USA/2025", None),
    ],
)
def test_the_unit_of_a_key(text: str, unit: str | None) -> None:
    assert unit_of(parse_key(text)) == unit
