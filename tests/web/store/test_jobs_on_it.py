"""Jobs on either kind of database."""

from pathlib import Path

import pytest
from tests.web.jobs.tiny import kinds

from terbium.base.errors import InputError
from terbium.web.errors import Busy, NotFound
from terbium.web.jobs.queue import Jobs
from terbium.web.settings import Limits, Settings
from terbium.web.store.store import Store


def test_jobs_survive_on_either_database(store: Store, database: str, tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path / "server", database=database, limits=Limits(waiting=1))
    jobs = Jobs(settings, store, kinds, inline=True)
    jobs.start()
    job = jobs.submit("sleep", {"name": "日本", "steps": 2}, "ann")
    assert (job.state, job.title, job.request["name"]) == ("done", "日本", "日本")
    slug = jobs.share(job.result, "ann")
    upload = jobs.new_upload(".csv")
    upload.write_bytes(b"figures")
    queue = Jobs(settings, store, kinds)
    waits = queue.submit("sleep", {}, "ann", upload)
    with pytest.raises(Busy):
        queue.submit("sleep", {"name": "next"}, "ann")
    jobs.stop()

    again = Store.open(settings)
    later = Jobs(settings, again, kinds, inline=True)
    later.start()
    elsewhere = Settings(folder=tmp_path / "elsewhere", database=database)
    if database.startswith("postgresql"):
        with pytest.raises(InputError, match="another server"):
            Jobs(elsewhere, store, kinds).start()
    assert later.shared(slug).request == job.request
    assert later.job(waits.id, "ann").state == "queued"
    assert later.places.upload_of(waits.id) is not None
    with pytest.raises(NotFound):
        later.result(job.result, "bob")
    assert later.submit("sleep", {"name": "日本", "steps": 2}, "bob").result == job.result
    later.stop()
    again.close()
