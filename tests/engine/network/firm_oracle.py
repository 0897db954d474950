"""The rules of Inoue and Todo written down a second time, link by link, in plain loops."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from terbium.engine.network.firm_case import FirmCase
from terbium.graph.firms import FirmNetwork

Floats = NDArray[np.float64]


def level(claims: list[tuple[float, float]], available: float) -> float:
    """Level at which (claim, usual) add up, found by trying each client's own level in turn."""
    taken, weight = 0.0, sum(usual for _, usual in claims)
    for claim, usual in sorted(claims, key=lambda c: c[0] / c[1]):
        if taken + claim / usual * weight >= available:
            break
        taken += claim
        weight -= usual
    return (available - taken) / weight if weight > 1e-300 else np.inf


def play(net: FirmNetwork, case: FirmCase) -> tuple[Floats, Floats]:
    """Output and final deliveries (steps, N) [money/step]."""
    n, year = net.size, case.year_steps
    links = zip(net.buyer, net.supplier, net.flow, strict=True)
    base = {(int(b), int(s)): f / year for b, s, f in links}
    final, out0 = net.final / year, net.output / year
    of_buyer, of_supplier = defaultdict(list), defaultdict(list)
    for b, s in base:
        of_buyer[b].append(s)
        of_supplier[s].append(b)
    stock = {link: case.cover[link[0]] * flow for link, flow in base.items()}
    order = dict(base)
    made, given = np.zeros((case.steps, n)), np.zeros((case.steps, n))
    for t in range(case.steps):
        lost = np.zeros(n)
        for shock in case.shocks:
            for k, share in zip(shock.node, shock.share, strict=True):
                lost[k] = max(lost[k], share * shock.profile[t])
        came = {}
        for j in range(n):
            clients = of_supplier[j]
            orders = sum(order[b, j] for b in clients)
            most = (1 - lost[j]) * out0[j]
            by_sector = defaultdict(lambda: [0.0, 0.0])
            for s in of_buyer[j]:
                by_sector[net.sector[s]][0] += stock[j, s]
                by_sector[net.sector[s]][1] += base[j, s]
            for held, used in by_sector.values():
                most = min(most, held / used * out0[j])
            wanted = orders + final[j]
            if abs(wanted - out0[j]) <= 1e-12 * out0[j]:
                wanted = out0[j]
            made[t, j] = out = min(most, wanted)
            if case.rationing == "proportional":
                share = out / (orders + final[j]) if orders + final[j] > 0 else 0.0
                for b in clients:
                    came[b, j] = order[b, j] * share
                given[t, j] = final[j] * share
                continue
            is_last = case.rationing.endswith("intermediate_first")
            if is_last:
                given[t, j] = max(out - orders, 0.0)
            if case.rationing == "intermediate_first":
                share = min(1.0, out / orders) if orders > 0 else 0.0
                for b in clients:
                    came[b, j] = order[b, j] * share
                continue
            claims = [(order[b, j], base[b, j]) for b in clients]
            if not is_last and final[j] > 0:
                claims.append((final[j], final[j]))
            whole = sum(c for c, _ in claims)
            found = np.inf if out >= whole else level(claims, out)
            for b in clients:
                came[b, j] = min(order[b, j], found * base[b, j])
            if not is_last:
                given[t, j] = min(final[j], found * final[j]) if final[j] > 0 else 0.0
        for b in range(n):
            use = made[t, b] / out0[b] if out0[b] > 0 else 0.0
            held, need = defaultdict(float), defaultdict(float)
            for s in of_buyer[b]:
                held[net.sector[s]] += stock[b, s]
                need[net.sector[s]] += base[b, s] * use
            for s in of_buyer[b]:
                k = net.sector[s]
                spent = stock[b, s] * min(need[k] / held[k], 1.0) if held[k] > 0 else 0.0
                stock[b, s] += came[b, s] - spent
                wanted = base[b, s] * use
                gap = case.cover[b] * wanted - stock[b, s]
                order[b, s] = max(wanted + gap / case.restoration, 0.0)
    return made, given
