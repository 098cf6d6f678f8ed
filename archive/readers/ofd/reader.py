"""OFD (GB/T 33190-2016, the national fixed-layout format) to a document, by the same steps as PDF."""

from __future__ import annotations

from lxml import etree

from archive.models import Document, NeedsOcr, Ocr, ReadBy, UnreadableDocument
from archive.readers import scan
from archive.readers.limits import refuse
from archive.readers.ofd.content import Drawn, draw, numbers
from archive.readers.ofd.elements import child, children, local, text_of
from archive.readers.pages.blocks import lay_out
from archive.readers.pages.check import HOW, pictured
from archive.readers.pages.model import Page
from archive.readers.pages.pictures import picture_places
from archive.readers.pages.turn import Stroke, make_page
from archive.readers.zip_parts import ZipParts, beside

NAME = "ofd"

MAX_PAGES = 300
_POINTS = 72 / 25.4
_A4 = "0 0 210 297"


def read_ofd(data: bytes, *, charset: str | None = None, ocr: Ocr = Ocr.OFF) -> Document:
    """Reads an OFD file, all documents in it one after another; `charset` is of no use to XML and is ignored.

    `ocr` is for pages that are one picture; where text and pictures make up a page, its text is read alone.

    Raises UnreadableDocument for a file that is damaged, encrypted, without text (a scan), or beyond the limits.
    """
    package = ZipParts(data, "OFD file")
    if package.has("encryptions.xml"):
        raise UnreadableDocument("an OFD file encrypted with a password or certificate")
    root = package.tree("OFD.xml")
    bodies = children(root, "DocBody")
    if not bodies:
        raise UnreadableDocument("a damaged OFD file: OFD.xml names no document")
    pages: list[Page] = []
    pictures: dict[int, str] = {}
    metadata: dict[str, str] = {}
    for body in bodies:
        information = child(body, "DocInfo")
        for fact in information if information is not None else ():
            if text := text_of(fact):
                metadata.setdefault(local(fact).lower(), text)
        location = text_of(child(body, "DocRoot"))
        _OneDocument(package, beside("OFD.xml", location)).read(pages, pictures)
    unread = [number for number in pictured(pages) if number in pictures] if ocr is not Ocr.OFF else []
    if unread and ocr is Ocr.DEFER:
        raise NeedsOcr(f"a scan on {len(unread)} of {len(pages)} pages; {HOW}")
    sizes = {page.number: max(page.width, page.height) for page in pages}
    recognised = scan.recognise(unread, lambda number: scan.one_picture(package.part(pictures[number]), sizes[number]))
    pages, warnings = scan.put_in(pages, recognised, "an OFD file")
    if len(bodies) > 1:
        warnings.append(f"the file holds {len(bodies)} documents, read one after another")
    layout = lay_out(pages)
    return Document(
        title=metadata.get("title"),
        blocks=tuple(layout.blocks),
        pictures=picture_places(layout.blocks, pages),
        metadata=metadata,
        format=scan.FORMAT if len(recognised) == len(pages) else NAME,
        warnings=(*warnings, *layout.warnings),
        outside=tuple(layout.outside),
        read_by=ReadBy.OCR if recognised else ReadBy.TEXT,
    )


class _OneDocument:
    """One document of the file: its pages with their templates and shared graphics."""

    def __init__(self, package: ZipParts, part: str) -> None:
        self._package = package
        self._part = part
        self._root = package.tree(part)
        common = child(self._root, "CommonData")
        self._area = text_of(child(common, "PageArea", "PhysicalBox")) or _A4
        self._templates = {
            template.get("ID", ""): beside(part, template.get("BaseLoc"))
            for template in children(common, "TemplatePage")
        }
        self._units: dict[str, etree._Element] = {}
        self._media: dict[str, str] = {}
        for name in ("PublicRes", "DocumentRes"):
            for element in children(common, name):
                self._resources(beside(part, text_of(element)))

    def read(self, pages: list[Page], pictures: dict[int, str]) -> None:
        """Appends the pages, and for those with a picture the part it is in; their numbers go on from those before."""
        listed = children(child(self._root, "Pages"), "Page")
        if len(pages) + len(listed) > MAX_PAGES:
            raise refuse(f"has {len(pages) + len(listed):,} pages, more than {MAX_PAGES}")
        for page in listed:
            pages.append(self._page(beside(self._part, page.get("BaseLoc")), len(pages) + 1, pictures))

    def _page(self, part: str, number: int, pictures: dict[int, str]) -> Page:
        root = self._package.tree(part)
        for element in children(root, "PageRes"):
            self._resources(beside(part, text_of(element)))
        left, top, wide, high = (
            value * _POINTS for value in numbers(text_of(child(root, "Area", "PhysicalBox")) or self._area, 4)
        )
        drawn = Drawn()
        templates = children(root, "Template")
        for template in templates:
            if template.get("ZOrder", "Background") != "Foreground":
                self._template(template, drawn)
        self._content(root, drawn)
        for template in templates:
            if template.get("ZOrder") == "Foreground":
                self._template(template, drawn)
        box = Stroke(left, -top - high, left + wide, -top)
        if drawn.resource in self._media:
            pictures[number] = self._media[drawn.resource]
        picture = drawn.picture / (wide * high) if wide * high > 0 else 0.0
        return make_page(number, box, drawn.glyphs, drawn.strokes, picture=picture)

    def _template(self, template: etree._Element, drawn: Drawn) -> None:
        part = self._templates.get(template.get("TemplateID", ""))
        if part is None:
            raise UnreadableDocument("a damaged OFD file: a page uses a template that the document does not have")
        self._content(self._package.tree(part), drawn)

    def _content(self, root: etree._Element, drawn: Drawn) -> None:
        content = child(root, "Content")
        if content is not None:
            draw(content, self._units, drawn)

    def _resources(self, part: str) -> None:
        """Keeps the composite graphics and the names of the pictures of a resource part, which may be missing."""
        if not self._package.has(part):
            return
        root = self._package.tree(part)
        for group in children(root, "CompositeGraphicUnits"):
            for unit in children(group, "CompositeGraphicUnit"):
                self._units[unit.get("ID", "")] = unit
        folder = beside(part, f"{root.get('BaseLoc', '.')}/_")
        for group in children(root, "MultiMedias"):
            for medium in children(group, "MultiMedia"):
                name = beside(folder, text_of(child(medium, "MediaFile")))
                if self._package.has(name):
                    self._media[medium.get("ID", "")] = name
