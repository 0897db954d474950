from datetime import UTC, datetime, timedelta

from terbium.web.store.store import Store


def test_a_session_ends_when_it_expires_or_signs_out(store: Store) -> None:
    moment = datetime.now(UTC)
    store.sign_in("past", "ann", moment - timedelta(seconds=1))
    assert store.signed_in("past") is None
    store.sign_in("digest", "ann", moment + timedelta(hours=1))
    assert store.signed_in("digest") == "ann"
    store.sign_in("digest", "bob", moment + timedelta(hours=1))
    assert store.signed_in("digest") == "bob"
    store.sign_out("digest")
    assert store.signed_in("digest") is None


def test_a_watch_is_its_owners_and_its_feed_is_whoevers_has_the_name(store: Store) -> None:
    watch = store.watch("ann", {"measures": ["A"]})
    other = store.watch("ann", {"measures": ["B"]})
    assert {w.id for w in store.watches("ann")} == {watch.id, other.id}
    assert store.watches("bob") == []
    assert store.watched(watch.slug) == watch
    assert store.watched(watch.id) is None
    assert watch.slug != other.slug
    assert store.change_watch(watch.id, "bob", {}) is None
    changed = store.change_watch(watch.id, "ann", {"measures": ["C"]})
    assert changed is not None
    assert (changed.slug, changed.what) == (watch.slug, {"measures": ["C"]})
    assert not store.unwatch(watch.id, "bob")
    assert store.unwatch(watch.id, "ann")
    assert store.watched(watch.slug) is None
    assert watch.created.tzinfo is UTC
