"""Networks of firms from files: what is read, what is told, what is refused."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from terbium.base.errors import GraphError, OutputError
from terbium.graph.firms_make import synthetic_network
from terbium.graph.firms_read import read_firms
from terbium.graph.firms_write import write_firms

LINKS = "supplier,buyer,flow\n10,20,5\n20,30,7\n10,30,2\n"
FIRMS = "firm,sector,region,final\n10,ore,north,1\n20,metal,north,0\n30,cars,south,12\n"


def folder(place: Path, links: str = LINKS, firms: str = FIRMS) -> Path:
    (place / "links.csv").write_text(links, encoding="utf-8")
    (place / "firms.csv").write_text(firms, encoding="utf-8")
    return place


def as_parquet(place: Path, name: str, query: str) -> None:
    (place / f"{name}.csv").unlink(missing_ok=True)
    duckdb.execute(f"COPY ({query}) TO '{place / name}.parquet' (FORMAT parquet)")


def told(place: Path) -> list[str]:
    with pytest.raises(GraphError) as caught:
        read_firms(place)
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def test_what_is_written_in_the_files_is_what_is_read(tmp_path: Path) -> None:
    found = read_firms(folder(tmp_path))
    assert found.firm.tolist() == [10, 20, 30]
    assert found.firm.dtype == np.int64
    assert (found.sectors, found.sector.tolist()) == (("cars", "metal", "ore"), [2, 1, 0])
    assert (found.regions, found.region.tolist()) == (("north", "south"), [0, 0, 1])
    assert found.output.tolist() == [8, 7, 12]
    assert found.inputs.tolist() == [0, 5, 9]
    assert found.supplier.tolist() == [0, 0, 1]
    assert found.buyer.tolist() == [1, 2, 2]
    assert found.warnings == ()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_network_survives_writing_and_reading(tmp_path: Path, form: str) -> None:
    made = synthetic_network(400, 1500, seed=3, sectors=5, regions=4)
    for name in ("one", "two"):
        write_firms(made, tmp_path / name, form, {"seed": 3})
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two
    found = read_firms(tmp_path / "one")
    order = np.lexsort((made.supplier, made.buyer))
    for name in ("firm", "sector", "region", "final"):
        assert np.array_equal(getattr(found, name), getattr(made, name))
    for name in ("buyer", "supplier", "flow"):
        assert np.array_equal(getattr(found, name), getattr(made, name)[order])
    assert (found.name, found.sectors, found.regions) == (made.name, made.sectors, made.regions)


def test_ids_may_be_text_and_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    links = "supplier,buyer,flow\nB,C,7\nA,C,2\nA,B,5\n"
    firms = "firm,sector,region,final\nA,x,n,1\nB,y,n,0\nC,z,s,12\n"
    found = read_firms(folder(tmp_path, links, firms))
    assert found.firm.tolist() == ["A", "B", "C"]
    assert found.flow.tolist() == [5, 2, 7]
    as_parquet(tmp_path, "firms", "SELECT * FROM (VALUES ('A','x','n',1.0),('B','y','n',0),"
               "('C','z','s',12)) t(firm, sector, region, final)")  # fmt: skip
    assert read_firms(tmp_path).output.tolist() == found.output.tolist()


def test_text_with_leading_zeros_stays_text(tmp_path: Path) -> None:
    links = "supplier,buyer,flow\n007,20,5\n"
    firms = "firm,sector,region,final\n007,x,n,1\n20,y,n,9\n"
    assert read_firms(folder(tmp_path, links, firms)).firm.tolist() == ["007", "20"]


def test_pairs_that_repeat_are_added_up_and_idle_links_left_out(tmp_path: Path) -> None:
    links = LINKS + "10,20,0.5\n30,30,4\n30,10,0\n"
    found = read_firms(folder(tmp_path, links))
    assert found.flow.tolist() == [5.5, 2, 7]
    assert [w.split(" links")[0] for w in found.warnings] == ["1", "1", "1"]
    assert "repeat a pair" in found.warnings[2]


def test_output_instead_of_final_demand(tmp_path: Path) -> None:
    firms = "firm,sector,region,output\n10,ore,n,8\n20,metal,n,6.999\n30,cars,s,12\n"
    found = read_firms(folder(tmp_path, firms=firms))
    assert found.final.tolist() == pytest.approx([1, 0, 12])
    assert "1 firms sell up to 0.1% more" in found.warnings[0]
    (said,) = told(folder(tmp_path, firms=firms.replace("6.999", "6")))
    assert "firm '20': seen an output of 6 and sales to firms of 7" in said


def test_firms_that_spend_more_than_they_earn_are_counted(tmp_path: Path) -> None:
    found = read_firms(folder(tmp_path, firms=FIRMS.replace("south,12", "south,3")))
    assert "1 of 3 firms spend more on inputs than they earn" in found.warnings[0]
    assert "30 (9 against 3)" in found.warnings[0]


def test_all_that_is_wrong_with_cells_is_told_at_once(tmp_path: Path) -> None:
    links = LINKS + "99,20,1\n98,30,1\n10,20,-3\n10,20,many\n,20,1\n20,10,nan\n"
    firms = FIRMS + "10,ore,north,1\n40,,north,1\n50,ore,,x\n60,ore,north,-2\n,ore,north,1\n"
    said = told(folder(tmp_path, links, firms))
    assert len(said) == 10
    expected = (
        "firms.csv, row 8, column firm: seen no id (nothing)",
        "firms.csv, row 5, column sector: seen nothing, at firm '40'",
        "firms.csv, row 6, column region: seen nothing, at firm '50'",
        "firms.csv, row 4, column firm: seen the firm '10' a second time",
        "firms.csv, row 6, column final: seen 'x', which is no finite number",
        "firms.csv, row 7, column final: seen '-2', below nil",
        "links.csv, row 8, column supplier: seen no id (nothing)",
        "links.csv, row 4, column supplier: seen '99', which is no firm of the network, "
        "and 1 more rows likewise",
        "links.csv, row 7, column flow: seen 'many', which is no finite number, and 1 more",
        "links.csv, row 6, column flow: seen '-3', below nil",
    )
    for start in expected:
        assert [one for one in said if one.startswith(start)], (start, said)


def test_infinite_flows_in_parquet_are_refused(tmp_path: Path) -> None:
    folder(tmp_path)
    as_parquet(tmp_path, "links", "SELECT * FROM (VALUES (10,20,'inf'::DOUBLE),(20,30,'nan')) "
               "t(supplier, buyer, flow)")  # fmt: skip
    (said,) = told(tmp_path)
    assert said.startswith("links.parquet, row 1, column flow: seen 'inf'")


@pytest.mark.parametrize(
    ("links", "firms", "said"),
    [
        ("supplier,flow\n1,2\n", FIRMS, "no column 'buyer'"),
        (LINKS, "firm,sector,region\n1,a,b\n", "neither the column 'final' nor 'output'"),
        ("supplier,buyer,flow\n", FIRMS, "links.csv: seen no rows"),
        (LINKS, "firm,sector,region,final\n", "firms.csv: seen no rows"),
        ("", FIRMS, "an empty file"),
        (LINKS[:-1], FIRMS, "a last line without a line end"),
        (LINKS + "1,2\n", FIRMS, "a file that cannot be read"),
        ("supplier,buyer,flow\n10,10,5\n", FIRMS, "no flow above nil between two firms"),
    ],
)
def test_broken_files_are_refused(tmp_path: Path, links: str, firms: str, said: str) -> None:
    assert said in " ".join(told(folder(tmp_path, links, firms)))


def test_a_parquet_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    write_firms(synthetic_network(50, 120), tmp_path / "net")
    file = tmp_path / "net" / "links.parquet"
    file.write_bytes(file.read_bytes()[:-40])
    (said,) = told(tmp_path / "net")
    assert said.startswith("links.parquet: seen a file that cannot be read")


def test_folders_without_the_files_are_refused(tmp_path: Path) -> None:
    assert len(told(tmp_path)) == 2
    folder(tmp_path)
    as_parquet(tmp_path, "links", "SELECT 1 supplier, 2 buyer, 3 flow")
    (tmp_path / "links.csv").write_text(LINKS, encoding="utf-8")
    (said,) = told(tmp_path)
    assert "seen links.parquet, links.csv. Allowed: one of" in said


def test_a_network_beyond_the_memory_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_firms(synthetic_network(50, 120), tmp_path / "net")
    monkeypatch.setattr("terbium.graph.firms_read.free_memory", lambda: 1000)
    (said,) = told(tmp_path / "net")
    assert said.startswith("memory: seen a network that needs about")


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "mine.txt").write_text("work", encoding="utf-8")
    with pytest.raises(OutputError):
        write_firms(synthetic_network(50, 120), tmp_path / "net")
