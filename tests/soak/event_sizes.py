"""How often event studies find an effect where there is none, over many simulated files.

Run by hand or by ``make soak``: ``python tests/soak/event_sizes.py [--trials 2000]``. One test in
twenty should; the bounds are three standard errors of the count.
"""

import argparse
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.evidence.test_event_study import rejections

CASES = {
    "one event": (1, 0.0),
    "five on one day": (5, 0.0),
    "five on one day, moving together": (5, 0.02),
}
LEVEL, SLACK = 0.05, 0.015


def main() -> int:
    """Count and print; 1 if a rate is out of bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    trials = parser.parse_args().trials
    reach = SLACK + 3 * math.sqrt(LEVEL * (1 - LEVEL) / trials)
    wrong = 0
    for name, (assets, common) in CASES.items():
        rates = rejections(assets, 0.0, common, trials, seed=1)
        wrong += any(abs(rate - LEVEL) > reach for rate in rates.values())
        print(name, ", ".join(f"{test} {rate:.3f}" for test, rate in rates.items()), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
