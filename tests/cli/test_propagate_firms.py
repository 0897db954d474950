"""Networks of firms through the facade, `terbium propagate`, `terbium firms`, `terbium report`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.commands import call

import terbium as tb
from terbium.base.errors import InputError, LabelError
from terbium.graph.firms import FirmNetwork
from terbium.graph.firms_make import synthetic_network
from terbium.graph.firms_read import read_firms
from terbium.graph.firms_write import write_firms
from terbium.propagation import FirmRun, PropagationRun, prepare
from terbium.results.firm_trajectories import open_firms

FILES = {
    *("series.npz", "firms.parquet", "summary.json", "manifest.json", "run.log.json"),
    "report.html",
}
CALM = {"inventory_restoration_tau": 20}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Content of every file that two equal runs share."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "run.log.json"}


def chain() -> FirmNetwork:
    """Ore to metal to cars, a year's money being a day's times 365: 1, 2 and 4 a day."""
    return FirmNetwork(
        firm=np.array([10, 20, 30]),
        sector=np.array([2, 1, 0], dtype=np.int32),
        region=np.array([0, 0, 1], dtype=np.int32),
        final=np.array([0.0, 0.0, 4.0]) * 365,
        buyer=np.array([1, 2], dtype=np.int32),
        supplier=np.array([0, 1], dtype=np.int32),
        flow=np.array([1.0, 2.0]) * 365,
        sectors=("cars", "metal", "ore"),
        regions=("north", "south"),
        name="chain",
    )


def lean(share: float, **keys: Any) -> dict[str, Any]:
    """A loss in the mine from day 1 on, for good; one day of stock, gaps made up in a day."""
    entry = {"firms": {10: share}, "occurrence": 1, "duration": 99, "recovery_function": "none"}
    model = {"main_inv_dur": 1, "inventory_restoration_tau": 1}
    return {"events": [entry], "model": model, "T": 12} | keys


def test_a_chain_of_three_firms_by_hand() -> None:
    run = tb.propagate(chain(), lean(1.0))
    assert isinstance(run, FirmRun)
    made = run.trajectories.output
    # the mine stops on day 1; a day of stock carries metal over that day, and cars over two
    assert made[:, 0, 2].tolist() == [1] + [0] * 11
    assert made[:, 0, 1].tolist() == [2, 2] + [0] * 10
    assert made[:, 1, 0].tolist() == [4, 4, 4] + [0] * 9
    frame = run.losses().set_index("firm")
    assert frame["lost"].tolist() == [11, 20, 36]
    assert frame["direct"].tolist() == [11, 0, 0]
    assert frame["stop_step"].tolist() == [1, 2, 3]
    assert frame["below"].tolist() == [11, 10, 9]
    assert frame["output"].tolist() == [365, 730, 1460]
    summary: Any = run.summary
    assert summary["losses"]["total"]["output_lost"] == 67
    assert summary["losses"]["total"]["indirect"] == 56
    assert summary["final_demand"]["unmet"] == 36
    assert summary["regime"]["label"] == "collapsed"
    assert summary["stops"]["by_step"][:4] == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=1e-4)
    assert summary["stops"]["hit"] == 1
    assert [row["firm"] for row in summary["losses"]["indirect"]] == ["30", "20"]
    # a cell of one firm is that firm
    assert summary["aggregation"]["error"] == 0
    assert summary["lowest"] == {"share": 0, "step": 3}


def test_two_losses_of_one_firm_count_by_the_larger() -> None:
    event = lean(0.25)
    event["events"].append({**event["events"][0], "firms": {10: 0.5}})
    run = tb.propagate(chain(), event)
    assert run.losses().set_index("firm")["direct"][10] == pytest.approx(0.5 * 11)
    assert run.trajectories.output[5, 0, 2] == pytest.approx(0.5)


def test_the_error_of_adding_firms_up_by_hand() -> None:
    # two mines that deliver 1 a day each, to works that make 10 and 1 of it; the first mine stops
    net = FirmNetwork(
        firm=np.arange(4) + 10,
        sector=np.array([1, 1, 0, 0], dtype=np.int32),
        region=np.zeros(4, dtype=np.int32),
        final=np.array([0.0, 0, 10, 1]) * 365,
        buyer=np.array([2, 3], dtype=np.int32),
        supplier=np.array([0, 1], dtype=np.int32),
        flow=np.array([1.0, 1.0]) * 365,
        sectors=("metal", "ore"),
        regions=("world",),
    )
    found: Any = tb.propagate(net, lean(1.0)).summary["aggregation"]
    assert found["cells"] == 2
    # the large works has lost all its ore: 11 days of the mine, 10 days of the works
    assert found["firms_output_lost"] == pytest.approx(11 * 1 + 10 * 10)
    # a table sees half of the ore gone, and half of the metal
    assert found["output_lost"] == pytest.approx(11 * 1 + 10 * 5.5)
    assert found["direct"] == pytest.approx(11)
    assert found["error"] == pytest.approx((66 - 111) / 111)


def test_shocks_that_meet_in_a_cell_add_up_there_and_not_on_a_firm() -> None:
    net = synthetic_network(80, 200, seed=3, sectors=3, regions=2)
    one, two = np.flatnonzero((net.sector == 1) & (net.region == 0))[:2].tolist()
    when = {"occurrence": 2, "duration": 6, "recovery_tau": 4}

    def aggregated(*hits: dict[int, float]) -> Any:
        events = [{"firms": hit, **when} for hit in hits]
        return tb.propagate(net, {"events": events, "model": CALM, "T": 25}).aggregation

    together, apart = aggregated({one: 0.5, two: 0.9}), aggregated({one: 0.5}, {two: 0.9})
    twice = aggregated({one: 0.5, two: 0.9}, {one: 0.4})
    for name in ("output_lost", "firms_output_lost", "direct", "error"):
        assert apart[name] == pytest.approx(together[name])
        assert twice[name] == pytest.approx(together[name])
    assert aggregated({one: 0.5})["direct"] < together["direct"]


def test_the_books_of_losses_agree_with_the_series() -> None:
    net = synthetic_network(300, 1500, seed=2, sectors=6, regions=4)
    hit = {"random": {"share_of_firms": 0.1, "share": 0.8, "seed": 1}, "occurrence": 3}
    other = {"impact": [["region 01", "sector 02", 0.5]], "occurrence": 8, "duration": 9}
    run = tb.propagate(
        net, {"events": [{**hit, "duration": 12, "recovery_tau": 9}, other], "model": CALM, "T": 90}
    )
    lost, base = run.losses()["lost"].sum(), net.output.sum() / 365
    assert lost == pytest.approx(base * 90 - run.trajectories.output.sum(), rel=1e-9)
    summary: Any = run.summary
    for kind in ("regions", "sectors"):
        assert sum(r["output_lost"] for r in summary["losses"][kind]) == pytest.approx(lost)
        assert sum(r["direct"] for r in summary["losses"][kind]) == pytest.approx(
            summary["losses"]["total"]["direct"]
        )
    assert sum(r["output_lost"] for r in summary["losses"]["months"]) == pytest.approx(lost)
    assert np.sum(summary["losses"]["cells"]["lost"]) == pytest.approx(lost)
    assert all(book["holds"] for book in summary["books"])
    assert summary["aggregation"]["direct"] == pytest.approx(summary["losses"]["total"]["direct"])
    with pytest.raises(LabelError, match="Known are: firm, region, sector, month"):
        run.losses("xyzzy")


def test_nothing_happens_without_an_event() -> None:
    run = tb.propagate("firms-example", {"model": CALM, "T": 60})
    assert run.regime == "at rest"
    assert run.losses()["lost"].abs().max() == 0
    assert run.summary["aggregation"]["error"] is None


def test_a_shipped_network_and_event_run_by_name(desk: Path) -> None:
    answer = call("propagate", "firms-example", "plant-fire")
    assert answer.code == 0, answer.err
    place = desk / "out" / "firms-example-plant-fire"
    assert {path.name for path in place.iterdir()} == FILES
    folder = open_firms(place)
    assert folder.changed_files() == []
    assert folder.arrays["output"].shape == (180, 6, 12)
    chosen = folder.arrays["chosen"].tolist()
    assert 321 in chosen
    assert folder.arrays["chosen_output"].shape == (180, len(chosen))
    frame = folder.firms
    assert frame.shape == (2000, 10)
    assert frame["lost"].sum() == pytest.approx(folder.summary["losses"]["total"]["output_lost"])
    assert answer.out.startswith(
        "firms-example, plant-fire: 2,000 firms and 8,000 links in 6 regions and 12 sectors, 180"
    )
    assert "the error of aggregation" in answer.out
    before = bytes_of(place)
    assert call("report", place).code == 0
    assert bytes_of(place) == before


def test_json_says_the_same_as_the_folder(desk: Path) -> None:
    answer = call("propagate", "firms-example", "plant-fire", "--json", "--no-report", "--out", "x")
    said = json.loads(answer.out)
    summary = json.loads((desk / "x" / "summary.json").read_text(encoding="utf-8"))
    assert said["report"] is None
    assert not (desk / "x" / "report.html").exists()
    for name in ("regime", "aggregation", "stops", "settings"):
        assert said[name] == summary[name]


def test_a_run_is_taken_up_again_with_the_same_bytes(desk: Path) -> None:
    words = ("propagate", "firms-example", "plant-fire", "--steps", 60, "--no-report")
    assert call(*words, "--out", "whole", "--checkpoint-every", 25).code == 0
    kept = desk / "whole.checkpoints"
    assert [p.name for p in sorted(kept.iterdir())] == ["step-000025.npz", "step-000050.npz"]
    assert call(*words, "--out", "again", "--resume", kept / "step-000025.npz").code == 0
    assert bytes_of(desk / "again") == bytes_of(desk / "whole")
    other = call(*words[:2], "plant-fire", "--steps", 61, "--resume", kept / "step-000025.npz")
    assert other.code == 2
    assert "the state of another event" in other.err


def test_the_same_run_from_a_folder_and_from_python_has_the_same_bytes(desk: Path) -> None:
    assert call("firms", "net", "--firms", 200, "--links", 900, "--regions", 3).code == 0
    (desk / "e.yaml").write_text("events: [{firms: {7: 1}, duration: 9}]\nT: 30\n", "utf-8")
    assert call("propagate", "net", "e.yaml", "--out", "a").code == 0
    tb.propagate(read_firms("net"), "e.yaml", "b", render=tb.render_report)
    assert bytes_of(desk / "a") == bytes_of(desk / "b")


def test_the_generator_writes_the_same_bytes_for_a_seed(desk: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        words = ("--firms", 300, "--links", 1000, "--seed", seed, "--format", "csv")
        assert call("firms", name, *words).code == 0
    assert bytes_of(desk / "a") == bytes_of(desk / "b") != bytes_of(desk / "c")
    made = json.loads((desk / "a" / "network.json").read_text(encoding="utf-8"))["made"]
    assert made == {
        "by": "terbium firms", "firms": 300, "links": 1000, "seed": 1, "sectors": 30, "regions": 10
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--links", 999999), "links: seen 999999"),
        (("--links", 900, "--seed", -1), "seed: seen -1"),
        (("--links", 900, "--format", "xls"), "--format: seen 'xls'"),
    ],
)
def test_a_network_that_cannot_be_is_refused(desk: Path, words: Any, said: str) -> None:
    answer = call("firms", "net", "--firms", 200, *words)
    assert answer.code == 2
    assert said in answer.err
    assert not (desk / "net").exists()


def test_options_of_tables_are_refused(desk: Path) -> None:
    answer = call("propagate", "firms-example", "plant-fire", "--compatible", "--out", "x")
    assert answer.code == 2
    assert "compatible (--compatible): seen an option of input-output tables" in answer.err
    assert not (desk / "x").exists()
    with pytest.raises(InputError, match="clip_negative_final"):
        tb.propagate("firms-example", "plant-fire", clip_negative_final=True)


def test_faults_of_network_and_event_are_told_together(desk: Path) -> None:
    write_firms(synthetic_network(50, 100), "net", "csv")
    (desk / "net" / "links.csv").write_text("supplier,buyer,flow\n1,999,2\n", "utf-8")
    answer = call("propagate", "net", "flood")
    assert answer.code == 2
    assert "links.csv, row 1, column buyer: seen '999'" in answer.err
    assert "'rebuild_tau', a key of events on tables" in answer.err
    assert not (desk / "out").exists()


def test_settings_say_where_they_are_from() -> None:
    event = {"model": {"cover": {"mean": 5, "seed": 2}, **CALM}, "T": 2}
    rows: Any = tb.propagate("firms-example", event).summary["settings"]
    origin = {row["setting"]: (row["value"], row["origin"]) for row in rows}
    assert origin["model.cover.mean"] == ("5", "file")
    assert origin["model.cover.seed"] == ("2", "file")
    assert origin["model.cover.least"] == ("1", "default")
    assert origin["options.rationing"] == ("proportional", "default")
    assert origin["options.record.largest"] == ("10", "default")
    assert origin["T"] == ("2", "file")


def test_orders_that_amplify_are_warned_of_before_the_run() -> None:
    calm, wild = (prepare("firms-example", {"model": m, "T": 3}) for m in (CALM, {}))
    assert calm.warnings == ()
    # half of output is spent on inputs, and 1 + 15 / 6 times as much is not ordered
    assert "orders fall by 1.73 in the next tier" in wild.warnings[0]


def test_tables_are_still_tables() -> None:
    assert isinstance(tb.propagate("example", {"T": 3}), PropagationRun)
