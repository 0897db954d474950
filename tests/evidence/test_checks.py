from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.stated import NAME, claim

from terbium.evidence.checks import Checked, check_claims, with_quantities
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.documents.links import link_claims
from terbium.evidence.findings import Finding
from terbium.evidence.quantities import figures, quantities
from terbium.evidence.readings import Reading

TARIFF: dict[str, Any] = {"metric": "tariff_rate", "stage": "tariff", "entity": "US;China"}
TONNES: dict[str, Any] = {"metric": "tonnage", "unit": "t", "material": "NdFeB", "entity": "China"}
SHARE: dict[str, Any] = {"entity": "China", "material": "REE", "year_or_date": "2025"}


def checked(text: str, *claims: StatedClaim) -> Checked:
    return check_claims({NAME: text}, link_claims({NAME: text}, claims))


def of(found: Checked, check: str) -> list[Finding]:
    return [one for one in found.findings if one.check == check]


def test_steps_that_do_not_reach_their_total_are_told_with_what_is_missing() -> None:
    text = "The duty of 30% was raised by 45 points to 90%, then by another 10 points to 100%."
    steps = checked(
        text,
        claim(text, "duty of 30%", "30%", value=0.3, **TARIFF),
        claim(text, "45 points", "45 points", value=0.45, **{**TARIFF, "unit": "fraction (pp)"}),
        claim(text, "to 90%", "90%", value=0.9, **TARIFF),
        claim(text, "10 points", "10 points", value=0.1, **{**TARIFF, "unit": "fraction (pp)"}),
        claim(text, "to 100%", "100%", value=1.0, **TARIFF),
    )
    wrong, right = of(steps, "ladder")
    assert (wrong.verdict, wrong.kind) == ("differs", "likely error")
    assert "30 + 45 = 75; the text says 90; difference +15 points" in wrong.arithmetic
    assert (right.verdict, right.arithmetic) == ("agrees", "90 + 10 = 100")


def test_what_is_missing_is_looked_for_elsewhere() -> None:
    text = (
        "Duties on Chinese goods rose from 34% by 50 points to 104%. A fentanyl duty of 20% had "
        "been there before."
    )
    found = checked(
        text,
        claim(text, "from 34%", "34%", value=0.34, **TARIFF),
        claim(text, "50 points", "50 points", value=0.5, **{**TARIFF, "unit": "fraction (pp)"}),
        claim(text, "to 104%", "104%", value=1.04, **TARIFF),
        claim(text, "duty of 20%", "20%", value=0.2, **TARIFF),
    )
    ladder = of(found, "ladder")[0]
    assert "20" in ladder.remark
    assert any(one.span == "20%" for one in ladder.claims)


def test_a_rate_on_the_month_gives_the_month_before_and_the_series_bears_it_out() -> None:
    text = "In October China shipped 5,473 tonnes of magnets as exports, down 5.2% month-on-month."
    found = checked(
        text,
        claim(text, "5,473 tonnes", "5,473 tonnes", value=5473.0, year_or_date="2025-10", **TONNES),
        claim(text, "down 5.2%", "5.2%", value=-0.052, metric="change", year_or_date="2025-10"),
    )
    implied = of(found, "implied by a rate")[0]
    assert implied.verdict == "agrees"
    assert "5,773 t for 2025-09" in implied.arithmetic
    assert implied.figures[0].as_of == "2025-09"


def test_a_rate_that_the_series_does_not_bear_out_differs() -> None:
    text = "10月，中国出口稀土永磁5473吨，环比增长30%。"
    found = checked(
        text,
        claim(text, "5473吨", "5473吨", "zh-Hans", value=5473.0, year_or_date="2025-10", **TONNES),
        claim(text, "增长30%", "30%", "zh-Hans", value=0.3, metric="change"),
    )
    implied = of(found, "implied by a rate")[0]
    assert (implied.verdict, implied.kind) == ("differs", "disagrees")


@given(st.integers(1000, 90000), st.integers(-400, 900))
def test_an_implied_figure_grown_by_its_rate_is_the_stated_one(level: int, tenths: int) -> None:
    word = "up" if tenths >= 0 else "down"
    text = f"Output was {level} tonnes, {word} {abs(tenths) / 10} percent year-on-year."
    rate = claim(
        text, f"{abs(tenths) / 10} percent", f"{abs(tenths) / 10} percent",
        value=tenths / 1000, metric="change",
    )  # fmt: skip
    amount = claim(
        text, f"{level} tonnes", f"{level} tonnes", value=float(level), year_or_date="2025",
        metric="tonnage", unit="t",
    )  # fmt: skip
    found = of(checked(text, amount, rate), "implied by a rate")[0]
    shown = found.arithmetic.split(" = ")[1].split(" t ")[0].replace(",", "")
    assert float(shown) * (1 + tenths / 1000) == pytest.approx(level, rel=2e-3)


def test_a_stated_base_is_compared_instead_of_implied() -> None:
    text = "10月，出口量为600吨，较上年同期的500吨增长25%。"
    amounts = {"metric": "tonnage", "unit": "t"}
    found = checked(
        text,
        claim(text, "为600吨", "600吨", "zh-Hans", value=600.0, **amounts),
        claim(text, "500吨", "500吨", "zh-Hans", value=500.0, **amounts),
        claim(text, "增长25%", "25%", "zh-Hans", value=0.25, metric="change"),
    )
    assert of(found, "rate")[0].verdict == "differs"
    assert "600 / 500 - 1 = +20.00 %" in of(found, "rate")[0].arithmetic


def cost_of_a_car(euros: float) -> Checked:
    text = (
        f"Without rare earths from China each car costs {euros:.0f} euros more. Every motor is "
        "small, but per car 2 kg of magnets are used."
    )
    span = f"{euros:.0f} euros"
    return checked(
        text,
        claim(text, span, span, value=euros, metric="money", unit="EUR", material="REE"),
        claim(text, "2 kg", "2 kg", value=2.0, **{**TONNES, "unit": "kg"}),
    )


@pytest.mark.parametrize(("euros", "verdict"), [(9000, "implausible"), (120, "agrees")])
def test_a_cost_over_a_mass_is_a_price(euros: float, verdict: str) -> None:
    price = of(cost_of_a_car(euros), "implied price")[0]
    assert price.verdict == verdict
    assert f"{euros:,.0f} EUR / 2 kg = {euros / 2:,.0f} EUR per kg" in price.arithmetic


def test_only_the_cost_is_judged_not_the_mass() -> None:
    found = cost_of_a_car(9000)
    assert sorted(found.verdicts.values()) == ["agrees", "implausible"]


def test_each_and_together_are_not_one_sum() -> None:
    text = (
        "Both will each provide 2 billion dollars for mines at home. Later it was said that they "
        "will jointly provide 2 billion dollars."
    )
    sums = {"metric": "money", "unit": "USD", "value": 2e9, "entity": "US;Australia"}
    found = checked(
        text,
        claim(text, "each provide 2 billion dollars", "2 billion dollars", **sums),
        claim(text, "jointly provide 2 billion dollars", "2 billion dollars", **sums),
    )
    assert "2 x 2 billion USD = 4 billion USD" in of(found, "each or jointly")[0].arithmetic


def test_one_sum_in_two_currencies_gives_a_rate_that_is_known_or_not() -> None:
    for yuan, verdict in ((4.6e10, "agrees"), (9.9e10, "implausible")):
        text = f"A loss of 1 trillion yen, about {yuan / 1e9:g} billion yuan."
        span = f"{yuan / 1e9:g} billion yuan"
        found = checked(
            text,
            claim(text, "1 trillion yen", "1 trillion yen", value=1e12, metric="money", unit="JPY"),
            claim(text, span, span, value=yuan, metric="money", unit="CNY"),
        )
        assert of(found, "exchange rate")[0].verdict == verdict


def shares(*rows: tuple[str, str, float, dict[str, Any]]) -> Checked:
    text = " ".join(sentence for sentence, *_ in rows)
    return checked(
        text,
        *(
            claim(text, sentence, span, value=value, **{**SHARE, **more})
            for sentence, span, value, more in rows
        ),
    )


def test_two_figures_of_one_quantity_and_time_disagree() -> None:
    found = shares(
        ("China mines 62% of the world's rare earths.", "62%", 0.62, {"stage": "mining"}),
        ("China's share of rare earth mining is 81%.", "81%", 0.81, {"stage": "mining"}),
    )
    assert of(found, "range")[0].kind == "disagrees"


def test_other_scopes_years_and_qualifiers_are_no_contradiction() -> None:
    found = shares(
        ("China refines 90% of the world's rare earths.", "90%", 0.9, {"stage": "refining"}),
        (
            "On average China refines 65% of twenty critical minerals.", "65%", 0.65,
            {"stage": "refining", "material": "critical_minerals"},
        ),
        ("China mines 69% of all rare earths.", "69%", 0.69, {"stage": "mining"}),
        (
            "In 2010 China mined 97% of all rare earths.", "97%", 0.97,
            {"stage": "mining", "year_or_date": "2010"},
        ),
    )  # fmt: skip
    assert not [one for one in found.findings if one.check == "range"]
    assert any(one.kind == "other scope" and len(one.claims) >= 2 for one in found.findings)


def test_one_number_with_two_qualifiers_is_told_as_such() -> None:
    found = shares(
        ("China refines nearly 90% of rare earths.", "90%", 0.9, {"qualifier": "nearly"}),
        ("More than 90% of rare earths are refined in China.", "90%", 0.9,
         {"qualifier": "more_than"}),
    )  # fmt: skip
    assert [one.kind for one in of(found, "qualifier")] == ["other qualifier"]


def test_the_same_share_of_two_things_is_a_trap() -> None:
    found = shares(
        ("China mines 60% of rare earths.", "60%", 0.6, {"stage": "mining"}),
        ("Japan relies on China for 60% of its rare earths.", "60%", 0.6, {"entity": "Japan"}),
    )
    assert [one.kind for one in of(found, "same number")] == ["trap"]


def test_an_implausible_share_is_told_with_the_range_that_is_known() -> None:
    found = shares(("China refines 12% of rare earths.", "12%", 0.12, {"stage": "refining"}))
    assert of(found, "plausible range")[0].verdict == "implausible"


def test_a_text_bears_no_witness_for_itself() -> None:
    sentence = "China has 80% of the supply of rare earths"
    for author, count in (("", 1), ("Patrick Boyle", 0)):
        text = f"{sentence}, says {author or 'a video'}."
        found = checked(text, claim(text, sentence, "80%", value=0.8, **SHARE))
        assert len(of(found, "sources")) == count


def test_a_pause_of_a_year_and_a_named_end_are_two_clocks() -> None:
    text = (
        "After the meeting on 30 October 2025 the controls were suspended for one year. By the "
        "act they are suspended until 10 November 2026."
    )
    dates = {"metric": "date", "unit": "ISO date"}
    found = checked(
        text,
        claim(text, "30 October 2025", "30 October 2025", value=2025.0,
              year_or_date="2025-10-30", **dates),
        claim(text, "one year", "one year", value=1.0, metric="duration", unit="years"),
        claim(text, "10 November 2026", "10 November 2026", value=2026.0,
              year_or_date="2026-11-10", **dates),
    )  # fmt: skip
    period = of(found, "period")[0]
    assert "2025-10-30 + 1 years = 2026-10-30" in period.arithmetic
    assert "+11 days" in period.arithmetic


def test_an_amount_that_is_a_share_gives_the_whole() -> None:
    text = "For 60 million dollars the fund got a stake of 15% in the company."
    found = checked(
        text,
        claim(text, "60 million dollars", "60 million dollars", value=6e7, metric="money",
              unit="USD"),
        claim(text, "15%", "15%", value=0.15),
    )  # fmt: skip
    assert "400 million USD" in of(found, "implied total")[0].arithmetic


def test_every_finding_is_about_claims_of_the_text_and_no_claim_is_without_a_verdict() -> None:
    text = "Nothing here is about minerals: 7 of 12 people came."
    count = {"metric": "count", "unit": "count"}
    rows: Sequence[StatedClaim] = (
        claim(text, "7 of", "7", value=7.0, **count),
        claim(text, "12 people", "12", value=12.0, **count),
    )
    found = checked(text, *rows)
    assert set(found.verdicts.values()) == {"cannot be checked"}
    assert all(one.document == NAME for f in found.findings for one in f.claims)


def test_quantities_are_named_in_both_scripts() -> None:
    for text, lang in (
        ("中国控制了全球85%的稀土精炼产能。", "zh-Hans"),
        ("中國控制了全球85%的稀土精煉產能。", "zh-Hant"),
        ("China controls 85% of the world's capacity to refine rare earths.", "en"),
    ):
        row = claim(text, "85%", "85%", lang, value=0.85, **SHARE)
        named = with_quantities({NAME: text}, [row])
        assert named[0].quantity_group == "cn_share_processing"


def test_every_figure_has_a_known_quantity_a_source_a_day_and_a_licence() -> None:
    for figure in figures():
        assert figure.quantity in quantities()
        assert figure.source
        assert figure.origin
        assert figure.licence
        assert figure.published
    ids = [figure.id for figure in figures()]
    assert len(ids) == len(set(ids))


def test_sentences_and_clauses_keep_numbers_whole() -> None:
    text = "Prices rose 1,200 percent in the U.S. market, and 3.5 million tonnes were sold. Next."
    row = claim(text, "3.5 million tonnes", "3.5 million tonnes", value=3.5e6)
    reading = Reading({NAME: text}, [row])
    assert reading.clause(row).strip() == "3.5 million tonnes were sold."
    assert reading.sentence(row).endswith("sold.")


def test_steps_may_lead_down() -> None:
    text = "From a duty of 145% it was agreed to cut duties by 115 points to 30%."
    found = checked(
        text,
        claim(text, "145%", "145%", value=1.45, **TARIFF),
        claim(text, "115 points", "115 points", value=1.15, **{**TARIFF, "unit": "fraction (pp)"}),
        claim(text, "to 30%", "30%", value=0.3, **TARIFF),
    )
    assert of(found, "ladder")[0].arithmetic == "145 - 115 = 30"


def test_a_course_from_one_figure_to_the_other_is_no_contradiction() -> None:
    text = "The fentanyl duty on Chinese goods was cut from 20% to 10% in November."
    found = checked(
        text,
        claim(text, "from 20%", "20%", value=0.2, year_or_date="2025", **TARIFF),
        claim(text, "to 10%", "10%", value=0.1, year_or_date="2025", **TARIFF),
    )
    assert not of(found, "range")


def test_the_day_of_a_report_is_not_the_day_of_the_act() -> None:
    text = "BEIJING, April 15 - Seven rare earths were placed under control in April, on April 4."
    dates = {"metric": "date", "unit": "ISO date", "value": 2025.0}
    found = checked(
        text,
        claim(text, "April 15", "April 15", year_or_date="2025-04-15", **dates),
        claim(text, "on April 4", "April 4", year_or_date="2025-04-04", **dates),
    )
    assert "differs" not in found.verdicts.values()


def test_two_shares_of_one_sentence_keep_to_their_own_words() -> None:
    text = "中国控制着全球九成的稀土分离冶炼和93%的永磁体制造，以及约七成的开采。"
    china = {"metric": "share", "unit": "fraction", "entity": "China", "year_or_date": "2025"}
    rows = [
        claim(text, "九成", "九成", "zh-Hans", value=0.9, material="REE", **china),
        claim(text, "93%", "93%", "zh-Hans", value=0.93, material="NdFeB", **china),
        claim(text, "七成", "七成", "zh-Hans", value=0.7, material="REE", **china),
    ]
    named = [one.quantity_group for one in with_quantities({NAME: text}, rows)]
    assert named == ["cn_share_processing", "cn_share_magnets", "cn_share_mining"]
