"""The form as data: complete, labelled in both languages, and its patterns recognise the form's own wording."""

from __future__ import annotations

import pytest
import yaml

from archive.models import Era
from archive.report.form import load_form
from archive.report.tables.headings import row_key
from archive.report.text import squeeze
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize(("era", "count"), [(Era.A0, 0), (Era.A1, 56), (Era.A2, 58), (Era.B, 198), (Era.C, 200)])
def test_every_cell_of_an_era_is_there_once(era: Era, count: int) -> None:
    cells = load_form().eras[era].cells
    assert len(cells) == len(set(cells)) == count


@pytest.mark.parametrize(("era", "hard", "soft"), [(Era.A1, 7, 3), (Era.A2, 7, 6), (Era.B, 40, 9), (Era.C, 42, 3)])
def test_the_identities_of_an_era_are_counted(era: Era, hard: int, soft: int) -> None:
    """The check that counts are whole numbers concerns values, not sums, and is not counted among the hard ones."""
    counts = {"hard": 0, "soft": 0}
    for identity in load_form().identities:
        if era in identity.eras and identity.kind != "counts":
            counts[identity.severity] += identity.instances[era]
    assert counts == {"hard": hard, "soft": soft}


def test_every_label_is_given_in_both_languages() -> None:
    form = load_form()
    labelled = [
        *form.applicants,
        *form.sections,
        *form.identities,
        *form.eras.values(),
        *(item for era in form.eras.values() for item in era.items),
        *(row for era in form.eras.values() for row in era.rows),
    ]
    for one in labelled:
        assert one.label.strip()
        assert one.label_en.isascii()
        assert one.label_en.strip()


@pytest.mark.parametrize("era", [Era.B, Era.C])
def test_the_rows_of_table_3_are_recognised_by_their_own_labels(era: Era) -> None:
    for row in load_form().eras[era].rows:
        assert row_key(row.label) == row.key


@pytest.mark.parametrize("era", [Era.B, Era.C])
def test_the_columns_of_table_2_are_recognised_by_their_own_labels_only(era: Era) -> None:
    for block in load_form().eras[era].blocks:
        for column in block.columns:
            assert [c.key for c in block.columns if c.pattern.search(squeeze(column.label))] == [column.key]


@needs_shared
def test_keys_and_their_order_are_those_of_the_vocabulary() -> None:
    vocabulary = yaml.load((SHARED / "domain" / "report-format.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    for era in (Era.B, Era.C):
        table_2, table_3, table_4 = vocabulary["tables"][era]
        keys = [field for block in table_2["blocks"] for field in block["fields"]]
        keys += [row["key"] for row in table_3["rows"] for _ in range(7)]
        keys += [column["field"] for column in table_4["columns"]]
        assert [key for key, _ in load_form().eras[era].cells] == keys
    assert {identity.id for identity in load_form().identities} == {
        identity["id"] for identity in vocabulary["identities"]["within_report"]
    }
