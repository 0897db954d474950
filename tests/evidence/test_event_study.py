import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from terbium.base.errors import InputError
from terbium.evidence.event_study import MARKET_MODEL, MEAN_ADJUSTED, Study, event_study
from terbium.evidence.prices import Event, Prices, read_events, read_prices, with_market

FIRST = date(2024, 1, 1)


def weekdays(count: int) -> tuple[date, ...]:
    days = (FIRST + timedelta(days=i) for i in range(2 * count))
    return tuple(day for day in days if day.weekday() < 5)[:count]


def priced(moves: np.ndarray, names: list[str]) -> Prices:
    """Prices of 100 at first, moved by log returns: (day, asset)."""
    days = weekdays(len(moves) + 1)
    paths = 100 * np.exp(np.vstack([np.zeros(moves.shape[1]), np.cumsum(moves, axis=0)]))
    return Prices(days, {name: paths[:, i] for i, name in enumerate(names)})


def simulated(
    rng: np.random.Generator, assets: int, jump: float = 0.0, common: float = 0.0, days: int = 100
) -> tuple[Prices, list[Event]]:
    """Assets on a market, all with an event on one day; ``common`` moves them beside the market."""
    market = 0.01 * rng.standard_normal(days)
    shared = common * rng.standard_normal(days)
    betas = np.linspace(0.5, 1.5, assets)
    errors = 0.02 * rng.standard_normal((days, assets)) + shared[:, None]
    moves = 0.0005 + market[:, None] * betas + errors
    moves[85] += jump
    names = [f"A{i}" for i in range(assets)]
    prices = priced(np.column_stack([moves, market]), [*names, "M"])
    return prices, [Event(prices.days[86], name, "") for name in names]


def test_a_tiny_case_by_hand() -> None:
    rng = np.random.default_rng(5)
    market, noise = 0.01 * rng.standard_normal(60), 0.02 * rng.standard_normal(60)
    prices = priced(np.column_stack([0.001 + 0.8 * market + noise, market]), ["A", "M"])
    found = event_study(
        prices, [Event(prices.days[51], "A", "x")], market="M", window=(0, 2), estimation=40
    )
    (one,) = found.fitted
    # returns i are those of day i + 1: the window is returns 50 to 52, the estimation 10 to 49
    y, x = 0.001 + 0.8 * market + noise, market
    beta, alpha = np.polyfit(x[10:50], y[10:50], 1)
    s2 = ((y[10:50] - alpha - beta * x[10:50]) ** 2).sum() / 38
    assert (one.alpha, one.beta, one.sd**2) == pytest.approx((alpha, beta, s2))
    spread = ((x[10:50] - x[10:50].mean()) ** 2).sum()
    for step, t in enumerate((50, 51, 52)):
        daily = found.daily[0][step]
        assert daily.value == pytest.approx(y[t] - alpha - beta * x[t])
        error = s2 * (1 + 1 / 40 + (x[t] - x[10:50].mean()) ** 2 / spread)
        assert daily.se == pytest.approx(math.sqrt(error))
    whole = found.cumulative[0][-1]
    n, gap = 3, x[50:53].sum() - 3 * x[10:50].mean()
    assert whole.se == pytest.approx(math.sqrt(s2 * (n + n**2 / 40 + gap**2 / spread)))
    assert whole.high - whole.value == pytest.approx(stats.t.ppf(0.975, 38) * whole.se)
    assert whole.p == pytest.approx(2 * stats.t.sf(abs(whole.value) / whole.se, 38))
    standard = whole.value / whole.se
    assert found.patell_z == pytest.approx(standard / math.sqrt(38 / 36))
    assert found.mean is None


def test_mean_adjusted_by_hand() -> None:
    rng = np.random.default_rng(6)
    y = 0.02 * rng.standard_normal(60)
    prices = priced(y[:, None], ["A"])
    found = event_study(prices, [Event(prices.days[51], "", "")], window=(-1, 1), estimation=40)
    mean, sd = y[9:49].mean(), y[9:49].std(ddof=1)
    assert found.model == MEAN_ADJUSTED
    whole = found.cumulative[0][-1]
    assert whole.value == pytest.approx(y[49:52].sum() - 3 * mean)
    assert whole.se == pytest.approx(sd * math.sqrt(3 + 9 / 40))


def rejections(assets: int, jump: float, common: float, trials: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    p: dict[str, list[float]] = {name: [] for name in ("t", "patell", "rank")}
    for trial in range(trials):
        prices, events = simulated(rng, assets, jump, common)
        found = event_study(prices, events, market="M", window=(-1, 1), estimation=60, seed=trial)
        mean = found.mean[-1] if found.mean else found.cumulative[0][-1]
        rank = found.mean_by_rank or found.by_rank[0]
        p["t"].append(mean.p)
        p["patell"].append(found.patell_p)
        p["rank"].append(rank.p)
    return {name: float(np.mean(np.array(values) < 0.05)) for name, values in p.items()}


@pytest.mark.parametrize(("assets", "common"), [(1, 0.0), (2, 0.02)])
def test_without_an_effect_one_test_in_twenty_finds_one(assets: int, common: float) -> None:
    # 150 trials: a rate of 0.05 leaves these bounds for one seed in a thousand; tests/soak has more
    for name, rate in rejections(assets, 0.0, common, 150, seed=12).items():
        assert 0.006 <= rate <= 0.113, name


def test_a_jump_is_found_as_often_as_theory_says() -> None:
    # a mean of two errors of 0.02 over three days, and of the lines: power of a t-test on it
    se = 0.02 * math.sqrt((3 + 9 / 60) / 2)
    reach = stats.t.ppf(0.975, 58)
    power = 1 - stats.nct.cdf(reach, 58, 0.05 / se) + stats.nct.cdf(-reach, 58, 0.05 / se)
    found = rejections(2, 0.05, 0.0, 100, seed=12)
    for name, rate in found.items():
        assert rate == pytest.approx(power, abs=0.13), name
    assert rejections(2, 0.3, 0.0, 10, seed=13)["t"] == 1.0


def test_assets_that_move_together_widen_the_interval_of_their_mean() -> None:
    alone, together = (
        event_study(*simulated(np.random.default_rng(3), 5, common=c), market="M", estimation=60)
        for c in (0.0, 0.05)
    )
    assert alone.mean is not None
    assert together.mean is not None
    independent = math.sqrt(sum(path[-1].se ** 2 for path in together.cumulative)) / 5
    assert together.mean[-1].se > 1.8 * independent
    independent = math.sqrt(sum(path[-1].se ** 2 for path in alone.cumulative)) / 5
    assert alone.mean[-1].se == pytest.approx(independent, rel=0.25)


def test_the_interval_holds_the_jump() -> None:
    rng, held = np.random.default_rng(21), 0
    for _ in range(60):
        prices, events = simulated(rng, 1, jump=0.1)
        found = event_study(prices, events, market="M", window=(0, 4), estimation=60)
        held += found.cumulative[0][-1].low <= 0.1 <= found.cumulative[0][-1].high
    assert held / 60 >= 0.86


def test_the_same_prices_in_another_money_or_order_say_the_same() -> None:
    prices, events = simulated(np.random.default_rng(8), 3, jump=0.05)
    turned = Prices(prices.days, {n: 7.3 * prices.prices[n] for n in reversed(prices.prices)})
    first, second = (
        event_study(one, sent, market="M", estimation=60)
        for one, sent in ((prices, events), (turned, events))
    )
    assert second.mean is not None
    assert first.mean is not None
    assert second.mean[-1].value == pytest.approx(first.mean[-1].value)
    assert second.mean[-1].se == pytest.approx(first.mean[-1].se)
    again = event_study(prices, events, market="M", estimation=60)
    assert again.by_rank == first.by_rank


def study_of(prices: Prices, *events: Event, **options: object) -> Study:
    return event_study(prices, list(events), **{"window": (-2, 3), "estimation": 60, **options})


def test_days_without_prices_and_without_trading_are_named() -> None:
    prices, _ = simulated(np.random.default_rng(9), 1)
    whole = study_of(prices, Event(prices.days[86], "A0", "x"), market="M")
    gone = prices.prices["A0"].copy()
    gone[86] = math.nan
    holed = Prices(prices.days, {**prices.prices, "A0": gone})
    found = study_of(holed, Event(prices.days[86], "A0", "x"), market="M")
    assert found.notes == (
        f"x of A0: no price on {prices.days[86]}; counted on the next day with one",
    )
    # the price after the gap knows what happened in it
    assert found.cumulative[0][-1].value == pytest.approx(whole.cumulative[0][-1].value)
    assert found.cumulative[0][-1].se == pytest.approx(whole.cumulative[0][-1].se)
    assert found.daily[0][2].value == 0
    saturday = next(
        d for d in (prices.days[86] + timedelta(days=i) for i in range(7)) if d.weekday() == 5
    )
    later = study_of(prices, Event(saturday, "A0", "x"), market="M")
    assert "was no trading day; counted from" in later.notes[0]
    assert later.fitted[0].day == saturday + timedelta(days=2)


def test_a_market_of_other_holidays_keeps_its_moves() -> None:
    prices, _ = simulated(np.random.default_rng(9), 1)
    whole = study_of(prices, Event(prices.days[86], "A0", "x"), market="M")
    kept = [i for i in range(len(prices.days)) if i != 85]
    market = Prices(tuple(prices.days[i] for i in kept), {"M": prices.prices["M"][kept]})
    alone = Prices(prices.days, {"A0": prices.prices["A0"]})
    both = with_market(alone, market, "index")
    assert both.days == prices.days
    found = study_of(both, Event(prices.days[86], "A0", "x"), market="index")
    assert found.cumulative[0][-1].value == pytest.approx(whole.cumulative[0][-1].value)
    assert f"no price on {prices.days[85]}" in found.notes[0]
    with pytest.raises(InputError, match="one column of levels"):
        with_market(alone, prices, "index")


def test_overlapping_windows_are_named_and_share_their_errors() -> None:
    prices, _ = simulated(np.random.default_rng(10), 1)
    events = [Event(prices.days[t], "A0", name) for t, name in ((84, "x"), (86, "y"))]
    found = study_of(prices, *events, market="M")
    assert sum("overlaps that of another event" in note for note in found.notes) == 2
    assert any(note.startswith("y of A0: days in the window of another") for note in found.notes)
    assert found.mean is not None
    independent = math.sqrt(sum(path[-1].se ** 2 for path in found.cumulative)) / 2
    assert found.mean[-1].se > 1.2 * independent


def test_events_that_cannot_be_studied_are_named() -> None:
    prices, _ = simulated(np.random.default_rng(10), 1)
    good = Event(prices.days[86], "", "good")
    early, late = Event(prices.days[10], "A0", "early"), Event(date(2030, 1, 1), "A0", "late")
    found = study_of(prices, early, good, late, market="M")
    assert [(event.label, why) for event, _, why in found.skipped] == [
        ("early", "7 days of returns before its window"),
        ("late", "prices do not cover the window"),
    ]
    assert [one.event.label for one in found.fitted] == ["good"]
    with pytest.raises(InputError, match="2 problem"):
        study_of(prices, early, late)
    with pytest.raises(InputError, match=r"(?s)3 problem.*--window.*--estimation.*--market"):
        study_of(prices, good, market="N", window=(3, 1), estimation=5)


def test_files_in_both_shapes_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text('Date,A,B\n2024-01-02,1,\n2024/1/3,"1,002",3\n')
    (tmp_path / "long.csv").write_bytes(
        "日期,代码,收盘价\n20240103,A,1002\n2024年1月3日,B,3\n2024-01-02,A,1\n".encode("gb18030")
    )
    wide, long = (read_prices(tmp_path / name) for name in ("wide.csv", "long.csv"))
    assert wide.days == long.days == (date(2024, 1, 2), date(2024, 1, 3))
    for asset in ("A", "B"):
        np.testing.assert_array_equal(wide.prices[asset], long.prices[asset])
    (tmp_path / "events.csv").write_text("date,asset,event\n2024-01-03,A,controls\n2024-01-02,,x\n")
    assert read_events(tmp_path / "events.csv", ["A", "B"]) == [
        Event(date(2024, 1, 3), "A", "controls"), Event(date(2024, 1, 2), "", "x"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,A\n2024-01-32,1\n2024-01-02,-1\n2024-01-02,x\n", r"3 problem\(s\)"),
        ("date,A\n2024-01-02,1\n2024-01-02,2\n", "2024-01-02 of A again"),
        ("A,B\n1,2\n", "name the column of dates 'date'"),
        ("date,A\n2024-01-02\n", "1 cells"),
        ("date,A\n", "prices: seen none"),
    ],
)
def test_prices_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(InputError, match=f"(?i){said}"):
        read_prices(tmp_path / "p.csv")


def test_an_event_of_an_unknown_asset_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("date,ticker\n2024-01-03,MPP\n")
    with pytest.raises(InputError, match="Did you mean 'MP'"):
        read_events(tmp_path / "e.csv", ["MP", "LYC"])


def test_the_model_is_told() -> None:
    prices, events = simulated(np.random.default_rng(10), 2)
    assert study_of(prices, *events, market="M").model == MARKET_MODEL
    assert "M" in {one.asset for one in study_of(prices, Event(events[0].day, "", "")).fitted}
