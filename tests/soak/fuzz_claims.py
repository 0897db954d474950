"""Texts of any kind read for some minutes: no crash, valid offsets, time in step with length.

Run as ``python tests/soak/fuzz_claims.py --minutes 10``: first Hypothesis, then byte strings that
grow by coverage where that engine is installed.
"""

import argparse
import importlib
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from types import FunctionType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terbium.evidence.documents.claim import METRICS, QUALIFIERS, STAGES, Document
from terbium.evidence.documents.claims import read_claims

SEED = (
    "中国供应全球约90%的稀土，2023年出口量同比下降三成至4.5万吨。"
    "第五輪會談持續了兩天，關稅由145%降至30%。\n"
    "In 2010, prices rose sixfold; two-thirds of firms hold six weeks of stocks worth $4.2bn.\n"
    "---\ndate: 2025-01-01\n---\n热门新闻\n\n阅读全文\n\n"
    "几乎所有、数十年、三位数、每10个就有1个 <p>15%</p>\n"
)
ALPHABET = sorted(set(SEED) | set("０１２％＄¥€兆亿千百十~–—“”（）{}[]|*#@/\\\t\r\u2028\u200b𠀀é"))
# times for eight times the text; the bound is generous, what is quadratic takes 64 times
SHORT, LONGER, MOST_SLOWER = 500, 8, 24.0
LEAST_SECONDS = 0.05


def check(text: str, day: date | None = None) -> None:
    """Read a text and look at every row."""
    last = 0
    for claim in read_claims(Document("soak.txt", text, date=day)):
        assert text[claim.char_offset : claim.end] == claim.span != "", claim
        assert claim.char_offset >= last, claim
        assert claim.metric in METRICS, claim
        assert claim.stage in STAGES, claim
        assert claim.qualifier in QUALIFIERS, claim
        last = claim.end


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.sampled_from(ALPHABET), max_size=2000) | st.text(max_size=500))
def any_text(text: str) -> None:
    check(text)
    check(text, date(2025, 6, 1))


def mutated(chance: random.Random) -> str:
    """The seed with pieces cut, doubled and swapped."""
    text = SEED * chance.randint(1, 3)
    for _ in range(chance.randint(1, 40)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 30))
        many = chance.choice(ALPHABET) * chance.randint(1, 9)
        piece = chance.choice(["", text[start:end] * 2, many])
        text = text[:start] + piece + text[end:]
    return text


def test_time_grows_with_the_length(piece: str) -> None:
    """Eight times the text takes about eight times as long."""

    def seconds(text: str) -> float:
        before = time.process_time()
        check(text)
        return time.process_time() - before

    short = piece * max(1, SHORT // len(piece))
    one = max(seconds(short), seconds(short), LEAST_SECONDS)
    many = seconds(short * LONGER)
    assert many <= MOST_SLOWER * one, (piece[:80], one, many)


def by_coverage(until: float) -> None:
    """Byte strings that grow by coverage, if that engine is there."""
    try:
        engine: Any = importlib.import_module("atheris")
    except ImportError:
        return

    def one_input(data: bytes) -> None:
        check(data.decode("utf-8", "replace"))

    for name, module in list(sys.modules.items()):
        if name.startswith("terbium.evidence.documents."):
            for one in vars(module).values():
                if isinstance(one, FunctionType) and one.__module__ == name:
                    engine.instrument_func(one)
    seconds = max(1, int(until - time.monotonic()))
    engine.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", "-artifact_prefix=out/"],
        one_input,
    )
    engine.Fuzz()


def run(until: float, work: Callable[[], None]) -> int:
    """Repeat some work until the time is up; how often."""
    rounds = 0
    while time.monotonic() < until or not rounds:
        work()
        rounds += 1
    return rounds


def main() -> None:
    """Read texts for some minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=float(os.environ.get("SOAK_MINUTES", "10"))
    )
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, start = random.Random(asked.seed), time.monotonic()
    span = 60 * asked.minutes
    for piece in (
        *ALPHABET,
        "1,",
        "第",
        "每1",
        "一二",
        "1年",
        "$1 ",
        "1-",
        "a a ",
        "（",
        "从1到",
        "\n",
    ):
        test_time_grows_with_the_length(piece)
    made = run(start + span / 4, lambda: check(mutated(chance)))
    rounds = run(start + span / 2, any_text)
    sys.stdout.write(f"{made} changed texts and {200 * rounds} made ones read without a fault\n")
    sys.stdout.flush()
    by_coverage(start + span)


if __name__ == "__main__":
    main()
