"""Footnotes of a Word document: the library that writes it knows none."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part as WordPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph

_NAME = PackURI("/word/footnotes.xml")
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_TEXT, _MARK = "footnote text", "footnote reference"
_SEPARATORS = ((-1, "separator"), (0, "continuationSeparator"))


class Footnotes:
    """Collects the footnotes of a document; `close` puts them into it."""

    def __init__(self, word: WordDocument) -> None:
        self.word = word
        self.count = 0
        text = word.styles.add_style(_TEXT, WD_STYLE_TYPE.PARAGRAPH)
        text.base_style, text.font.size = word.styles["Normal"], Pt(8)
        text.paragraph_format.space_after = Pt(1)
        mark = word.styles.add_style(_MARK, WD_STYLE_TYPE.CHARACTER)
        mark.font.superscript = True
        self._text, self._mark = text.style_id, mark.style_id
        self._root = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
        for number, kind in _SEPARATORS:
            note = self._note(number)
            note.set(qn("w:type"), kind)
            line = OxmlElement("w:p")
            line.append(_run(OxmlElement(f"w:{kind}")))
            note.append(line)

    def add(self, paragraph: WordParagraph, text: str) -> None:
        """Put the mark of a new footnote at the end of a paragraph."""
        self.count += 1
        mark = paragraph.add_run(style=self.word.styles[_MARK])
        mark._r.append(OxmlElement("w:footnoteReference", {qn("w:id"): str(self.count)}))
        line = OxmlElement("w:p")
        shape = OxmlElement("w:pPr")
        shape.append(OxmlElement("w:pStyle", {qn("w:val"): self._text}))
        number = _run(OxmlElement("w:footnoteRef"))
        look = OxmlElement("w:rPr")
        look.append(OxmlElement("w:rStyle", {qn("w:val"): self._mark}))
        number.insert(0, look)
        words = OxmlElement("w:t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
        words.text = f" {text}"
        for part in (shape, number, _run(words)):
            line.append(part)
        self._note(self.count).append(line)

    def part_marks(self, paragraph: WordParagraph) -> None:
        """Put a raised comma between two marks that stand side by side."""
        paragraph.add_run(", ", style=self.word.styles[_MARK])

    def close(self) -> None:
        """Add the footnotes to the document's package and name them in its settings."""
        package = self.word.part.package
        part = WordPart(_NAME, _CONTENT, serialize_part_xml(self._root), package)
        self.word.part.relate_to(part, _RELATION)
        told = OxmlElement("w:footnotePr")
        for number, _ in _SEPARATORS:
            told.append(OxmlElement("w:footnote", {qn("w:id"): str(number)}))
        settings = self.word.settings.element
        settings.insert_element_before(told, "w:endnotePr", "w:compat", "w:rsids")

    def _note(self, number: int) -> BaseOxmlElement:
        note = OxmlElement("w:footnote", {qn("w:id"): str(number)})
        self._root.append(note)
        return note


def _run(content: BaseOxmlElement) -> BaseOxmlElement:
    run = OxmlElement("w:r")
    run.append(content)
    return run
