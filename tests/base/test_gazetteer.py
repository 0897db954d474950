import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.base import gazetteer
from terbium.base.errors import LabelError
from terbium.base.gazetteer import (
    bloc_members,
    blocs,
    element_name,
    elements,
    name_of,
    resolve_element,
    resolve_form,
    resolve_region,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN", "CHN"),
        ("chn", "CHN"),
        ("156", "CHN"),
        (" 中国 ", "CHN"),
        ("Korea, Republic of", "KOR"),
        ("viet  nam", "VNM"),
        ("台湾", "TWN"),
        ("NA", "NAM"),
        ("NO", "NOR"),
        ("UK", "GBR"),
        ("European Union", "EU27"),
        ("欧盟", "EU27"),
        ("World", "WLD"),
        ("XEU", "XEU"),
    ],
)
def test_regions(text: str, code: str) -> None:
    assert resolve_region(text) == code


@given(st.sampled_from(sorted(bloc_members("WLD"))), st.sampled_from(["en", "zh"]))
def test_a_name_leads_back_to_its_code(code: str, lang: gazetteer.Language) -> None:
    assert len(code) == 3
    assert resolve_region(code.lower()) == code
    assert resolve_region(name_of(code, lang)) == code
    assert bloc_members(code) == (code,)


def test_blocs() -> None:
    assert set(blocs()) == {"EU27", "WLD", "XCH"}
    assert len(bloc_members("EU27")) == 27
    assert "GBR" not in bloc_members("EU27")
    assert set(bloc_members("WLD")) - set(bloc_members("XCH")) == {"CHN"}
    with pytest.raises(LabelError, match="what a dataset leaves over"):
        bloc_members("XRW")


def test_an_unknown_region_is_named_with_its_place() -> None:
    with pytest.raises(LabelError, match=r"--target: seen 'Germny'.*Did you mean 'Germany'"):
        resolve_region("Germny", place="--target")
    with pytest.raises(LabelError, match="seen nothing"):
        resolve_region("")


def test_the_seventeen_elements() -> None:
    assert len(elements()) == 17
    assert elements()[:2] == ("Sc", "Y")
    for symbol in elements():
        for lang in ("en", "zh"):
            assert resolve_element(element_name(symbol, lang)) == symbol
    assert resolve_element("鋱") == "Tb"
    with pytest.raises(LabelError, match="a rare earth: Sc Y La"):
        resolve_element("Ga")


def test_forms() -> None:
    assert resolve_form("永磁体") == "magnet"
    assert resolve_form("Oxides") == "oxide"
    with pytest.raises(LabelError, match="ore, concentrate"):
        resolve_form("powderette")
