"""Catalogues know every message, keep its places, and say in Chinese all that English says."""

import re
import string
from collections import Counter

import pytest
from tools import catalogues

from terbium.base.speech import LANGUAGES, speaking, tr, trn

TAGS = tuple(tag for tag in LANGUAGES if tag != "en")


def test_the_languages_of_the_program_are_those_of_the_catalogues() -> None:
    assert set(TAGS) == {*catalogues.COMPLETE, *catalogues.PARTIAL}


def test_every_message_can_be_filled() -> None:
    assert len(catalogues.messages()) > 1000
    for message in catalogues.messages():
        for text in (message,) if isinstance(message, str) else message:
            assert text.strip(), "an empty message is the header of a catalogue"
            for _, name, _, _ in string.Formatter().parse(text):
                assert name is None or name.isidentifier(), text


def test_a_text_is_one_message_with_or_without_a_plural() -> None:
    counted = Counter(map(catalogues.key_of, catalogues.messages()))
    assert not [key for key, count in counted.items() if count > 1]


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_that_has_to_be_said_is_missing(tag: str) -> None:
    missing = catalogues.missing(tag)
    assert not missing, f"{len(missing)} without a translation, such as {missing[:10]}"


@pytest.mark.parametrize("tag", TAGS)
def test_places_are_those_of_the_message(tag: str) -> None:
    assert not list(catalogues.wrong(tag))


@pytest.mark.parametrize("tag", TAGS)
def test_no_row_is_unsure_or_left_over(tag: str) -> None:
    known = {catalogues.key_of(message) for message in catalogues.messages()}
    rows = [row for row in catalogues.read(tag) if row.id]
    assert not [row.id for row in rows if row.fuzzy]
    left = [row.id for row in rows if catalogues.key_of(row.id) not in known]
    assert not left, "run tools/catalogues.py update"


@pytest.mark.parametrize("tag", TAGS)
def test_every_translation_can_be_filled(tag: str) -> None:
    rows = catalogues.told(catalogues.read(tag))
    for message in catalogues.messages():
        for form in rows.get(catalogues.key_of(message), ()):
            values = {name: 1.5 for name in catalogues.places(form)}
            assert form.format(**values), form


def test_traditional_follows_simplified() -> None:
    catalogue = catalogues.read("zh-Hant")
    simplified, rows = catalogues.told(catalogues.read("zh-Hans")), catalogues.told(catalogue)
    for key in catalogues.converted(catalogue):
        meant = tuple(map(catalogues.traditional, simplified[key]))
        assert rows[key] == meant, "run tools/catalogues.py update"


def test_chinese_is_chinese_and_terms_are_those_of_the_law() -> None:
    rows = catalogues.told(catalogues.read("zh-Hans"))
    han = re.compile("[㐀-鿿]")
    signs = re.compile(r"[\W\d_]*|(\{\w+(:[^}]*)?\}|[\W\d])*")
    plain = [key for key, forms in rows.items() if not any(map(han.search, forms))]
    assert not [key for key in plain if not signs.fullmatch(rows[key][0]) and rows[key][0] == key]
    assert rows["general licence"] == ("通用许可",)
    assert rows["suspension"] == ("暂停实施",)
    assert rows["dysprosium"] == ("镝",)
    assert rows["NdFeB magnets"] == ("钕铁硼磁体",)
    assert catalogues.traditional("最终用户的参数") == "最終使用者的參數"


def test_the_program_says_what_the_catalogues_hold() -> None:
    with speaking("zh-Hans"):
        assert tr("Overview") == "概览"
        assert trn("{n} day", "{n} days", 3) == "3 天"
    with speaking("zh-Hant"):
        assert tr("Overview") == "概覽"
    with speaking("ja"):
        assert tr("Overview") == "概要"
    with speaking("de"):
        assert tr("Overview") == "Überblick"
    assert tr("Overview") == "Overview"


def test_the_core_holds_navigation_verdicts_and_headings() -> None:
    known = {catalogues.key_of(message) for message in catalogues.messages()}
    core = catalogues.core()
    assert core <= known
    assert {"Overview", "Rules", "cannot be checked", "Prohibited", "Who says what"} <= core
