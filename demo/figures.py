"""Draws figures that satisfy every identity of the form, year after year, and carries over what has to be carried."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from archive.models import Era, Number
from demo.form import APPLICANTS, TOTAL, era_of, leaf_results, table

Figures = dict[tuple[str, str | None], Number]

# How the results of requests are spread: most are granted, or the body does not hold the record. No fee is ever asked
# for, as the sentences on fees say.
WEIGHTS = {
    "result_granted_full": 40,
    "unable_not_held": 22,
    "result_granted_part": 12,
    "refused_third_party": 4,
    "other_fee_unpaid": 0,
}
SHARES = (0.86, 0.08, 0.01, 0.02, 0.02, 0.01)
"""How the requests are spread over the six kinds of applicant."""
ITEM_ROWS = ("licensing", "other_services", "penalty", "coercion", "admin_fee")


@dataclass(slots=True)
class Carried:
    """What one year leaves to the next: open requests by applicant, and the stocks of table 2."""

    requests: dict[str, int] = field(default_factory=lambda: dict.fromkeys(APPLICANTS, 0))
    rules: int = 0
    documents: int = 0
    items: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ITEM_ROWS, 0))


def chain(rng: random.Random, first: int, last: int, *, scale: int, makes_rules: bool) -> Iterator[tuple[int, Figures]]:
    """The figures of the years `first` to `last`, each consistent in itself and with the year before.

    `scale` is the number of requests to expect in a year (0 for bodies that get hardly any). Only bodies that may make
    rules (规章) have any.
    """
    carried = Carried(
        requests={who: draw(rng, scale * share * 0.04) for who, share in zip(APPLICANTS, SHARES, strict=True)},
        rules=rng.randint(5, 30) if makes_rules else 0,
        documents=rng.randint(0, 12) + scale // 4,
        items={row: rng.randint(0, 30) for row in ITEM_ROWS},
    )
    for year in range(first, last + 1):
        era = era_of(year)
        figures: Figures = {}
        figures.update(disclosed(rng, era, carried, scale, makes_rules))
        figures.update(requested(rng, era, carried, scale))
        figures.update(contested(rng, era, scale))
        yield year, figures


def draw(rng: random.Random, mean: float) -> int:
    """A count around `mean`, never negative; for small means mostly zero."""
    return max(0, round(rng.gauss(mean, mean * 0.3))) if mean >= 3 else sum(rng.random() < mean / 6 for _ in range(6))


def disclosed(rng: random.Random, era: Era, carried: Carried, scale: int, makes_rules: bool) -> Figures:
    """The figures of table 2: issued, repealed and in force in C; made, disclosed and the stock in B."""
    figures: Figures = {}
    for row, stock in (("rules", "rules"), ("normative_docs", "documents")):
        held = getattr(carried, stock)
        issued = draw(rng, 1 + scale / 20) if row != "rules" or makes_rules else 0
        if era is Era.B:
            held += issued
            values = {"new_made": issued, "new_disclosed": issued, "disclosed_total": held}
        else:
            repealed = min(held, draw(rng, 0.5 + scale / 40))
            held += issued - repealed
            values = {"issued": issued, "repealed": repealed, "in_force": held}
        setattr(carried, stock, held)
        figures.update({(f"{row}_{name}", None): value for name, value in values.items()})
    for row in ("licensing", "other_services", "penalty", "coercion"):
        if era is Era.B or row != "other_services":
            figures[f"{row}_decisions", None] = draw(rng, scale * rng.choice((0, 0.5, 3)))
    if era is Era.C:
        charged = rng.random() < 0.4
        figures["admin_fee_amount_wan_yuan", None] = Decimal(rng.randint(1, 999999)) / 100 if charged else 0
        return figures
    for row in ITEM_ROWS:
        change = rng.randint(-min(carried.items[row], 4), 4)
        figures[f"{row}_items_prev_year", None] = carried.items[row]
        figures[f"{row}_items_change", None] = change
        carried.items[row] += change
    projects = draw(rng, scale / 10)
    figures["central_procurement_projects", None] = projects
    figures["central_procurement_amount", None] = Decimal(rng.randint(1, 99999) * projects) / 100 if projects else 0
    return figures


def requested(rng: random.Random, era: Era, carried: Carried, scale: int) -> Figures:
    """The figures of table 3: every column balances, every row adds up, and what is open goes to the next year."""
    leaves = leaf_results(era)
    weights = [WEIGHTS.get(leaf, 1) for leaf in leaves]
    figures: Figures = {}
    for who, share in zip(APPLICANTS, SHARES, strict=True):
        brought = carried.requests[who]
        received = draw(rng, scale * share)
        left = min(received + brought, draw(rng, received * 0.05))
        done = received + brought - left
        drawn = rng.choices(leaves, weights, k=done)
        figures.update({(leaf, who): drawn.count(leaf) for leaf in leaves})
        figures["requests_received", who] = received
        figures["requests_brought_forward", who] = brought
        figures["results_total", who] = done
        figures["requests_carried_forward", who] = left
        carried.requests[who] = left
    for item in table(era, 3):
        figures[item.key, TOTAL] = sum(figures[item.key, who] for who in APPLICANTS)
    return figures


def contested(rng: random.Random, era: Era, scale: int) -> Figures:
    """The figures of table 4: three blocks of five, the last of each the sum of the four before."""
    figures: Figures = {}
    running = 0
    for item in table(era, 4):
        if item.column == "总计":
            figures[item.key, None], running = running, 0
        else:
            count = draw(rng, scale / 60)
            figures[item.key, None] = count
            running += count
    return figures
