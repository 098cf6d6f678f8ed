"""The two sides of every sum of the form, as references to cells: what checks test and what mends broken digits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archive.models import CellRef, Era
from archive.report.form import EraForm, Identity, load_form

Side = tuple[CellRef, ...]


def sides(identity: Identity, form: EraForm) -> Iterator[tuple[str | None, str | None, Side, Side]]:
    """Both sides of every application of an identity, with the row or the applicant it is applied to."""
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
    form = load_form().eras[era]
    return tuple(
        (left, right)
        for identity in load_form().identities
        if era in identity.eras and identity.severity == "hard" and identity.kind == "compare" and identity.op == "=="
        for _, _, left, right in sides(identity, form)
    )
