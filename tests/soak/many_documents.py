"""A hundred thousand small documents into a store, killed on the way, gone on with, compared.

Run by hand or by ``make soak``: ``python tests/soak/many_documents.py [--documents 100000]``.
The kill falls on the whole process group between two portions or inside one, wherever it happens to
be; afterwards the tables must be those of a reading that nobody disturbed, byte for byte.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from terbium.evidence.store import open_store

SENTENCES = (
    "China supplied about {a}% of the world's rare earths in {y}, the ministry said.",
    "Output rose to {n} tonnes, {b}% more than in {y}.",
    "{y}年中国稀土出口量为{n}吨,同比下降{b}%。",
    "據{y}年的統計,永磁體的份額超過{a}%。",
    "The tariff of {b}% took effect on 4 April {y}.",
)
PER_FOLDER = 1000


def write_documents(folder: Path, count: int) -> int:
    """Write documents from a seeded generator, and return how many bytes they have."""
    rng = random.Random(7)
    size = 0
    for number in range(count):
        place = folder / f"{number // PER_FOLDER:03d}"
        if number % PER_FOLDER == 0:
            place.mkdir(parents=True)
        lines = [
            rng.choice(SENTENCES).format(
                a=rng.randint(50, 99), b=rng.randint(2, 40), y=rng.randint(2010, 2025),
                n=rng.randint(100, 99999),
            )
            for _ in range(rng.randint(1, 6))
        ]  # fmt: skip
        suffix, text = ".txt", "\n\n".join(lines)
        if number % 5 == 4:
            suffix, text = ".html", f"<nav>Top 10</nav><p>{'</p><p>'.join(lines)}</p>"
        raw = text.encode()
        size += len(raw)
        (place / f"d{number}{suffix}").write_bytes(raw)
    return size


def reading(folder: Path, store: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own."""
    command = [sys.executable, "-m", "terbium", "evidence", "read", str(folder)]
    return subprocess.Popen(
        [*command, "--store", str(store), "--workers", str(workers)], start_new_session=True
    )


def kept(store: Path) -> int:
    """Documents that a store holds; 0 if it was not made yet."""
    if not store.exists():
        return 0
    with open_store(store) as opened:
        return opened.counts()["documents"]


def digest(store: Path, out: Path) -> dict[str, str]:
    """Hashes of the exported tables, but for the one with clock times."""
    with open_store(store) as opened:
        opened.export(out, "parquet")
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.iterdir())
        if path.stem != "runs"
    }


def main() -> int:
    """Run the soak and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kills", type=int, default=2)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, killed, whole = (Path(place, name) for name in ("texts", "k.duckdb", "w.duckdb"))
        size = write_documents(folder, told.documents)
        start = time.monotonic()
        if reading(folder, whole, told.workers).wait():
            return 1
        undisturbed = time.monotonic() - start
        print(f"{told.documents:,} documents, {size:,} bytes: {undisturbed:.1f} s", flush=True)
        for kill in range(told.kills):
            process = reading(folder, killed, told.workers)
            time.sleep(undisturbed * (kill + 1) / (told.kills + 2))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            print(f"killed; {kept(killed):,} documents are kept", flush=True)
        if reading(folder, killed, told.workers).wait():
            return 1
        same = digest(killed, Path(place, "k")) == digest(whole, Path(place, "w"))
        start = time.monotonic()
        if reading(folder, whole, told.workers).wait():
            return 1
        print(f"read again, nothing changed: {time.monotonic() - start:.1f} s")
        with open_store(whole) as opened:
            print(", ".join(f"{count:,} {table}" for table, count in opened.counts().items()))
        print("identical tables" if same else "TABLES DIFFER")
        return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
