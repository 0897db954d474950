"""Endpoint: what answers here, until when its evidence goes, under which terms and limits."""

from functools import cache

from fastapi import APIRouter

from terbium.base.speech import LANGUAGES
from terbium.base.version import __version__
from terbium.evidence.dataset import load_dataset
from terbium.policy.acts import built_in_book
from terbium.policy.answers import notice
from terbium.web.api.answers import statuses
from terbium.web.api.depends import TheServices
from terbium.web.api.models import LicenceOut, LimitsOut, MetaOut

router = APIRouter(tags=["server"], responses=statuses())

_DATASET = "ree-2024"
_LICENCES = (
    ("code", "Apache-2.0"),
    ("data of our own", "CC-BY-4.0"),
    ("figures of others", "as their rows in sources say"),
)


@router.get("/meta")
def meta(services: TheServices) -> MetaOut:
    """Version, dataset, evidence date, languages, licences and limits."""
    limits = services.settings.limits
    return MetaOut(
        version=__version__,
        dataset=_DATASET,
        dataset_hash=dataset_hash(),
        evidence_date=built_in_book().evidence_date,
        languages=dict(LANGUAGES),
        licences=[LicenceOut(what=what, licence=terms) for what, terms in _LICENCES],
        limits=LimitsOut(
            upload_bytes=limits.upload,
            requests_per_minute=limits.requests,
            writes_per_minute=limits.writes,
            waiting_jobs=limits.waiting,
            job_seconds=limits.seconds,
            job_memory_bytes=limits.memory,
            draws=limits.draws,
        ),
        notice=notice(),
    )


@cache
def dataset_hash() -> str:
    """Fingerprint of the dataset."""
    return load_dataset(_DATASET).hash
