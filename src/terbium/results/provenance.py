"""What a run was made from, in fingerprints fine enough to say later which part has changed."""

import hashlib
from collections.abc import Collection

from terbium.base.code import code_hash
from terbium.evidence.parameters import Parameters
from terbium.policy.register import Register
from terbium.policy.schema import Measure
from terbium.results.context import Row

_SHORT = 16

PARAMETER_COLUMNS = ("name", "unit", "grade", "shape", "low", "central", "high")


def provenance(register: Register, included: Collection[str]) -> dict[str, object]:
    """Fingerprints for a manifest.

    Parameters
    ----------
    register
        The law as the register holds it.
    included
        Measures that the run plays.

    Returns
    -------
    dict
        ``code_hash``: of the package's sources; ``register_hash``: of all measures and the
        evidence date; ``measures``: id to fingerprint of each measure that is played.
    """
    prints = {name: _fingerprint(measure) for name, measure in register.measures.items()}
    whole = hashlib.sha256(str(register.evidence_date).encode())
    for name in sorted(prints):
        whole.update(f"\n{name} {prints[name]}".encode())
    return {
        "code_hash": code_hash(),
        "register_hash": whole.hexdigest(),
        "measures": {name: prints[name][:_SHORT] for name in sorted(set(included) & set(prints))},
    }


def parameter_rows(
    used: Parameters, dataset: Parameters, private: Collection[str] = ()
) -> tuple[Row, ...]:
    """The parameters of a run, one row each, columns `PARAMETER_COLUMNS`.

    Parameters
    ----------
    used
        After all overrides.
    dataset
        Before them.
    private
        Names whose values came from a folder of the user's own: the dataset's values stand in
        their place, so that neither they nor their names can be told from the rows.
    """
    rows = []
    for i, name in enumerate(used.names):
        source = dataset if name in private else used
        rows.append(
            {
                "name": name,
                "unit": source.units[i],
                "grade": source.grades[i],
                "shape": source.shapes[i],
                "low": float(source.low[i]),
                "central": float(source.central[i]),
                "high": float(source.high[i]),
            }
        )
    return tuple(rows)


def _fingerprint(measure: Measure) -> str:
    return hashlib.sha256(measure.model_dump_json().encode()).hexdigest()
