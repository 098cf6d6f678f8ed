"""The data dictionary: every table and column, every cell of the form, every word for a state, a result or a rule.

    python -m archive.exports.dictionary > docs/dictionary.md

Made from the schema and the form themselves, so that it cannot drift from what is exported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from archive.database.dictionaries import item_rows, rule_rows
from archive.database.schema import Word, load_schema
from archive.exports.resources import Resource, load_resources

INTRODUCTION = """\
# 数据字典 · Data dictionary

Generated from the schema and the official form by `python -m archive.exports.dictionary`; do not edit.

A cell is `number`, `zero` or `inferred`, and then has a value; or it is something else, and then has none. Missing is
not blank, blank is not zero. 缺项不等于空白，空白不等于零。
"""


def dictionary() -> str:
    """The dictionary as Markdown, in Chinese and English."""
    schema = load_schema()
    parts = [
        INTRODUCTION,
        "## 数据表 · Tables\n",
        *(_table(resource) for resource in load_resources()),
        "## 单元格状态 · States of a cell\n",
        _markdown(("state", "中文", "English", "value"), _words(schema.states, with_value=True)),
        "## 校验结论 · Results of a check\n",
        _markdown(("status", "中文", "English"), _words(schema.statuses)),
        "## 勾稽关系 · Rules\n",
        _markdown(
            ("rule", "severity", "eras", "中文", "English", "statement"),
            (
                tuple(row[name] for name in ("rule", "severity", "eras", "statement_zh", "statement_en", "statement"))
                for row in rule_rows()
            ),
        ),
        "## 统计指标 · Items\n",
        "Applicants are the columns of the table of requests; a key with applicants has one cell for each of them.\n",
        _markdown(("era", "key", "table", "中文", "English", "unit", "applicants"), _items()),
    ]
    return "\n".join(parts)


def _table(resource: Resource) -> str:
    rows = _markdown(
        ("column", "type", "中文", "English"),
        ((f"`{field.name}`", field.type, field.about.zh, field.about.en) for field in resource.fields),
    )
    key = ", ".join(f"`{name}`" for name in resource.primary_key)
    files = f"Key: {key}. Files: `{resource.csv}`, `{resource.parquet}`."
    return (
        f"### `{resource.name}` {resource.title.both()}\n\n{resource.about.zh} {resource.about.en}\n\n{files}\n\n{rows}"
    )


def _words(words: Iterable[Word], *, with_value: bool = False) -> Iterator[tuple[str, ...]]:
    for word in words:
        value = ("yes" if word.has_value else "no",) if with_value else ()
        yield (f"`{word.name}`", word.label.zh, word.label.en, *value)


def _items() -> Iterator[tuple[object, ...]]:
    """One row a key and era, its applicants together."""
    rows: dict[tuple[object, object], tuple[dict[str, object], list[str]]] = {}
    for row in item_rows():
        _, applicants = rows.setdefault((row["era"], row["key"]), (row, []))
        if row["applicant"] is not None:
            applicants.append(str(row["applicant"]))
    for row, applicants in rows.values():
        yield (
            row["era"],
            f"`{row['key']}`",
            row["table_id"],
            " / ".join(filter(None, (str(row["headings"]), str(row["label_zh"])))),
            row["label_en"],
            row["unit"] or "",
            f"{len(applicants)}" if applicants else "",
        )


def _markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_escaped(value) for value in line) + " |" for line in lines) + "\n"


def _escaped(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # whatever the locale says
    sys.stdout.write(dictionary())
