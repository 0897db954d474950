import pytest
from hypothesis import given
from hypothesis import strategies as st

from terbium.base.errors import LabelError
from terbium.base.labels import Labels

names = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=30)


@given(names)
def test_positions_and_labels_are_each_others_inverse(texts: list[str]) -> None:
    labels = Labels("node", texts)
    assert list(labels) == texts
    assert len(labels) == len(texts)
    assert labels.positions(texts).tolist() == list(range(len(texts)))
    assert all(labels[labels.position(text)] == text and text in labels for text in texts)
    assert labels == Labels("node", texts)
    assert hash(labels) == hash(Labels("node", texts))


def test_an_unknown_label_suggests_the_nearest() -> None:
    labels = Labels("node", ["CHN/mine", "CHN/separate"])
    with pytest.raises(LabelError, match=r"seen 'CHN/seperate'.*Did you mean 'CHN/separate'"):
        labels.position("CHN/seperate")


def test_all_unknown_labels_are_named_once() -> None:
    with pytest.raises(LabelError, match=r"2 problem\(s\)") as caught:
        Labels("region", ["CHN", "USA"]).positions(["USA", "XXX", "YYY", "XXX"])
    assert [problem.seen for problem in caught.value.problems] == ["'XXX'", "'YYY'"]


def test_a_label_stands_once() -> None:
    with pytest.raises(LabelError, match=r"region 'CHN': seen 2 times"):
        Labels("region", ["CHN", "USA", "CHN"])


def test_labels_of_other_dims_differ() -> None:
    assert Labels("node", ["a"]) != Labels("link", ["a"])
    assert Labels("node", ["a"]) != ["a"]
    assert "4: a, b, c, ..." in repr(Labels("node", "abcd"))
