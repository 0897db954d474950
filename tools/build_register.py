"""Check the register of measures and write what came out of it for quick loading.

    python tools/build_register.py            check and write the cache
    python tools/build_register.py --check    check alone; exit code 1 if the cache is stale

People author the YAML texts in src/terbium/data/register; the cache beside them carries a hash of
those texts and is used only while it fits.
"""

import argparse
import sys

from terbium.base.errors import MeasureError
from terbium.base.files import atomic_write_text
from terbium.policy.cached import CACHE, cache_text, read_cache, register_folder, texts_of
from terbium.policy.register import plain_register


def main() -> int:
    """Check, and write unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    wants_check_only = parser.parse_args().check
    folder = register_folder()
    try:
        register = plain_register(folder)
    except MeasureError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    told = f"{len(register['measures'])} measures of {len(texts_of(folder))} files"
    if wants_check_only:
        is_current = read_cache(folder) is not None
        print(f"{told}: {'current' if is_current else 'the cache is stale'}")
        return 0 if is_current else 1
    atomic_write_text(folder / CACHE, cache_text(folder, register))
    print(f"{told} written to {folder / CACHE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
