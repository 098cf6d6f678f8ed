"""What the result of reading depends on besides the document: it must be the same wherever the document is read."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from archive.readers import libreoffice, scan
from archive.report.version import PARSER_VERSION

_LIBRARIES = ("beautifulsoup4", "lxml", "msgspec", "olefile", "pypdfium2", "python-calamine")
_OCR_LIBRARIES = ("numpy", "onnxruntime", "pillow", "rapidocr")
_PROGRAMS = ("bsdtar", "unar")


def setup_here(*, ocr: bool = True) -> dict[str, str]:
    """Parser, Python, libraries and programs of this machine that reading uses, by name; `ocr` False leaves OCR out."""
    python = ".".join(platform.python_version_tuple()[:2])
    reads_scans = ocr and scan.available()
    here = {"parser": PARSER_VERSION, "Python": python, "extra ocr": _yes(reads_scans)}
    here |= {library: _version(library) for library in (*_LIBRARIES, *(_OCR_LIBRARIES if reads_scans else ()))}
    here |= {program: _yes(shutil.which(program) is not None) for program in _PROGRAMS}
    return here | {"LibreOffice": _yes(libreoffice.program() is not None)}


def differences(wanted: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What another machine has that is not what is wanted, as a clause; nothing where all is the same."""
    return "; ".join(
        f"{name}: {there.get(name, 'none')}, here {wanted.get(name, 'none')}"
        for name in sorted({*wanted, *there})
        if wanted.get(name) != there.get(name)
    )


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
