"""Names of places, materials, industries and stages in the reader's language."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from terbium.base.gazetteer import element_name, elements, name_of, spellings_of_regions
from terbium.base.speech import language, speaking, tr
from terbium.report.words import capital
from terbium.report.words import name as readable

_CHINESE = ("zh-Hans", "zh-Hant")
_BY_CLDR = {"zh-Hant": "zh_Hant_TW", "ja": "ja", "de": "de"}
_OWN_WORDS = ("XEU", "XRW", "WLD", "XCH")


def place(code: str, english: str = "") -> str:
    """Name of a region by its code; ``english`` is what a dataset calls it."""
    return _place(code, english, language())


@cache
def _place(code: str, english: str, tag: str) -> str:
    with speaking(tag):
        spelled = spellings_of_regions().get(code)
        if spelled is None:
            return english or code
        own = english or name_of(code)
        if tag == "en":
            return own
        if code not in _OWN_WORDS:
            if tag == "zh-Hans":
                return name_of(code, "zh")
            alpha2 = next((s for s in spelled[1:] if len(s) == 2 and s.isupper()), "")
            found = Locale.parse(_BY_CLDR[tag]).territories.get(alpha2)
            if found:
                return str(found)
        said = _special().get(code) or tr(own)
        return name_of(code, "zh") if said == own and tag in _CHINESE else said


def material(label: str, english: str = "") -> str:
    """Name of a material or of a group of materials."""
    return _material(label, english, language())


@cache
def _material(label: str, english: str, tag: str) -> str:
    with speaking(tag):
        if tag == "en":
            return english or readable(label, {})
        if label in _groups():
            return _groups()[label]
        first, _, form = label.partition("_")
        if first in elements() and form in _forms(""):
            return _forms(_element(first, tag))[form]
        return tr(english) if english else label.replace("_", " ")


def industry(label: str, english: str = "") -> str:
    """Name of an industry as it stands in a sentence."""
    if language() == "en" and english:
        return english
    return _industries().get(label) or (tr(english) if english else readable(label, {}))


def stage(label: str) -> str:
    """Name of a stage of the chain as it stands alone."""
    return _stages().get(label) or capital(readable(label, {}))


def element(symbol: str) -> str:
    """Name of a rare earth."""
    return _element(symbol, language())


def element_group(key: str) -> str:
    """Name of a group of elements, such as ``Nd+Pr``."""
    return {
        "Nd+Pr": tr("neodymium and praseodymium"),
        "Dy+Tb": tr("dysprosium and terbium"),
    }.get(key) or ", ".join(element(symbol) for symbol in key.split("+"))


def any_name(label: str, english: Mapping[str, str]) -> str:
    """Name of a label of any kind, given the English names of a run."""
    own = english.get(label, "")
    if language() == "en":
        return readable(label, english)
    if label in spellings_of_regions():
        return place(label, own)
    if label in _industries():
        return industry(label, own)
    return material(label, own)


def _element(symbol: str, tag: str) -> str:
    if tag == "zh-Hans":
        return element_name(symbol, "zh")
    return _elements()[symbol] if symbol in elements() else symbol


def _special() -> Mapping[str, str]:
    return {
        "XEU": tr("rest of EU27"),
        "XRW": tr("rest of the world"),
        "WLD": tr("the world"),
    }


def _groups() -> Mapping[str, str]:
    return {
        "RE_magnet": tr("rare-earth magnets"),
        "NdFeB_magnet": tr("NdFeB magnets"),
        "RE_compounds_and_metals": tr("rare-earth compounds and metals"),
        "NdFeB_DyTb_magnet": tr("NdFeB magnets with dysprosium or terbium"),
        "NdFeB_noHRE_magnet": tr("NdFeB magnets without heavy rare earths"),
        "SmCo_magnet": tr("samarium-cobalt magnets"),
        "NdFeB_DyTb_assembly": tr("parts with magnets that hold dysprosium or terbium"),
        "NdFeB_noHRE_assembly": tr("parts with magnets without heavy rare earths"),
    }


def _forms(name: str) -> Mapping[str, str]:
    return {
        "oxide": tr("{element} oxide", element=name),
        "metal": tr("{element} metal", element=name),
        "products": tr("products of {element}", element=name),
    }


def _industries() -> Mapping[str, str]:
    return {
        "all_industries": tr("all industries"),
        "vehicle_parts": tr("vehicle parts and motors"),
        "passenger_cars": tr("passenger cars"),
        "electronics": tr("electronics"),
        "semiconductors": tr("semiconductors"),
        "machinery_robots": tr("machinery and robots"),
        "wind_turbines": tr("wind turbines"),
        "aerospace_defence": tr("aerospace and defence"),
        "medical_imaging": tr("medical imaging"),
        "appliances": tr("appliances"),
        "catalysts_glass": tr("catalysts, glass, polishing, alloys"),
        "phosphors_optics": tr("phosphors and optics"),
    }


def _stages() -> Mapping[str, str]:
    return {
        "mine": tr("Mining"),
        "concentrate": tr("Concentrate"),
        "separate": tr("Separation"),
        "metal": tr("Metal"),
        "magnet": tr("Magnets"),
        "assembly": tr("Parts makers"),
        "industry": tr("Industries"),
        "use": tr("Built in"),
        "scrap": tr("Swarf"),
    }


def _elements() -> Mapping[str, str]:
    return {
        "Sc": tr("scandium"),
        "Y": tr("yttrium"),
        "La": tr("lanthanum"),
        "Ce": tr("cerium"),
        "Pr": tr("praseodymium"),
        "Nd": tr("neodymium"),
        "Pm": tr("promethium"),
        "Sm": tr("samarium"),
        "Eu": tr("europium"),
        "Gd": tr("gadolinium"),
        "Tb": tr("terbium"),
        "Dy": tr("dysprosium"),
        "Ho": tr("holmium"),
        "Er": tr("erbium"),
        "Tm": tr("thulium"),
        "Yb": tr("ytterbium"),
        "Lu": tr("lutetium"),
    }
