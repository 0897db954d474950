"""One step of the chain for one draw, written a second time to be read.

Nothing is shared with the compiled kernel but the meaning of the arrays it is handed. Where the
kernel keeps a ring of planes, this keeps dated parcels; where the kernel keeps running sums of
licences, this keeps dated lots and uses the oldest first. Rule numbers: docs/design/004 (Q1 to Q6)
and 005 (O1 to O6).
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from statistics import NormalDist

from terbium.base import tolerances
from terbium.engine.program import DEMAND_DRIVEN, FINAL, SUPPLY_PUSH, Draws, Policy, Program, Rules

INF = math.inf


class Oracle:
    """The chain in lane ``lane`` of ``draws``, from the state at rest."""

    def __init__(self, p: Program, d: Draws, q: Policy, rules: Rules, lane: int) -> None:
        self.q, self.rules = q, rules
        self.nodes = range(p.node_base.size)
        self.kind = dict(enumerate(p.node_kind.tolist()))
        self.base = dict(enumerate(p.node_base.tolist()))
        self.reported = {n: int(p.node_series[n]) for n in self.nodes}
        self.inputs_of = {n: range(p.in_ptr[n], p.in_ptr[n + 1]) for n in self.nodes}
        self.outputs_of = {n: range(p.out_ptr[n], p.out_ptr[n + 1]) for n in self.nodes}
        self.user = {i: n for n in self.nodes for i in self.inputs_of[n]}
        self.maker = {o: n for n in self.nodes for o in self.outputs_of[n]}
        self.needs = dict(enumerate(p.in_coef.tolist()))
        self.makes = dict(enumerate(p.out_coef.tolist()))
        self.binds = dict(enumerate((p.in_weight > 0.0).tolist()))
        self.drives = dict(enumerate((p.out_driver == 1).tolist()))
        self.links_into = {i: range(p.link_ptr[i], p.link_ptr[i + 1]) for i in self.user}
        self.buyer = {k: i for i in self.user for k in self.links_into[i]}
        self.source = dict(enumerate(p.link_out.tolist()))
        self.flow = dict(enumerate(p.link_base.tolist()))
        self.base_share = dict(enumerate(p.link_share.tolist()))
        self.could_open = dict(enumerate(p.link_latent.tolist()))
        self.served_first = dict(enumerate((p.link_first == 1).tolist()))
        self.class_of = dict(enumerate(p.link_class.tolist()))
        self.licensed = {k for k in self.buyer if p.link_ctrl[k] >= 0}
        self.lag = {k: float(d.route_lag[p.link_route[k], lane]) for k in self.buyer}
        self._take_draw(d, lane)
        self._rest()

    def _take_draw(self, d: Draws, lane: int) -> None:
        def column(array: object) -> dict[int, float]:
            return dict(enumerate(array[:, lane].tolist()))  # type: ignore[index]

        self.capacity = column(d.node_cap)
        self.cover, self.lead = column(d.in_cover), column(d.in_lead)
        self.out_cover = column(d.out_cover)
        self.phi, self.weight = column(d.class_share), column(d.class_weight)
        self.grant_share, self.desk = column(d.class_grant), column(d.desk)
        self.general, self.level = column(d.general), column(d.level)
        self.full = column(d.class_full)
        names = "grace refile review adjust adjust_out overtime keep hoarding anticipation"
        for name in [
            *names.split(),
            "switching",
            "memory",
            "bearable",
            "bearable_spread",
            "duty_response",
        ]:
            setattr(self, name, float(getattr(d, name)[lane]))

    def _rest(self) -> None:
        """Stocks at target, every base flow under way, no filing, no licence, no fear."""
        self.stock_in = {i: self.cover[i] * self.needs[i] * self.base[n] for i, n in self._slots()}
        self.stock_out = {
            o: self.out_cover[o] * self.makes[o] * self.base[n] for o, n in self.maker.items()
        }
        self.parcels: dict[int, dict[int, float]] = {k: defaultdict(float) for k in self.buyer}
        for k in self.buyer:
            # What left in steps -1, -2, ... and is due in step 0 or later.
            for left in range(-1, -math.floor(self.lag[k]) - 2, -1):
                self._dispatch(k, left, self.lag[k], self.flow[k])
            self.parcels[k] = defaultdict(
                float, {due: tonnes for due, tonnes in self.parcels[k].items() if due >= 0}
            )
        self.toll = dict.fromkeys(self.phi, 1.0)
        self.want = dict(self.base)
        self.backlog = dict.fromkeys(self.nodes, 0.0)
        self.share = dict(self.base_share)
        self.served = dict.fromkeys(self.buyer, 1.0)
        self.pending = dict.fromkeys(self.user, 0.0)
        self.usual_pending = dict.fromkeys(self.user, 0.0)
        self.risk = dict.fromkeys(self.user, 0.0)
        self.review_pile = dict.fromkeys(self.licensed, 0.0)
        self.ready_pile = dict.fromkeys(self.licensed, 0.0)
        self.lots: dict[int, deque[list[float]]] = {k: deque() for k in self.licensed}
        self.shipped_total = dict.fromkeys(self.buyer, 0.0)
        self.made_total = dict.fromkeys(self.nodes, 0.0)
        self.stop_step = dict.fromkeys(self.nodes, INF)
        self.stop_length = dict.fromkeys(self.nodes, 0.0)
        self.stop_over = dict.fromkeys(self.nodes, False)
        self.stop_slot = dict.fromkeys(self.nodes, -1)

    def _slots(self) -> list[tuple[int, int]]:
        return list(self.user.items())

    def _dispatch(self, k: int, step: int, lag: float, tonnes: float) -> None:
        """A lag of 2.25 steps: three quarters arrive after two steps, a quarter after three."""
        whole = math.floor(lag)
        part = lag - whole
        self.parcels[k][step + whole] += (1.0 - part) * tonnes
        self.parcels[k][step + whole + 1] += part * tonnes

    def under_way(self, i: int) -> float:
        return sum(sum(self.parcels[k].values()) for k in self.links_into[i])

    def live(self, k: int) -> float:
        return sum(tonnes for _, tonnes in self.lots[k])

    def step(self, t: int) -> None:
        self.flows = dict.fromkeys(self.buyer, 0.0)
        self.books = {
            name: dict.fromkeys(self.licensed, 0.0)
            for name in ("filed", "granted", "refused", "lapsed", "shipped")
        }
        for k, i in self.buyer.items():
            self.stock_in[i] += self.parcels[k].pop(t, 0.0)
        self._produce(t)
        self._order(t)
        self._decide(t)
        self._ship(t)
        self._plan()

    def _produce(self, t: int) -> None:
        """O1: the least of what is wanted, capacity and each binding input."""
        self.wanted, self.activity = {}, {}
        for n in self.nodes:
            base = self.base[n] * self.q.node_scale[t, n]
            if self.kind[n] == SUPPLY_PUSH:
                wanted = base
            elif self.kind[n] == FINAL:
                wanted = base + min(self.backlog[n], self.overtime * base)
            else:
                wanted = self.want[n]
            wanted = min(wanted, self.capacity[n] * self.q.cap_scale[t, n])
            possible = {
                i: self.stock_in[i] / self.needs[i]
                for i in self.inputs_of[n]
                if self.binds[i] and self.needs[i] > 0.0
            }
            activity = min([wanted, *possible.values()])
            self.wanted[n], self.activity[n] = wanted, activity
            if self.reported[n] >= 0 and t >= self.rules.stop_from:
                self._note_stop(t, n, self.rules.stop_share * base, possible)
            for i in self.inputs_of[n]:
                self.stock_in[i] = max(self.stock_in[i] - self.needs[i] * activity, 0.0)
            for o in self.outputs_of[n]:
                self.stock_out[o] += self.makes[o] * activity
            self.made_total[n] += activity
            if self.kind[n] == FINAL:
                missed = base - activity
                put_off = self.keep * missed if missed > 0.0 else missed
                self.backlog[n] = max(self.backlog[n] + put_off, 0.0)

    def _note_stop(self, t: int, n: int, floor: float, possible: dict[int, float]) -> None:
        activity, wanted = self.activity[n], self.wanted[n]
        stopped = activity < floor and activity < wanted
        if stopped and self.stop_step[n] == INF:
            self.stop_step[n] = t + activity / wanted
            self.stop_slot[n] = max(i for i, most in possible.items() if most == activity)
        if stopped and not self.stop_over[n]:
            self.stop_length[n] += 1.0
        elif self.stop_length[n] > 0.0:
            self.stop_over[n] = True

    def _must_file(self, t: int, c: int) -> float:
        """Q1: share of an order in class ``c`` that needs a licence of its own."""
        spared = self.q.general[t, c] * self.general[t]
        declared_before = math.exp(-self.q.age[t, c] / self.grace)
        return self.q.controlled[t, c] * self.phi[c] * (1.0 - spared) * (1.0 - declared_before)

    def _order(self, t: int) -> None:
        """O2 and O3: use plus part of the gap, split over suppliers; the controlled part files."""
        self.ordered, self.free = {}, {}
        for c, toll in self.toll.items():
            dearer = float(self.q.duty[t, c]) - 1.0
            goal = 1.0
            if dearer > 0.0:
                beyond = math.log(dearer / self.bearable) / self.bearable_spread
                goal = 1.0 - NormalDist().cdf(beyond)
            self.toll[c] = toll + self.duty_response * (goal - toll)
        for i, n in self._slots():
            links = self.links_into[i]
            fear = sum(
                self.base_share[k]
                * (
                    self.hoarding * self._must_file(t, self.class_of[k])
                    + self.anticipation * self._fear(t, self.class_of[k])
                )
                for k in links
                if self.class_of[k] >= 0
            )
            self.risk[i] += self.memory * (fear - self.risk[i])
            level = self.wanted[n] if self.rules.order_on_wanted else self.activity[n]
            use = self.needs[i] * level
            target = use * (self.cover[i] * (1.0 + self.risk[i]) + self.lead[i] - 1.0)
            held = self.stock_in[i] + self.under_way(i) + self.pending[i]
            gap = target + self.usual_pending[i] - held
            need = max(use + gap / self.adjust, 0.0)
            self.usual_pending[i] += self.memory * (self.pending[i] - self.usual_pending[i])
            self._drift(links)
            for k in links:
                self._order_from(t, k, need)

    def _fear(self, t: int, c: int) -> float:
        return float(self.q.expected[t] * self.q.anticipated[c]) * self.phi[c]

    def _drift(self, links: range) -> None:
        """O3: suppliers that deliver gain weight; routes that could open gain what is missing."""
        came = {k: self.base_share[k] * self.served[k] * self._toll(k) for k in links}
        missing = max(1.0 - sum(came.values()), 0.0)
        pull = {k: came[k] + self.could_open[k] * missing for k in links}
        if sum(pull.values()) > 0.0:
            for k in links:
                goal = pull[k] / sum(pull.values())
                self.share[k] += self.switching * (goal - self.share[k])

    def _toll(self, k: int) -> float:
        c = self.class_of[k]
        return 1.0 if c < 0 else self.toll[c]

    def _order_from(self, t: int, k: int, need: float) -> None:
        c = self.class_of[k]
        ordered = need * self.share[k] * self._toll(k)
        filed = ordered * self._must_file(t, c) if k in self.licensed else 0.0
        self.ordered[k], self.free[k] = ordered, ordered - filed
        if k in self.licensed:
            self.review_pile[k] += filed
            self.pending[self.buyer[k]] += filed
            self.books["filed"][k] = filed

    def _decide(self, t: int) -> None:
        """Q2 to Q6."""
        weight = {c: own + self.level[t] * (self.full[c] - own) for c, own in self.weight.items()}
        for k in self.licensed:
            c = self.class_of[k]
            lifted = self.q.controlled[t, c] == 0.0
            moved = self.review_pile[k] * (1.0 if lifted else min(weight[c], 1.0) / self.review)
            self.review_pile[k] -= moved
            self.ready_pile[k] += moved
        load = sum(
            weight[self.class_of[k]] * self.ready_pile[k]
            for k in self.licensed
            if self.q.controlled[t, self.class_of[k]] > 0.0
        )
        for k in self.licensed:
            c, i = self.class_of[k], self.buyer[k]
            lifted = self.q.controlled[t, c] == 0.0
            share, passed = 1.0, 1.0
            if not lifted:
                if self.desk[t] < INF:
                    pull = weight[c] / load if load > 0.0 else 0.0
                    share = 1.0 - math.exp(-self.desk[t] * pull)
                passed = self.grant_share[c] * self.q.grant[t, c] * (1.0 - self.q.denied[t, c])
            decided = share * self.ready_pile[k]
            granted = decided * passed
            again = (decided - granted) * self.refile
            refused = decided - granted - again
            lapsed = 0.0
            while self.lots[k] and self.lots[k][0][0] <= t - self.q.validity:
                lapsed += self.lots[k].popleft()[1]
            self.ready_pile[k] -= decided
            self.review_pile[k] += again
            self.lots[k].append([t, granted])
            self.pending[i] -= refused + lapsed
            self.books["granted"][k], self.books["refused"][k] = granted, refused
            self.books["lapsed"][k] = lapsed

    def _ship(self, t: int) -> None:
        """O4 and O5."""
        live = {k: self.live(k) if k in self.licensed else 0.0 for k in self.buyer}
        wish = {}
        for k in self.buyer:
            c = self.class_of[k]
            limit = INF if c < 0 or self.q.cap[t, c] == INF else self.q.cap[t, c] * self.flow[k]
            wish[k] = min(self.free[k] + live[k], limit)
        first = {k for k in self.buyer if self.rules.priority == 1 and self.served_first[k]}
        self.asked = {o: sum(wish[k] for k in self._takers(o)) for o in self.maker}
        ratio = {}
        for o in self.maker:
            takers = self._takers(o)
            left = self.stock_out[o]
            for group in ([k for k in takers if k in first], [k for k in takers if k not in first]):
                total = sum(wish[k] for k in group)
                part = min(1.0, left / total) if total > 0.0 else 1.0
                ratio.update(dict.fromkeys(group, part))
                left = max(left - total, 0.0)
        for k, i in self.buyer.items():
            c = self.class_of[k]
            sent = wish[k] * ratio[k]
            self.stock_out[self.source[k]] = max(self.stock_out[self.source[k]] - sent, 0.0)
            if k in self.licensed and sent > 0.0:
                used = sent * live[k] / (self.free[k] + live[k])
                self._use_oldest(k, used)
                self.pending[i] -= used
                self.books["shipped"][k] = used
            delay = 0.0 if c < 0 else float(self.q.delay[t, c])
            self._dispatch(k, t, self.lag[k] + delay, sent)
            if self.ordered[k] > tolerances.EMPTY_ATOL:
                came = min(1.0, sent / self.ordered[k])
                self.served[k] += self.memory * (came - self.served[k])
            self.flows[k] = sent
            self.shipped_total[k] += sent

    def _takers(self, o: int) -> list[int]:
        return [k for k, source in self.source.items() if source == o]

    def _use_oldest(self, k: int, tonnes: float) -> None:
        while tonnes > 0.0 and self.lots[k]:
            taken = min(tonnes, self.lots[k][0][1])
            self.lots[k][0][1] -= taken
            tonnes -= taken
            if self.lots[k][0][1] <= 0.0:
                self.lots[k].popleft()

    def _plan(self) -> None:
        """O6: what may be shipped, plus part of the gap in the maker's own stock."""
        for n in self.nodes:
            if self.kind[n] == DEMAND_DRIVEN:
                self.want[n] = 0.0
                for o in self.outputs_of[n]:
                    if self.drives[o]:
                        goal = self.out_cover[o] * self.makes[o] * self.base[n]
                        refill = (goal - self.stock_out[o]) / self.adjust_out
                        orders = (self.asked[o] + refill) / self.makes[o]
                        self.want[n] = max(self.want[n], orders)
