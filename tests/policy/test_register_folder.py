"""A register in several files: what is wrong is told with its file, line and measure."""

from pathlib import Path

import pytest

from terbium.base.errors import MeasureError
from terbium.policy.register import load_register

HEAD = """\
title: A small register
version: "1"
evidence_date: 2026-01-01
"""
SOURCES = """\
sources:
  ACT: {title: An act, publisher: A ministry, date: 2025-01-01}
  OTHER: {title: Another act, publisher: A ministry, date: 2025-01-01}
"""
LISTS = """\
# goods
measures:
  - id: AA-GOODS-2025
    issuer: CN ministry
    title: A licence
    legal_ref: Act 1
    instrument: export_licence
    direction: export
    announced: 2025-01-01
    effective_from: 2025-02-01
    provisions:
      - paragraph: oxide
        effect: licence
        text: antimony oxide
        presumption: case_by_case
        variants:
          - {text: relief is free, end_uses: [humanitarian], effect: report}
        scope: {elements: [Sb], items: [antimony_trioxide], limits: {purity_pct: {ge: 99.9}}}
    overlays:
      - {kind: suspend, announced: 2025-03-01, from: 2025-03-01, to: 2025-04-01, by: AA-PAUSE-2025}
    paired_with: [AA-PARTIES-2025]
    paired_basis: {AA-PARTIES-2025: political}
    ended_by: [AA-PAUSE-2025]
    source: [ACT]
    confidence: read
"""
PARTIES = """\
measures:
  - id: AA-PARTIES-2025
    issuer: CN ministry
    title: A list
    legal_ref: Act 2
    instrument: entity_list
    direction: both
    announced: 2025-01-01
    effective_from: 2025-02-01
    party_list: {label: cn_watch_list, size: 3}
    provisions:
      - paragraph: list
        effect: ban
        text: listed parties
        presumption: denial
        scope:
          {listed_in: cn_dual_use, parties: [One], hooks: [chinese_technology],
           subject_to: AA-GOODS-2025,
           owned_by: {lists: [cn_watch_list], share_ge: 0.5, is_aggregated: true}}
    paired_with: [AA-GOODS-2025]
    paired_basis: {AA-GOODS-2025: political}
    source: [OTHER]
    confidence: read
  - id: AA-PAUSE-2025
    issuer: CN ministry
    title: A pause
    legal_ref: Act 3
    instrument: suspension
    direction: both
    announced: 2025-03-01
    effective_from: 2025-03-01
    provisions:
      - {paragraph: whole, effect: suspension, text: a pause}
    source: [ACT]
    confidence: read
"""
FILES = {"goods.yaml": LISTS, "head.yaml": HEAD, "parties.yaml": PARTIES, "sources.yaml": SOURCES}


def write(place: Path, changes: dict[str, str] | None = None) -> Path:
    for name, text in {**FILES, **(changes or {})}.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def test_files_are_put_together(tmp_path: Path) -> None:
    register = load_register(write(tmp_path))
    assert list(register.measures) == ["AA-GOODS-2025", "AA-PARTIES-2025", "AA-PAUSE-2025"]
    assert register.measures["AA-GOODS-2025"].regime == "cn_dual_use"
    assert set(register.sources) == {"ACT", "OTHER"}


PAIRS = "    paired_with: [AA-GOODS-2025]\n    paired_basis: {AA-GOODS-2025: political}\n"
BROKEN = [
    ("goods.yaml", "    source: [ACT]\n", "", "line 3", "the field 'source'"),
    ("goods.yaml", "source: [ACT]", "source: [AKT]", "line 24", "did you mean 'act'"),
    ("parties.yaml", "source: [OTHER]", "source: []", "line 22", "at least 1 item"),
    ("goods.yaml", "elements: [Sb]", "elements: [Sx]", "line 18", "'Sx'"),
    ("goods.yaml", "[antimony_trioxide]", "[antimony_troxide]", "line 18", "'antimony_trioxide'"),
    ("goods.yaml", "purity_pct", "puryti_pct", "line 18", "'purity_pct'"),
    ("goods.yaml", "ge: 99.9", "at: 99.9", "line 18", "'at', a key that nobody defined"),
    ("goods.yaml", "[humanitarian]", "[charity]", "line 17", "'charity'"),
    ("goods.yaml", "end_uses: [humanitarian], ", "", "line 17", "without a condition"),
    ("goods.yaml", ", effect: report", "", "line 17", "a variant that changes nothing"),
    ("goods.yaml", "to: 2025-04-01", "to: 2025-02-10", "line 20", "an end (2025-02-10) before"),
    ("goods.yaml", "from: 2025-03-01, to: 2025-04-01", "from: 2025-01-01, to: 2025-01-09",
     "line 20", "an overlay that hits nothing"),
    ("goods.yaml", "announced: 2025-03-01", "announced: 2025-02-20", "line 20",
     "AA-PAUSE-2025 was announced on 2025-03-01"),
    ("goods.yaml", "by: AA-PAUSE-2025", "by: AA-PAUS-2025", "line 20", "not in the register"),
    ("goods.yaml", "ended_by: [AA-PAUSE-2025]", "ended_by: [AA-END]", "line 23", "'AA-END'"),
    ("goods.yaml", "effective_from: 2025-02-01", "effective_from: 2025-02-30", "line 10",
     "a day that exists"),
    ("goods.yaml", "{AA-PARTIES-2025: political}", "{AA-PARTIES-2025: legal_text}", "line 22",
     "the same basis on both sides"),
    ("parties.yaml", PAIRS, "", "goods.yaml line 21", "which does not name AA-GOODS-2025 in turn"),
    ("parties.yaml", "label: cn_watch_list", "label: cn_watched_list", "line 10", "cn_watch_list"),
    ("parties.yaml", "share_ge: 0.5", "share_ge: 50", "line 19", "less than or equal to 1"),
    ("parties.yaml", "subject_to: AA-GOODS-2025", "subject_to: AA-GODS", "line 18", "'AA-GODS'"),
    ("parties.yaml", "[chinese_technology]", "[chinese_tech]", "line 17", "'chinese_tech'"),
    ("parties.yaml", "listed_in: cn_dual_use", "listed_in: cn_dual", "line 17", "cn_dual_use"),
    ("parties.yaml", "id: AA-PAUSE-2025", "id: AA-GOODS-2025", "parties.yaml line 24",
     "the id 'AA-GOODS-2025' a second time"),
    ("head.yaml", "2026-01-01", "2026-13-01", "head.yaml line 3", "a day that exists"),
    ("head.yaml", "title:", "titel:", "head.yaml line 1", "'titel', a key that nobody defined"),
    ("sources.yaml", "title: An act, publisher: A ministry,", "title: An act,",
     "sources.yaml line 2", "the field 'publisher'"),
    ("sources.yaml", "date: 2025-01-01}\n  OTHER", "publisher: x}\n  OTHER", "line 2", "publisher"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "place", "phrase"), BROKEN)
def test_a_broken_text_is_named_with_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, place: str, phrase: str
) -> None:
    assert old in FILES[file]
    folder = write(tmp_path, {file: FILES[file].replace(old, new, 1)})
    with pytest.raises(MeasureError) as caught:
        load_register(folder)
    said = str(caught.value)
    assert place in said, said
    assert phrase.casefold() in said.casefold(), said
    assert ".yaml" in said
    assert caught.value.exit_code == 2


def test_a_title_stands_in_one_file(tmp_path: Path) -> None:
    folder = write(tmp_path, {"more.yaml": "title: Another\nmeasures: []\n"})
    with pytest.raises(MeasureError, match=r"'title' a second time \(first in head.yaml\)"):
        load_register(folder)


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    changes = {
        "goods.yaml": LISTS.replace("[Sb]", "[Sx]"),
        "parties.yaml": PARTIES.replace("[OTHER]", "[OHTER]"),
    }
    with pytest.raises(MeasureError, match=r"2 problem\(s\)") as caught:
        load_register(write(tmp_path, changes))
    assert "goods.yaml" in str(caught.value)
    assert "parties.yaml" in str(caught.value)
