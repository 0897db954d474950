"""The shipped dataset, its graph and its lines, made once for all graph tests."""

import pytest

from terbium.evidence.dataset import Dataset, load_dataset
from terbium.evidence.methods import method
from terbium.graph.build import build_graph
from terbium.graph.lines import split_lines
from terbium.graph.schema import SupplyGraph


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset("ree-2024")


@pytest.fixture(scope="session")
def graph(dataset: Dataset) -> SupplyGraph:
    return build_graph(dataset)


@pytest.fixture(scope="session")
def cohorts() -> int:
    return round(method("lines/cohorts"))


@pytest.fixture(scope="session")
def tonnes_per_line(dataset: Dataset) -> float:
    return dataset.central("line_size/tonnes")


@pytest.fixture(scope="session")
def lines(graph: SupplyGraph, cohorts: int, tonnes_per_line: float) -> SupplyGraph:
    return split_lines(graph, cohorts, tonnes_per_line)
