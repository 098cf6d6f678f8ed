"""Checks every page of the site of an archive, in both languages, with the validator of the W3C.

`python -m tools.validate DATA VNU_JAR`: needs Java, and the file `build/dist/vnu.jar` of the npm package `vnu-jar`
(`npm pack vnu-jar`, and unpack it anywhere). The tests check the same pages with a parser and rules of their own
(`tests/site/browser/markup.py`), which need neither; this one knows the whole standard.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.site.browser.pages import pages_of
from tests.site.browser.test_markup import ask
from tools.screenshots import site

LANGUAGES = ("zh-CN", "en")
MEMORY = "-Xmx600m"


def pages(data: Path, folder: Path) -> dict[str, str]:
    """Stores every page of the site in a folder; gives the language and path of each by the name of its file."""
    names: dict[str, str] = {}
    with site(data) as address:
        for lang in LANGUAGES:
            for number, (path, _) in enumerate(pages_of(data / "current" / "archive.db")):
                name = f"{lang}-{number:03}.html"
                (folder / name).write_text(ask(address, path, lang)[1], "utf-8")
                names[name] = f"{lang} {path}"
    return names


def main() -> int:
    """Prints each complaint once, with how often it is made and one page; 1 if any is an error."""
    data, jar = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="gongkai-pages-") as folder:
        names = pages(data, Path(folder))
        command = ["java", MEMORY, "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", folder]
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    complaints: Counter[tuple[str, str]] = Counter()
    seen: dict[tuple[str, str], str] = {}
    for message in json.loads(answer)["messages"]:
        kind = message.get("subType", message["type"])
        complaint = (kind, message["message"])
        complaints[complaint] += 1
        where = names.get(message.get("url", "").rpartition("/")[2], "")
        seen.setdefault(complaint, f"{where}: {message.get('extract', '')[:120]!r}")
    for (kind, words), n in complaints.most_common():
        print(f"{n:5} {kind}: {words}\n      {seen[kind, words]}")
    errors = sum(n for (kind, _), n in complaints.items() if kind in ("error", "fatal"))
    print(f"{len(names)} pages, {errors} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
