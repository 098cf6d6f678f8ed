"""The names of WARC files: `gongkai-NUMBER-TIME.warc.gz` where they were written, with a tag wherever they are copied.

Stores of several places may use one name twice. A file that is taken over from another store gets the tag of that
store into its name. Its bytes stay, also where a record names another file of the store that it was written in: such
a name is read as that of the file with the same tag.
"""

from __future__ import annotations

import hashlib
import re

NAME = re.compile(r"gongkai-(\d{6})-\d{14}(?:-([0-9a-f]{12}))?\.warc\.gz")
_END = ".warc.gz"


def tag_of(first_record: bytes) -> str:
    """The tag of a store: the digest of the first record of its first file, which holds a random identifier."""
    return hashlib.sha256(first_record).hexdigest()[:12]


def is_copied(name: str) -> bool:
    """Whether a file was taken over from another store; such a file is never continued here."""
    match = NAME.fullmatch(name)
    return match is not None and match[2] is not None


def tagged(name: str, tag: str) -> str:
    """The name of a file in other stores than its own; a name that has a tag keeps it."""
    return name if is_copied(name) else f"{name.removesuffix(_END)}-{tag}{_END}"


def untagged(name: str) -> str:
    """The name of a file in the store where it was written."""
    match = NAME.fullmatch(name)
    return name.removesuffix(f"-{match[2]}{_END}") + _END if match and match[2] else name


def meant(name: str, named_in: str) -> str:
    """The file that a record of file `named_in` means by `name`."""
    match = NAME.fullmatch(named_in)
    return tagged(name, match[2]) if match and match[2] else name
