"""What the exports are called, for those who write them and those who show them."""

from __future__ import annotations

MANIFEST_FILE = "manifest.json"
REPORTS_FILE, KEPT_REPORTS = "reports.jsonl", "reports.jsonl.gz"
"""The reports as `gongkai export` hands them out, and as they are kept and served: a tenth of the bytes."""
PACKAGE_FILE = "datapackage.json"
SCHEMA_FILE = "report.schema.json"
DICTIONARY_FILE = "dictionary.md"
CITATION = (
    "《政府信息公开工作年度报告档案》，第{generation}版，{day}构建。"
    "引用单份报告时请写明机关、年份、报告编号与原件的 SHA-256。"
    " · Gongkai, archive of annual disclosure reports, generation {generation}, built {day}. "
    "To cite one report, name the agency, the year, its report_id and the sha256 of its capture."
)
