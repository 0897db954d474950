from dataclasses import replace

import numpy as np
import pytest

from terbium.base.errors import CommandError
from terbium.evidence import reconcile
from terbium.evidence.attribution_of_events import Dated, explain, explained_events, judged
from terbium.evidence.dataset import load_dataset
from terbium.evidence.methods import methods
from terbium.evidence.quantities import Figure, figures, figures_of, find_quantity, quantities
from terbium.evidence.reconcile import EVERY_SCOPE, Pool, pool_of, pools_of
from terbium.evidence.reconcile_parameters import derive
from terbium.evidence.show import show_quantity

MINING = quantities()["cn_share_mining"]


def pool(monkeypatch: pytest.MonkeyPatch, *rows: tuple[float, str, str, str]) -> Pool:
    """The pool of figures that are made up: value, origin, class, qualifier."""
    base = figures_of("cn_share_mining")[0]
    made: tuple[Figure, ...] = tuple(
        replace(
            base, id=f"made:{n}", value=value, origin=origin, source_class=kind,
            qualifier=qualifier, denominator="made", as_of="2024",
        )
        for n, (value, origin, kind, qualifier) in enumerate(rows)
    )  # fmt: skip
    monkeypatch.setattr(reconcile, "figures_of", lambda _: made)
    return pools_of(MINING)[0]


def test_sources_of_one_origin_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = pool(monkeypatch, (0.7, "A", "statistics", "none"), (0.6, "B", "agency", "none"))
    often = pool(
        monkeypatch, (0.7, "A", "statistics", "none"), (0.6, "B", "agency", "none"),
        *[(0.6, "B", "wire", "none")] * 8,
    )  # fmt: skip
    assert len(often.clusters) == 2
    assert often.linear.central == pytest.approx(alone.linear.central)
    assert len(often.estimate.claims) == 10


def test_sources_that_disagree_widen_the_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    near = pool(monkeypatch, (0.7, "A", "agency", "none"), (0.7, "B", "agency", "none"))
    far = pool(monkeypatch, (0.55, "A", "agency", "none"), (0.8, "B", "agency", "none"))
    assert far.linear.high - far.linear.low > 3 * (near.linear.high - near.linear.low)
    assert far.linear.low < 0.57
    assert far.linear.high > 0.78


def test_a_column_moves_a_pool_less_than_a_statistic(monkeypatch: pytest.MonkeyPatch) -> None:
    middles = [
        pool(monkeypatch, (0.7, "A", "statistics", "none"), (0.5, "B", kind, "none")).linear.central
        for kind in ("opinion", "agency", "statistics")
    ]
    assert middles[0] > middles[1] > middles[2]


def test_more_than_speaks_for_one_side(monkeypatch: pytest.MonkeyPatch) -> None:
    above = pool(monkeypatch, (0.7, "A", "wire", "more_than"))
    below = pool(monkeypatch, (0.7, "A", "wire", "nearly"))
    assert above.linear.central > 0.7 > below.linear.central


def test_an_estimate_is_in_order_and_names_rule_and_figures() -> None:
    for quantity in quantities().values():
        for one in pools_of(quantity):
            assert one.linear.low <= one.linear.central <= one.linear.high
            assert one.contraction <= 1
            estimate = one.estimate
            assert {figure.id for figure in figures()} >= set(estimate.claims)
            assert one.scope in estimate.rule
            low, high = quantity.plausible_low, quantity.plausible_high
            assert low is not None
            assert high is not None
            assert low - 1e-6 <= one.linear.low
            assert one.linear.high <= high + 1e-6


def test_scopes_are_pooled_apart_and_the_mixed_one_is_named() -> None:
    scopes = [one.scope for one in pools_of(MINING)]
    assert "all rare earth oxides" in scopes
    assert EVERY_SCOPE in scopes
    chosen = pool_of(MINING)
    assert chosen is not None
    assert chosen.scope == "all rare earth oxides"


def test_every_class_of_source_has_a_scale_and_a_chance_of_being_worthless() -> None:
    for kind in {figure.source_class for figure in figures()}:
        assert len(methods(f"reconcile/scale/{kind}")) == 1
        assert 0 < methods(f"reconcile/junk/{kind}")[0] < 1


def test_contested_parameters_are_derived_again_with_rule_and_claims() -> None:
    dataset = load_dataset()
    rows = derive(dataset)
    assert len(rows) == 4
    for row in rows:
        assert row.members
        assert set(row.settings) == set(row.members)
        # the dataset and the pool of all sources overlap
        assert row.old.low < row.new.high
        assert row.new.low < row.old.high
    mining = next(row for row in rows if row.quantity == "cn_share_mining")
    part = sum(mining.settings.values())
    rest = sum(
        dataset.central(name)
        for name in dataset.names("production/mine/")
        if name not in mining.members
    )
    assert part / (part + rest) == pytest.approx(mining.new.central)
    with pytest.raises(CommandError, match="mining share of China"):
        derive(dataset, "minning share of China")


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("China share of rare earth mining", "cn_share_mining"),
        ("中国占全球稀土开采的份额", "cn_share_mining"),
        ("中國稀土開採份額", "cn_share_mining"),
        ("EU dependence on China", "eu_dependence"),
        ("treasuries", "treasuries_china"),
        ("tourism", "tourism_japan"),
        ("luminescence", "luminescence"),
        ("Global South", "rmb_royalties"),
        ("currency", "rmb_royalties"),
    ],
)
def test_quantities_are_found_by_names_in_both_languages(asked: str, key: str) -> None:
    assert find_quantity(asked).quantity == key


def test_an_unknown_quantity_is_answered_with_near_ones() -> None:
    with pytest.raises(CommandError, match="China's share of rare earth mining"):
        find_quantity("chinese mining of rare things")


def test_what_is_shown_is_by_scope_with_shared_origins_and_no_mean() -> None:
    shown = show_quantity("China share of rare earth mining")
    assert len(shown.scopes) >= 3
    assert len(shown.shared["USGS"]) >= 3
    values = [row.value for rows in shown.scopes.values() for row in rows if row.value]
    text = str(shown.to_dict())
    assert f"{np.mean(values):.4f}" not in text
    assert "mean" not in shown.to_dict()


def test_what_no_run_computes_says_so_and_shows_its_arithmetic() -> None:
    shown = show_quantity("treasuries")
    assert not shown.is_modelled
    assert any("-44.5 %" in line for line in shown.implied)
    assert any("0.07763 %" in line for line in show_quantity("luminescence").implied)


def day(key: str, when: str) -> Dated:
    return Dated(key, when, key, "made", "2025-01-01", "read", "")


def test_a_cause_after_its_effect_is_ruled_out() -> None:
    effect = day("effect", "2025-05-01/2025-05-10")
    assert judged(day("late", "2025-05-11"), effect, [])[0] == "ruled out by order"
    assert judged(day("early", "2025-04-30"), effect, [])[0] == "possible"
    assert judged(day("within", "2025-05-03"), effect, [])[0] == "not decided by order"


def test_a_cause_after_a_step_that_the_effect_needs_is_ruled_out() -> None:
    effect, filed = day("effect", "2025-05-20"), day("filed", "2025-04-01")
    standing, reason = judged(day("visit", "2025-05-01"), effect, [filed])
    assert standing == "ruled out by order"
    assert "30 days" in reason


def test_rival_causes_remain_with_what_would_decide() -> None:
    for event in explained_events():
        found = explain(event)
        assert found.remaining
        assert all(cause.decides for cause in found.causes)
    visit = {cause.name: cause.verdict for cause in explain("general-licences-2025").causes}
    assert visit["visit of the French president"] == "ruled out by order"
    assert visit["rules became clear"] == visit["prepared since April"] == "possible"
    with pytest.raises(CommandError, match="general-licences-2025"):
        explain("general-licence")
