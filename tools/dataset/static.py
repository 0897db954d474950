"""Tables of names: regions, elements, deposits, materials, groups, industries, latent routes."""

from __future__ import annotations

from dataset.book import Book

ELEMENTS = {
    "La": ("lanthanum", "镧", 0),
    "Ce": ("cerium", "铈", 0),
    "Pr": ("praseodymium", "镨", 0),
    "Nd": ("neodymium", "钕", 0),
    "Pm": ("promethium", "钷", 0),
    "Sm": ("samarium", "钐", 0),
    "Eu": ("europium", "铕", 0),
    "Gd": ("gadolinium", "钆", 1),
    "Tb": ("terbium", "铽", 1),
    "Dy": ("dysprosium", "镝", 1),
    "Ho": ("holmium", "钬", 1),
    "Er": ("erbium", "铒", 1),
    "Tm": ("thulium", "铥", 1),
    "Yb": ("ytterbium", "镱", 1),
    "Lu": ("lutetium", "镥", 1),
    "Y": ("yttrium", "钇", 1),
    "Sc": ("scandium", "钪", 0),
}
OXIDES = {
    "La": "La2O3",
    "Ce": "CeO2",
    "Pr": "Pr6O11",
    "Nd": "Nd2O3",
    "Pm": "",
    "Sm": "Sm2O3",
    "Eu": "Eu2O3",
    "Gd": "Gd2O3",
    "Tb": "Tb4O7",
    "Dy": "Dy2O3",
    "Ho": "Ho2O3",
    "Er": "Er2O3",
    "Tm": "Tm2O3",
    "Yb": "Yb2O3",
    "Lu": "Lu2O3",
    "Y": "Y2O3",
    "Sc": "Sc2O3",
}
MINED = tuple(e for e in ELEMENTS if e != "Pm")
CONTROLLED = ("Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y")

DEPOSITS = {
    "bayan_obo": ("Bayan Obo (Inner Mongolia)", "bastnaesite and monazite"),
    "sichuan_bastnaesite": ("Sichuan and Shandong bastnaesite", "bastnaesite"),
    "ionic_clay_china": ("South China ionic clays", "ion-adsorption clay"),
    "ionic_clay_myanmar": ("South-East Asian ionic clays", "ion-adsorption clay"),
    "mountain_pass": ("Mountain Pass (California)", "bastnaesite"),
    "mount_weld": ("Mount Weld (Western Australia)", "monazite in laterite"),
    "monazite_sands": ("Monazite in mineral sands", "monazite"),
    "loparite": ("Lovozero (Kola)", "loparite"),
    "ionic_clay_brazil": ("Serra Verde (Goias)", "ion-adsorption clay"),
}

MAGNETS = {
    "NdFeB_noHRE_magnet": ("Nd;Pr", "NdFeB magnet without heavy rare earths", "无重稀土钕铁硼磁体"),
    "NdFeB_DyTb_magnet": (
        "Nd;Pr;Dy;Tb",
        "NdFeB magnet with dysprosium or terbium",
        "含镝铽钕铁硼磁体",
    ),
    "SmCo_magnet": ("Sm;Gd", "samarium-cobalt magnet", "钐钴磁体"),
}

_EAST, _SOUTH_EAST, _EUROPE = "east_asia", "south_east_asia", "europe"
REGIONS = {
    "CHN": ("China", "中国", _EAST),
    "USA": ("United States", "美国", "north_america"),
    "JPN": ("Japan", "日本", _EAST),
    "KOR": ("South Korea", "韩国", _EAST),
    "TWN": ("Taiwan", "台湾", _EAST),
    "DEU": ("Germany", "德国", _EUROPE),
    "FRA": ("France", "法国", _EUROPE),
    "ITA": ("Italy", "意大利", _EUROPE),
    "ESP": ("Spain", "西班牙", _EUROPE),
    "POL": ("Poland", "波兰", _EUROPE),
    "NLD": ("Netherlands", "荷兰", _EUROPE),
    "HUN": ("Hungary", "匈牙利", _EUROPE),
    "EST": ("Estonia", "爱沙尼亚", _EUROPE),
    "XEU": ("rest of EU27", "欧盟其他成员国", _EUROPE),
    "GBR": ("United Kingdom", "英国", _EUROPE),
    "IND": ("India", "印度", "south_asia"),
    "VNM": ("Vietnam", "越南", _SOUTH_EAST),
    "THA": ("Thailand", "泰国", _SOUTH_EAST),
    "MYS": ("Malaysia", "马来西亚", _SOUTH_EAST),
    "PHL": ("Philippines", "菲律宾", _SOUTH_EAST),
    "AUS": ("Australia", "澳大利亚", "oceania"),
    "MMR": ("Myanmar", "缅甸", _SOUTH_EAST),
    "LAO": ("Laos", "老挝", _SOUTH_EAST),
    "RUS": ("Russia", "俄罗斯", _EUROPE),
    "BRA": ("Brazil", "巴西", "south_america"),
    "MEX": ("Mexico", "墨西哥", "north_america"),
    "CAN": ("Canada", "加拿大", "north_america"),
    "MDG": ("Madagascar", "马达加斯加", "africa_rest"),
    "XRW": ("rest of the world", "世界其他地区", "africa_rest"),
}
EU27 = ("DEU", "FRA", "ITA", "ESP", "POL", "NLD", "HUN", "EST", "XEU")
REST_OF_EU = frozenset(
    {
        "AUT",
        "BEL",
        "BGR",
        "HRV",
        "CYP",
        "CZE",
        "DNK",
        "FIN",
        "GRC",
        "IRL",
        "LVA",
        "LTU",
        "LUX",
        "MLT",
        "PRT",
        "ROU",
        "SVK",
        "SVN",
        "SWE",
    }
)

INDUSTRIES = {
    "vehicle_parts": ("assembly", "vehicle parts and motors", "汽车零部件"),
    "passenger_cars": ("industry", "passenger cars", "乘用车"),
    "electronics": ("industry", "electronics", "电子"),
    "semiconductors": ("industry", "semiconductors", "半导体"),
    "machinery_robots": ("industry", "machinery and robots", "机械与机器人"),
    "wind_turbines": ("industry", "wind turbines", "风力发电机"),
    "aerospace_defence": ("industry", "aerospace and defence", "航空航天与国防"),
    "medical_imaging": ("industry", "medical imaging", "医学影像"),
    "appliances": ("industry", "appliances", "家用电器"),
    "catalysts_glass": ("industry", "catalysts, glass, polishing, alloys", "催化剂与玻璃"),
    "phosphors_optics": ("industry", "phosphors and optics", "荧光粉与光学"),
}
MAGNET_USERS = (
    "vehicle_parts",
    "electronics",
    "machinery_robots",
    "wind_turbines",
    "aerospace_defence",
    "medical_imaging",
    "appliances",
)
SMCO_USERS = ("aerospace_defence", "machinery_robots", "electronics", "medical_imaging")
OXIDE_USERS = (
    "catalysts_glass",
    "phosphors_optics",
    "semiconductors",
    "medical_imaging",
    "aerospace_defence",
    "electronics",
)
STAGES = ("mine", "concentrate", "separate", "metal", "magnet", "assembly", "industry")
ZONES = (
    "east_asia",
    "south_east_asia",
    "south_asia",
    "europe",
    "north_america",
    "south_america",
    "oceania",
    "africa_rest",
)


def zone_of(region: str) -> str:
    """Transit zone of a region."""
    return REGIONS[region][2]


def fold(iso3: str) -> str:
    """Region of the dataset that a customs partner belongs to ('' where it is left out)."""
    if iso3 == "HKG":
        return ""
    if iso3 == "S19":
        return "TWN"
    if iso3 in REGIONS:
        return iso3
    return "XEU" if iso3 in REST_OF_EU else "XRW"


def build(book: Book) -> None:
    """Write the tables of names."""
    _regions(book)
    _materials(book)
    _groups(book)
    book.table(
        "industries",
        [
            {"industry": key, "stage": stage, "name_en": en, "name_zh": zh, "takes": _takes(key)}
            for key, (stage, en, zh) in INDUSTRIES.items()
        ],
    )


def _regions(book: Book) -> None:
    book.table(
        "regions",
        [
            {
                "region": key,
                "name_en": en,
                "name_zh": zh,
                "bloc": "EU27" if key in EU27 else "",
                "zone": zone,
            }
            for key, (en, zh, zone) in REGIONS.items()
        ],
    )
    book.table(
        "elements",
        [
            {
                "element": key,
                "name_en": en,
                "name_zh": zh,
                "is_heavy": str(heavy),
                "oxide": OXIDES[key],
                "is_mined": "1" if key in MINED else "0",
            }
            for key, (en, zh, heavy) in ELEMENTS.items()
        ],
    )
    book.table(
        "deposits",
        [
            {"deposit": key, "name": name, "mineral": mineral}
            for key, (name, mineral) in DEPOSITS.items()
        ],
    )


def _material(key: str, form: str, elements: str, en: str, zh: str) -> dict[str, str]:
    names = {"material": key, "form": form, "elements": elements, "name_en": en, "name_zh": zh}
    return names | {"unit_value": f"unit_value/{key}"}


def _materials(book: Book) -> None:
    basket = ";".join(MINED)
    rows = []
    for key, (name, _) in DEPOSITS.items():
        rows.append(_material(f"{key}_ore", "ore", basket, f"{name} ore", f"{key} 矿石"))
        rows.append(
            _material(
                f"{key}_concentrate", "concentrate", basket, f"{name} concentrate", f"{key} 精矿"
            )
        )
    for key in MINED:
        en, zh, _ = ELEMENTS[key]
        rows.append(_material(f"{key}_oxide", "oxide", key, f"{en} oxide", f"氧化{zh}"))
        rows.append(_material(f"{key}_metal", "metal", key, f"{en} metal", f"金属{zh}"))
    for key, (elements, en, zh) in MAGNETS.items():
        rows.append(_material(key, "magnet", elements, en, zh))
        scrap = key.replace("_magnet", "_scrap")
        rows.append(_material(scrap, "scrap", elements, f"{en} scrap", f"{zh}废料"))
        part = key.replace("_magnet", "_assembly")
        name = f"vehicle motors and parts with {en} (t of magnets in them)"
        rows.append(_material(part, "assembly", elements, name, f"含{zh}的车用电机及零部件"))
    book.table("materials", rows)


def _groups(book: Book) -> None:
    compounds = [f"{e}_{form}" for e in MINED for form in ("oxide", "metal")]
    controlled = [f"{e}_{form}" for e in CONTROLLED for form in ("oxide", "metal")]
    groups = {
        "NdFeB_magnet": ["NdFeB_noHRE_magnet", "NdFeB_DyTb_magnet"],
        "RE_magnet": list(MAGNETS),
        "NdPr_oxide": ["Nd_oxide", "Pr_oxide"],
        "NdPr_metal": ["Nd_metal", "Pr_metal"],
        "RE_compounds_and_metals": compounds,
        **{f"{e}_products": [f"{e}_oxide", f"{e}_metal"] for e in MINED},
        "RE_controlled": [*controlled, "NdFeB_DyTb_magnet", "SmCo_magnet"],
    }
    book.table("groups", [{"group": g, "materials": ";".join(m)} for g, m in groups.items()])


def _takes(industry: str) -> str:
    if industry == "passenger_cars":
        return "NdFeB_noHRE_assembly;NdFeB_DyTb_assembly"
    takes = []
    if industry in MAGNET_USERS:
        takes += ["NdFeB_noHRE_magnet", "NdFeB_DyTb_magnet"]
    if industry in SMCO_USERS:
        takes.append("SmCo_magnet")
    if industry in OXIDE_USERS:
        takes.append("oxides")
    return ";".join(takes)
