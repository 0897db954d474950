import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from terbium.base.errors import DatasetError, LabelError
from terbium.evidence.audit import audit
from terbium.evidence.dataset import Dataset, list_datasets, load_dataset

Rows = list[dict[str, str]]
Edit = Callable[[str, Callable[[Rows], None]], None]

CHINA_MAGNETS_2024 = 58148.0


def problems_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    assert caught.value.exit_code == 2
    return tuple(str(problem) for problem in caught.value.problems)


def test_the_shipped_dataset_loads_by_name_and_by_folder(dataset: Dataset, package: Path) -> None:
    assert "ree-2024" in list_datasets()
    copy = load_dataset(package)
    assert copy.base_year == dataset.base_year == 2024
    assert copy.hash == dataset.hash
    assert "1,6" not in repr(dataset)
    assert "estimates" in repr(dataset)


def test_an_unknown_dataset_is_suggested() -> None:
    with pytest.raises(DatasetError, match=r"(?i)did you mean 'ree-2024'\?"):
        load_dataset("ree-2042")


def test_the_hash_changes_with_any_cell(dataset: Dataset, package: Path, edit: Edit) -> None:
    edit("regions", lambda rows: rows[0].update(name_en="Elsewhere"))
    assert load_dataset(package).hash != dataset.hash


def test_unknown_estimates_and_tables_are_suggested(dataset: Dataset) -> None:
    with pytest.raises(LabelError, match=r"(?i)did you mean 'transit/domestic'\?"):
        dataset.estimate("transit/domestc")
    with pytest.raises(LabelError, match=r"(?i)did you mean 'mines'\?"):
        dataset.table("mine")


@pytest.mark.parametrize(
    ("table", "column", "text", "place"),
    [
        ("claims", "source", "", "claims.csv, line 2, column source"),
        ("claims", "source", "nobody-1999", "claims.csv, line 2, column source"),
        ("claims", "licence", "", "claims.csv, line 2, column licence"),
        ("claims", "unit", "", "claims.csv, line 2, column unit"),
        ("claims", "value", "-5", "claims.csv, line 2, column value"),
        ("claims", "value", "", "claims.csv, line 2, column value"),
        ("claims", "as_of", "2024-13", "claims.csv, line 2, column as_of"),
        ("sources", "date", "", "sources.csv, line 2, column date"),
        ("sources", "date", "2025-02-30", "sources.csv, line 2, column date"),
        ("sources", "licence", "", "sources.csv, line 2, column licence"),
        ("estimates", "unit", "", "estimates.csv, line 2, column unit"),
        ("estimates", "unit", "furlong", "estimates.csv, line 2, column unit"),
        ("estimates", "low", "-1", "estimates.csv, line 2, column low"),
        ("estimates", "high", "nan", "estimates.csv, line 2, column high"),
        ("estimates", "claims", "", "estimates.csv, line 2, column claims"),
        ("estimates", "claims", "made_up:1", "estimates.csv, line 2, column claims"),
        ("estimates", "grade", "E", "estimates.csv, line 2, column grade"),
        ("mines", "deposit", "bayan_oboe", "mines.csv, line 2, column deposit"),
        ("mines", "estimate", "production/mine/XYZ", "mines.csv, line 2, column estimate"),
        ("stocks", "industry", "cars", "stocks.csv, line 2, column industry"),
        ("history", "claim", "nowhere:7", "history.csv, line 2, column claim"),
        ("groups", "materials", "Nd_oxide;unobtainium", "groups.csv, line 2, column materials"),
    ],
)
def test_a_broken_cell_is_named_with_file_and_line(
    package: Path, edit: Edit, table: str, column: str, text: str, place: str
) -> None:
    def spoil(rows: Rows) -> None:
        if table == "claims":
            first = next(row for row in rows if row["unit"] == "t" and row["value"])
            rows.remove(first)
            rows.insert(0, first)
        rows[0][column] = text

    edit(table, spoil)
    found = problems_of(package)
    assert any(problem.startswith(place) for problem in found), found


def test_all_problems_come_at_once(package: Path, edit: Edit) -> None:
    edit("claims", lambda rows: [row.update(source="") for row in rows[:3]] and None)
    edit("sources", lambda rows: rows[0].update(date="yesterday"))
    edit("estimates", lambda rows: rows[4].update(central="1e9"))
    found = problems_of(package)
    assert sum("claims.csv" in p for p in found) == 3
    assert any("sources.csv, line 2, column date" in p for p in found)
    assert any("estimates.csv, line 6" in p for p in found)


def test_a_recipe_must_not_carry_its_value(package: Path, edit: Edit) -> None:
    def leak(rows: Rows) -> None:
        row = next(row for row in rows if row["redistributable"] == "recipe")
        row["value"] = "1"

    edit("claims", leak)
    assert any("must not hold its value" in p for p in problems_of(package))


def test_columns_must_be_those_of_the_descriptor(package: Path) -> None:
    path = package / "mines.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("deposit", "depot", 1), "utf-8")
    found = problems_of(package)
    assert any("mines.csv, line 1, column depot" in p for p in found)
    assert any("no column deposit" in p for p in found)


def test_a_package_without_descriptor_or_table_is_refused(package: Path, tmp_path: Path) -> None:
    (package / "estimates.csv").unlink()
    assert any("estimates.csv" in p for p in problems_of(package))
    shutil.rmtree(package)
    package.mkdir()
    assert "no such file" in problems_of(package)[0]
    (package / "datapackage.json").write_text("{", encoding="utf-8")
    assert "no descriptor" in problems_of(package)[0]


def test_nothing_stands_alone_in_the_shipped_data(dataset: Dataset) -> None:
    report = audit(dataset)
    assert report.clean, report.orphans
    assert sum(report.grades.values()) == pytest.approx(1.0)
    assert sum(report.redistributable.values()) == len(dataset.claims)
    assert report.coverage["regions"] >= 20
    assert report.coverage["elements"] == 17
    assert report.coverage["stock_cells_stated"] < report.coverage["stock_cells"]
    json.dumps(report.to_dict())
    assert {row.section for row in report.rows()} >= {"coverage", "grades", "ages", "orphans"}


def test_the_audit_finds_planted_orphans(package: Path, edit: Edit) -> None:
    def plant_claim(rows: Rows) -> None:
        rows.append(rows[0] | {"id": "orphan:1", "source": "orphan-source"})

    def plant_source(rows: Rows) -> None:
        rows.append(rows[0] | {"id": "orphan-source"})
        rows.append(rows[0] | {"id": "lonely-source"})

    edit("claims", plant_claim)
    edit("sources", plant_source)
    report = audit(load_dataset(package))
    assert not report.clean
    assert report.orphans["claims that nothing uses"] == ["orphan:1"]
    assert report.orphans["sources that nothing uses"] == ["lonely-source"]


def test_compositions_and_shares_sum_to_one(dataset: Dataset) -> None:
    sums: dict[str, float] = defaultdict(float)
    for name, item in dataset.estimates.items():
        parts = name.split("/")
        if parts[0] in ("composition", "parts_sourcing"):
            sums[f"{parts[0]}/{parts[1]}"] += item.central
        elif parts[0] == "enduse":
            sums["/".join(parts[:3])] += item.central
        elif name.startswith("share/metal/"):
            sums["share/metal"] += item.central
        elif name.startswith("region_share/oxide/"):
            sums[f"region_share/{parts[3]}"] += item.central
    assert len(sums) > 60
    for key, total in sums.items():
        assert total == pytest.approx(1.0, abs=1e-9), key


def test_chinese_magnet_exports_add_up_to_the_customs_total(dataset: Dataset) -> None:
    total = sum(dataset.central(n) for n in dataset.names("trade/RE_magnet/CHN/"))
    assert total == pytest.approx(CHINA_MAGNETS_2024, abs=0.5)
    members = dataset.table("regions").query("bloc == 'EU27'")["region"]
    europe = sum(
        dataset.central(name)
        for r in members
        if (name := f"trade/RE_magnet/CHN/{r}") in dataset.estimates
    )
    assert europe == pytest.approx(2 * 10770, rel=0.01)


def test_magnets_made_are_magnets_taken(dataset: Dataset) -> None:
    for magnet in ("NdFeB", "SmCo"):
        made = sum(
            dataset.central(n)
            for n in dataset.names("production/magnet/")
            if n.endswith(f"/{magnet}")
        )
        taken = sum(dataset.central(n) for n in dataset.names(f"demand/{magnet}/"))
        assert made == pytest.approx(taken, rel=1e-6)


def test_use_stays_below_supply_and_magnet_elements_are_nearly_balanced(dataset: Dataset) -> None:
    use, supply = _element_balance(dataset)
    for element, tonnes in supply.items():
        assert use[element] <= tonnes * 1.001, element
    for element in ("Nd", "Pr", "Dy", "Tb"):
        assert use[element] / supply[element] > 0.9, element
    for element in ("La", "Ce", "Y"):
        assert use[element] / supply[element] < 0.6, element


def _element_balance(dataset: Dataset) -> tuple[dict[str, float], dict[str, float]]:
    """Tonnes of oxide that the world uses and separates, centrally."""
    get = dataset.central
    elements = [e for e in dataset.table("elements").query("is_mined == 1")["element"]]
    supply = dict.fromkeys(elements, 0.0)
    for _, row in dataset.table("separations").iterrows():
        fed = get(row["estimate"]) * get(f"recovery/separate/{row['deposit']}")
        for element in elements:
            supply[element] += fed * get(f"composition/{row['deposit']}/{element}")
    made: dict[str, float] = defaultdict(float)
    for name in dataset.names("enduse/"):
        _, magnet, region, industry = name.split("/")
        tonnes = get(f"demand/{magnet}/{region}") * get(name)
        heavy = get(f"hre_share/{industry}") if magnet == "NdFeB" else 0.0
        made["SmCo_magnet" if magnet == "SmCo" else "NdFeB_noHRE_magnet"] += tonnes * (1 - heavy)
        made["NdFeB_DyTb_magnet"] += tonnes * heavy
    use: dict[str, float] = defaultdict(float)
    for name in dataset.names("use/"):
        use[name.split("/")[1].removesuffix("_oxide")] += get(name)
    for magnet, tonnes in made.items():
        part = get(f"yield/magnet/{magnet}")
        blank = tonnes * (1 + (1 - part) / part * (1 - get("recovery/scrap")))
        for name in dataset.names(f"content/{magnet}/"):
            element = name.split("/")[2]
            metal = blank * get(name) / get("recovery/metal")
            use[element] += metal / get(f"oxide_factor/{element}")
    return use, supply


def test_every_material_has_a_value_and_every_user_a_stock(dataset: Dataset) -> None:
    for name in dataset.table("materials")["unit_value"]:
        assert dataset.central(name) > 0
    cells = {tuple(name.split("/")[2:]) for name in dataset.names("stock/days_of_cover/")}
    for name in dataset.names("enduse/"):
        assert tuple(name.split("/")[2:]) in cells


def test_restricted_figures_are_not_in_the_files(dataset: Dataset) -> None:
    recipes = [c for c in dataset.claims.values() if c.redistributable == "recipe"]
    assert recipes
    for claim in recipes:
        assert claim.value is None
        assert claim.recipe
        assert not claim.note
    history = dataset.table("history")
    for _, row in history.iterrows():
        if any(dataset.claims[c].redistributable == "recipe" for c in row["claim"].split(";")):
            assert row["value"] != row["value"]


@pytest.mark.shared
def test_building_again_gives_the_same_bytes(root: Path, shared_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "ree-2024"
    script = root / "tools" / "build_dataset.py"
    command = [sys.executable, str(script), "--facts", str(shared_dir / "facts"), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    assert load_dataset(out).hash == load_dataset("ree-2024").hash
