"""A server under load in a process of its own, for tests that kill it.

Arguments: its folder, and perhaps ``leave``. It submits jobs, says ``ready``, and goes on until it
is killed; or it ends without a word to its workers once one of them is at work.
"""

import sys
import time
from pathlib import Path

from tests.web.jobs.tiny import kinds

from terbium.web.jobs.queue import Jobs
from terbium.web.settings import Settings
from terbium.web.store.store import Store

QUICK = 20
SLOW = 3
STEPS = 10


def main(folder: Path, is_leaving: bool) -> None:
    settings = Settings(folder=folder, workers=1)
    jobs = Jobs(settings, Store.open(settings), kinds)
    jobs.start()
    for number in range(QUICK):
        owner = f"owner-{number % 3}"
        upload = None
        if number % 5 == 0:
            upload = jobs.new_upload(".csv")
            upload.write_bytes(b"figures")
        jobs.submit("sleep", {"name": f"q{number}", "steps": STEPS}, owner, upload)
    for number in range(SLOW):
        jobs.submit("slow", {"name": f"s{number}", "steps": 100 * STEPS}, "owner-0")
    # somebody is sending a file, and somebody else leaves one behind
    jobs.new_upload(".pdf").write_bytes(b"half a file")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if not is_leaving:
        time.sleep(600)
    while not any(jobs.workers().values()):
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] == ["leave"])
