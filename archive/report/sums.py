"""The two sides of every sum of the form, as references to cells: what checks test and what mends broken digits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archive.models import CellRef, Era
from archive.report.form import EraForm, Identity, load_form

Side = tuple[CellRef, ...]
Application = tuple[str | None, str | None, Side, Side]
"""The row or the applicant that an identity is applied to, and both sides of the sum."""


@lru_cache(maxsize=512)
def applications(identity: str, era: Era) -> tuple[Application, ...]:
    """The applications of the identity with this id in a report of `era`."""
    form = load_form().eras[era]
    named = [one for one in load_form().identities if one.id == identity and era in one.eras]
    return tuple(application for one in named for application in _sides(one, form))


def _sides(identity: Identity, form: EraForm) -> Iterator[Application]:
    applicants = [applicant.key for applicant in load_form().applicants]
    if identity.each == "row":
        for row in form.rows:
            refs = [CellRef(row.key, applicant) for applicant in applicants]
            yield row.key, None, tuple(refs[:-1]), (refs[-1],)
    elif identity.each == "applicant":
        left = identity.left or tuple(row.key for row in form.rows if row.leaf_result)
        for applicant in applicants:
            yield (
                None,
                applicant,
                tuple(CellRef(key, applicant) for key in left),
                tuple(CellRef(key, applicant) for key in identity.right),
            )
    elif identity.each == "keys":
        for name in identity.rows:
            yield (
                name,
                None,
                tuple(CellRef(key.format(row=name)) for key in identity.left),
                tuple(CellRef(key.format(row=name)) for key in identity.right),
            )
    else:
        yield None, None, tuple(map(CellRef, identity.left)), tuple(map(CellRef, identity.right))


@lru_cache(maxsize=8)
def equations(era: Era) -> tuple[tuple[Side, Side], ...]:
    """The sides of every sum that must hold in a report of `era`."""
    return tuple(
        (left, right)
        for identity in load_form().identities
        if era in identity.eras and identity.severity == "hard" and identity.kind == "compare" and identity.op == "=="
        for _, _, left, right in applications(identity.id, era)
    )
