"""A small writer of OFD files for tests. Source of the elements: GB/T 33190-2016, chapters 7 to 12."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

_MM = 25.4 / 72
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


@dataclass
class Sheet:
    """One page in points from the lower left corner; `objects` are the XML of what stands on it."""

    width: float = 595.0
    height: float = 842.0
    objects: list[str] = field(default_factory=list)
    after: str = ""
    """Elements of the page beside its content, a reference to a template for one."""

    def text(self, x: float, y: float, text: str, size: float = 12.0) -> None:
        """Prints `text` from (x, y), its base line, the steps between its letters written in the short form."""
        em = size * _MM
        self.objects.append(
            f'<ofd:TextObject ID="1" Boundary="{x * _MM:.3f} {(self.height - y) * _MM - em:.3f} 200 {2 * em:.3f}" '
            f'Font="3" Size="{em:.3f}"><ofd:TextCode X="0" Y="{em:.3f}"{deltas(text, em)}>{escape(text)}'
            "</ofd:TextCode></ofd:TextObject>"
        )

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked line."""
        x, y = min(x0, x1) * _MM, (self.height - max(y0, y1)) * _MM
        wide, high = abs(x1 - x0) * _MM, abs(y1 - y0) * _MM
        self.objects.append(
            f'<ofd:PathObject ID="2" Boundary="{x:.3f} {y:.3f} {wide + 0.1:.3f} {high + 0.1:.3f}" LineWidth="0.2">'
            f"<ofd:AbbreviatedData>M 0 0 L {wide:.3f} {high:.3f}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def bar(self, x: float, y: float, wide: float, high: float) -> None:
        """A filled rectangle."""
        w, h = wide * _MM, high * _MM
        self.objects.append(
            f'<ofd:PathObject ID="2" Boundary="{x * _MM:.3f} {(self.height - y - high) * _MM:.3f} {w:.3f} {h:.3f}" '
            'Stroke="false" Fill="true"><ofd:FillColor Value="0 0 0"/>'
            f"<ofd:AbbreviatedData>S 0 0 L {w:.3f} 0 L {w:.3f} {h:.3f} L 0 {h:.3f} C</ofd:AbbreviatedData>"
            "</ofd:PathObject>"
        )

    def xml(self) -> str:
        """The part of the page."""
        return (
            f"<ofd:Page {NAMESPACE}>{self.after}<ofd:Area><ofd:PhysicalBox>0 0 {self.width * _MM:.3f} "
            f'{self.height * _MM:.3f}</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="9" Type="Body">'
            f"<ofd:PageBlock>{''.join(self.objects)}</ofd:PageBlock></ofd:Layer></ofd:Content></ofd:Page>"
        )


def deltas(text: str, em: float) -> str:
    """The DeltaX of a text, equal steps in the short form `g n d`."""
    steps = [em / 2 if char.isascii() else em for char in text[:-1]]
    words: list[str] = []
    at = 0
    while at < len(steps):
        same = next((n for n in range(at, len(steps)) if steps[n] != steps[at]), len(steps)) - at
        words += ["g", str(same), f"{steps[at]:.4f}"] if same > 2 else [f"{steps[at]:.4f}"] * same
        at += same
    return f' DeltaX="{" ".join(words)}"' if words else ""


def ofd(*documents: Iterable[Sheet], info: str = "", common: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """A file of documents; `info` goes into DocInfo, `common` into CommonData, `parts` are further parts by name."""
    members: dict[str, str] = {}
    bodies = ""
    for number, sheets in enumerate(documents):
        folder = f"Doc_{number}"
        bodies += f"<ofd:DocBody><ofd:DocInfo>{info}</ofd:DocInfo>"
        bodies += f"<ofd:DocRoot>{folder}/Document.xml</ofd:DocRoot></ofd:DocBody>"
        pages = ""
        for index, sheet in enumerate(sheets):
            pages += f'<ofd:Page ID="{100 + index}" BaseLoc="Pages/Page_{index}/Content.xml"/>'
            members[f"{folder}/Pages/Page_{index}/Content.xml"] = sheet.xml()
        members[f"{folder}/Document.xml"] = (
            f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>1</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>"
            f"0 0 210 297</ofd:PhysicalBox></ofd:PageArea>{common}</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages>"
            "</ofd:Document>"
        )
    members["OFD.xml"] = f'<ofd:OFD {NAMESPACE} Version="1.1" DocType="OFD">{bodies}</ofd:OFD>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**members, **(parts or {})}.items():
            package.writestr(name, _HEAD + text)
    return out.getvalue()
