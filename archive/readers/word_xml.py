"""Word 2003 XML to a document: written over as the part of a .docx that it is the forerunner of, and read as that.

The two differ in namespace, in how revisions, sections and footnotes are wrapped, and in the case of two names; list
numbers are stored as shown (`wx:t`), which a .docx lacks. Source: the Office 2003 XML reference schemas
(wordnet.xsd, aml.xsd, wordauxiliary hints).
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from archive.models import Document, Link, UnreadableDocument
from archive.readers.docx.reader import read_docx
from archive.readers.flat_xml import flat_tree, package_of
from archive.readers.limits import MAX_ELEMENTS, refuse

NAME = "word xml"

_WORDML = "http://schemas.microsoft.com/office/word/2003/wordml"
_OOXML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_WORDML}}}"
_WX = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_AML = "{http://schemas.microsoft.com/aml/2001/core}"
_O = "{urn:schemas-microsoft-com:office:office}"
_WRAPPER = f"{_W}customXml"
_RENAMED = {
    f"{_W}vmerge": f"{_W}vMerge",
    f"{_W}hmerge": f"{_W}hMerge",
    f"{_WX}sect": _WRAPPER,
    f"{_WX}sub-section": _WRAPPER,
    f"{_WX}pBdrGroup": _WRAPPER,
    f"{_AML}content": _WRAPPER,
}
_REVISIONS = {"Word.Insertion": f"{_W}ins", "Word.Deletion": f"{_W}del"}
_NOTES = (f"{_W}footnote", f"{_W}endnote")


def read_word_xml(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a Word 2003 XML document.

    Raises UnreadableDocument for a file that is damaged, that carries a DTD, or that is beyond the limits.
    """
    root = flat_tree(data, charset, "a Word 2003 XML file")
    body = root.find(f"{_W}body")
    if body is None:
        raise UnreadableDocument("a Word 2003 XML file without a body")
    links = tuple(
        Link(target, "".join(text.text or "" for text in link.iter(f"{_W}t")).strip())
        for link in body.iter(f"{_W}hlink")
        if (target := link.get(f"{_W}dest"))
    )
    unnumbered = sum(_with_number(properties) for properties in list(body.iter(f"{_W}listPr")))
    notes = _notes(body)
    _rename(body)
    parts = {"word/document.xml": _part("document", [body]), "word/footnotes.xml": _part("footnotes", notes)}
    styles = root.find(f"{_W}styles")
    if styles is not None:
        parts["word/styles.xml"] = _part("styles", list(styles))
    properties = root.find(f"{_O}DocumentProperties")
    if properties is not None:
        parts["docProps/core.xml"] = etree.tostring(properties, encoding="utf-8")
    document = read_docx(package_of(parts))
    lost = (f"the numbers of {unnumbered} paragraphs of lists are not stored in the file",) if unnumbered else ()
    return replace(document, format=NAME, links=links, warnings=(*document.warnings, *lost))


def _part(name: str, children: list[etree._Element]) -> bytes:
    root = etree.Element(f"{_W}{name}", nsmap={"w": _WORDML})
    root.extend(children)
    return etree.tostring(root, encoding="utf-8").replace(_WORDML.encode(), _OOXML.encode())


def _rename(body: etree._Element) -> None:
    """Gives elements the names of the later format; comments go, which are no part of the text."""
    for count, element in enumerate(list(body.iter())):
        if count > 3 * MAX_ELEMENTS:
            raise refuse(f"has more than {3 * MAX_ELEMENTS:,} elements")
        if element.tag == f"{_AML}annotation":
            kind = element.get(f"{_W}type", "")
            if kind in _REVISIONS:
                element.tag = _REVISIONS[kind]
            elif kind.startswith("Word.Comment"):
                _remove(element)
            else:
                element.tag = _WRAPPER
        else:
            element.tag = _RENAMED.get(element.tag, element.tag)


def _notes(body: etree._Element) -> list[etree._Element]:
    """The footnotes and endnotes, which stand where they are called, taken out of the text."""
    notes = list(body.iter(*_NOTES))
    for note in notes:
        _remove(note)
        note.tag = f"{_W}footnote"
        note.attrib.clear()
    return notes


def _with_number(properties: etree._Element) -> bool:
    """Puts the number of a list's paragraph before its text; True where the paragraph has one that is not stored."""
    shown = properties.find(f"{_WX}t")
    paragraph = properties.getparent()
    paragraph = paragraph.getparent() if paragraph is not None else None
    _remove(properties)
    if paragraph is None or paragraph.tag != f"{_W}p":
        return False
    if shown is None:
        return properties.find(f"{_W}ilfo") is not None
    run = etree.Element(f"{_W}r")
    etree.SubElement(run, f"{_W}t").text = shown.get(f"{_WX}val", "")
    paragraph.insert(1, run)
    return False


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
