from itertools import product
from pathlib import Path

import pytest

from terbium.base.errors import InputError
from terbium.evidence.items import NOT_OVER, OVER, UNKNOWN, Dependence, count_items

PLAIN = """importer,origin,hs,value,quantity,year
JPN,CHN,850511,60,6,2024
JPN,VNM,850511,40,4,2024
JPN,CHN,280530,50,1,2024
JPN,AUS,280530,50,9,2024
JPN,CHN,810411,,7,2024
JPN,RUS,810411,10,3,2024
JPN,CHN,811292,0,0,2024
JPN,KOR,811292,5,1,2024
JPN,DEU,900130,9,,2024
JPN,CHN,900130,1,1,2024
JPN,USA,010121,3,1,2024
JPN,CHN,040210,0,0,2024
JPN,CHN,070310,30,2,2024
JPN,KOR,070310,,1,2024
"""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "customs.csv"
    path.write_bytes(text.encode(encoding))
    return path


def only(path: Path, **options: object) -> Dependence:
    rows = count_items(path, **{"over": 0.5, **options}).rows
    assert len(rows) == 1
    return rows[0]


def test_products_over_half_by_value_and_by_quantity(tmp_path: Path) -> None:
    found = only(written(tmp_path, PLAIN))
    value, quantity = found.readings
    verdicts = {item.hs: (item.value.verdict, item.quantity.verdict) for item in found.items}
    assert verdicts == {
        "850511": (OVER, OVER),
        "280530": (NOT_OVER, NOT_OVER),  # half is not over half
        "810411": (UNKNOWN, OVER),  # the figure of the origin is missing
        "811292": (NOT_OVER, NOT_OVER),
        "900130": (NOT_OVER, UNKNOWN),  # 1 of 1 and what is missing
        "010121": (NOT_OVER, NOT_OVER),  # no row: nothing from there
        "040210": ("no_imports", "no_imports"),  # nought is a figure
        "070310": (UNKNOWN, OVER),
    }
    assert (value.products, value.over, value.unknown) == (5, 1, 2)
    assert value.share_of_products == pytest.approx(1 / 5)
    assert (value.low, value.high) == (pytest.approx(1 / 7), pytest.approx(3 / 7))
    assert value.share_of_total == pytest.approx(100 / 218)
    assert value.origin_share == pytest.approx((60 + 50 + 1) / 218)
    assert (quantity.products, quantity.over, quantity.unknown) == (6, 3, 1)
    assert quantity.share_of_total is None
    assert [item.hs for item in found.items[:3]] == ["850511", "280530", "900130"]


STYLES = {
    "comtrade": "refYear,flowCode,reporterISO,partnerISO,classificationCode,cmdCode,motCode,"
    "primaryValue,netWgt\n2024,M,JPN,CHN,H6,850511,0,60,6\n2024,M,JPN,W00,H6,850511,0,100,10\n"
    "2024,M,JPN,CHN,H6,850511,2100,60,6\n2024,X,JPN,CHN,H6,850511,0,999,9\n"
    "2024,M,JPN,CHN,H6,85,0,70,7\n2024,M,JPN,CHN,H6,TOTAL,0,700,7\n",
    "baci": "t,i,j,k,v,q\n2024,156,392,850511,60,6\n2024,704,392,850511,40.0,4\n",
    "eurostat": "DECLARANT;PARTNER;PRODUCT_NC;FLOW;PERIOD;VALUE_IN_EUROS;QUANTITY_IN_KG\n"
    "JP;CN;85051100;1;202452;60;6\nJP;WORLD;85051100;1;202452;100;10\n"
    "JP;EU27;85051100;1;202452;30;3\nJP;CN;85051100;1;202401;5;1\nJP;CN;85051100;2;202452;7;7\n",
    "japan": "Exp or Imp,Year,HS,Country,Unit1,Quantity1,Value\n"
    "2,2024,'850511000',中国,KG,6,60\n2,2024,'850511000',ベトナム,KG,4,40\n"
    "1,2024,'850511000',中国,KG,600,6000\n",
    "china-style": "进口国,原产国,商品编码,金额,数量,年份\n日本,中国,8505.11,60,6,2024\n"
    "日本,越南,8505.11,40,4,2024\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_files_of_many_makers_say_the_same(tmp_path: Path, style: str) -> None:
    encoding = {"japan": "utf-8-sig", "china-style": "gb18030"}.get(style, "utf-8")
    found = only(written(tmp_path, STYLES[style], encoding), importer="Japan")
    assert (found.importer, found.year) == ("JPN", "2024")
    (item,) = found.items
    assert item.hs.startswith("850511")
    for share, origin, total in ((item.value, 60, 100), (item.quantity, 6, 10)):
        assert (share.verdict, share.origin, share.total) == (OVER, origin, total)


def test_importers_years_and_revisions_are_counted_each_for_itself(tmp_path: Path) -> None:
    rows = [
        f"{importer},{origin},{revision},8505{code},{value},{year}"
        for importer in ("JPN", "USA")
        for revision, year in (("H5", 2022), ("H6", 2022), ("H6", 2023))
        for code in (11, 19)
        for origin, value in (
            ("CN", 3 if code == 11 else 1),
            ("US" if importer == "JPN" else "JP", 2),
        )
    ]
    text = "\n".join(["importer,origin,classification,hs,value,year", *rows])
    found = count_items(written(tmp_path, text), over=0.5)
    assert [(row.importer, row.year, row.revision) for row in found.rows] == [
        (importer, year, revision)
        for importer in ("JPN", "USA")
        for year, revision in (("2022", "H5"), ("2022", "H6"), ("2023", "H6"))
    ]
    assert all((row.readings[0].over, row.readings[0].products) == (1, 2) for row in found.rows)
    assert any("revisions" in note for note in found.notes)
    assert len(count_items(written(tmp_path, text), over=0.5, year="2023", importer="US").rows) == 1


def test_codes_get_back_their_zeros_and_are_cut_on_request(tmp_path: Path) -> None:
    text = "origin,hs,value\nCHN,10121,3\nUSA,010121,1\nCHN,010129,0\nUSA,010129,9\n"
    found = count_items(written(tmp_path, text), over=0.5, importer="JPN")
    assert [item.hs for item in found.rows[0].items] == ["010121", "010129"]
    assert "1 code(s) given back a leading zero" in found.notes
    cut = only(written(tmp_path, text), importer="JPN", digits=4)
    assert [(item.hs, item.value.share) for item in cut.items] == [("0101", pytest.approx(3 / 13))]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a,b\n1,2\n", {}, r"4 problem\(s\)"),
        ("origin,hs,value\nCHN,850511,1\nUSA,850511,1\n", {}, "--importer JPN"),
        (PLAIN, {"origin": "FRA"}, "--origin: seen 'FRA'"),
        (PLAIN, {"importer": "FRA"}, "--importer: seen 'FRA'"),
        (PLAIN, {"year": "1999"}, "--year: seen 1999. Allowed: 2024"),
        (PLAIN, {"over": 50}, "Write 0.5 for 50 %"),
        (PLAIN.replace(",60,", ",sixty,"), {}, "'sixty' in 1 row"),
        (PLAIN.replace(",60,", ',"60,5",'), {}, "'60,5' in 1 row"),
        ("importer,origin,hs,value\nJPN,CHN,850511,1\n", {}, "Fetch the file with all partners"),
        ("importer,origin,hs,value\nJPN,CHN,TOTAL,1\n", {}, "no import with a code in digits"),
        ("", {}, "the file is empty"),
    ],
)
def test_what_cannot_be_understood_is_bad_input(
    tmp_path: Path, text: str, options: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        count_items(written(tmp_path, text), **{"over": 0.5, **options})


def test_no_missing_figure_turns_a_verdict(tmp_path: Path) -> None:
    rows = list(product((None, 0, 1, 2, 5), repeat=3))

    def verdicts(fill: str) -> dict[str, str]:
        lines = ["importer,origin,hs,value,year"]
        for code, row in enumerate(rows):
            for origin, cell in zip(("CHN", "USA", "KOR"), row, strict=True):
                lines.append(f"JPN,{origin},{code:06d},{fill if cell is None else cell},2024")
        found = only(written(tmp_path, "\n".join(lines)))
        return {item.hs: item.value.verdict for item in found.items}

    unsure, seen = verdicts(""), set()
    for fill in ("0", "3", "1e9"):
        for code, verdict in verdicts(fill).items():
            assert verdict != UNKNOWN
            if unsure[code] == NOT_OVER:
                assert verdict in (NOT_OVER, "no_imports")
            elif unsure[code] == OVER:
                assert verdict == OVER
            seen.add((unsure[code], verdict))
    assert {(UNKNOWN, OVER), (UNKNOWN, NOT_OVER)} <= seen
