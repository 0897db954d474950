"""Write the invented prices, events, customs file and texts that the documentation shows.

No firm, price or trade figure in them is real: prices are drawn from a seeded generator.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED = 20250404
DAYS, FIRST = 190, date(2024, 9, 2)
JUMP_DAY = 150

CUSTOMS = """importer,origin,hs,value,quantity,year
JPN,CHN,280530,90,9,2024
JPN,VNM,280530,60,4,2024
JPN,CHN,850511,800,40,2024
JPN,PHL,850511,300,12,2024
JPN,CHN,810411,70,30,2024
JPN,RUS,810411,,25,2024
JPN,CHN,900130,10,1,2024
JPN,DEU,900130,120,5,2024
JPN,KOR,854231,900,2,2024
JPN,CHN,854231,0,0,2024
USA,CHN,850511,500,30,2024
USA,JPN,850511,600,20,2024
USA,CHN,280530,40,9,2024
USA,EST,280530,20,3,2024
"""

TEXTS = {
    "example-note.txt": (
        "The mine made about 38,000 tonnes in 2024, 12% more than the year before. Nearly 90% of "
        "it was refined abroad, the ministry said.\n"
    ),
    "example-note.html": (
        '<html><head><meta name="date" content="2025-11-01"></head><body><nav>Top 10</nav>'
        "<p>出口量为<b>1.2</b>万吨,同比下降约三成。</p></body></html>\n"
    ),
}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    market = 0.009 * rng.standard_normal(DAYS)
    alpha = 0.0003 + 1.3 * market + 0.018 * rng.standard_normal(DAYS)
    beta = 0.8 * market + 0.015 * rng.standard_normal(DAYS)
    alpha[JUMP_DAY - 1] += 0.14
    moves = np.column_stack([alpha, beta, market])
    levels = np.array([40.0, 25.0, 1000.0]) * np.exp(np.cumsum(moves, axis=0))
    days = [FIRST + timedelta(days=i) for i in range(2 * DAYS)]
    days = [day for day in days if day.weekday() < 5][:DAYS]
    rows = (f"{day},{a:.3f},{b:.3f},{m:.2f}\n" for day, (a, b, m) in zip(days, levels, strict=True))
    write(out / "example-prices.csv", "date,Alpha Mining,Beta Magnets,index\n" + "".join(rows))
    event = days[JUMP_DAY - 1]
    write(out / "example-events.csv", f"date,asset,event\n{event},,licences announced\n")
    write(out / "example-customs.csv", CUSTOMS)
    for name, text in TEXTS.items():
        write(out / name, text)


def write(path: Path, text: str) -> None:
    """Write a file as it stands."""
    path.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
