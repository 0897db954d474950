"""The law as a scenario supposes it, apart from the commands that seldom suppose anything."""

from terbium.scenario.supposed import Supposed as Supposed
from terbium.scenario.supposed import supposed_in as supposed_in
