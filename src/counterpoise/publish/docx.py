"""A brief as a Word document: real styles, repeated table heads, embedded faces."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import vl_convert
from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part as WordPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from counterpoise.publish import theme
from counterpoise.publish.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Finding,
    Heading,
    PageBreak,
    Paragraph,
    Part,
    SourceLine,
    Strong,
    Table,
)
from counterpoise.publish.drawing import register_fonts

_TEXT_WIDTH = 172
_TABLE_STYLE = "BriefTable"
_TABLE_TEXT = "Table Text"
_KINDS = {"lead": "Lead", "note": "Note"}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def render_docx(document: Document, path: Path, *, date: date | None = None) -> None:
    """Write the brief to `path` as a Word document; `date` is the creation date it states.

    The same document and date give the same bytes.
    """
    path.write_bytes(docx_bytes(document, date=date))


def docx_bytes(document: Document, *, date: date | None = None) -> bytes:
    """Return the brief as the bytes of a Word document."""
    word = blank(document, date=date)
    _embed_faces(word)
    _Writer(word).write(document)
    return packed(word)


def blank(document: Document, *, date: date | None = None) -> WordDocument:
    """Return an empty Word document with the brief's styles, page and properties."""
    word = new_document()
    _set_properties(word, document, date)
    _set_styles(word, document.language)
    _set_page(word, document.footer)
    return word


def packed(word: WordDocument) -> bytes:
    """Return a Word document's bytes, the same for the same document."""
    saved = io.BytesIO()
    word.save(saved)
    return _without_clock(saved)


class _Writer:
    """Adds the blocks of a brief to a Word document, counting tables and figures."""

    def __init__(self, word: WordDocument) -> None:
        self.word = word
        self.counts: Counter[str] = Counter()

    def write(self, document: Document) -> None:
        """Add the title, the line under it and all blocks."""
        self._text("Title", (document.title,))
        self._text("Subtitle", document.subtitle)
        for run in theme.runs(document.blocks):
            for index, block in enumerate(run, start=1):
                self._block(block, index)

    def _block(self, block: Block, index: int) -> None:
        match block:
            case Heading(level, content):
                self._text(f"Heading {theme.section_level(level)}", content)
            case Paragraph(content, kind):
                self._text(_KINDS.get(kind, "Body Text"), content)
            case Bullets():
                self._bullets(block)
            case Finding(headline, body):
                line = self._text("Finding Headline", ())
                line.add_run(f"{index}\t").font.color.rgb = _rgb(theme.ACCENT)
                _fill(line, headline)
                self._text("Finding", body)
            case Table():
                self._table(block)
            case Chart():
                self._figure(block)
            case SourceLine(text):
                self._text("Source", (text,))
            case PageBreak():
                self._text("Body Text", ()).add_run().add_break(WD_BREAK.PAGE)

    def _text(self, style: str, content: Iterable[Part]) -> WordParagraph:
        return _fill(self.word.add_paragraph(style=style), content)

    def _bullets(self, bullets: Bullets) -> None:
        number = self._numbering() if bullets.numbered else None
        for item in bullets.items:
            line = self._text("List Bullet" if number is None else "List Number", item)
            if number is not None:
                line._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number

    def _numbering(self) -> int:
        """Return a numbering that starts at one again."""
        style = self.word.styles["List Number"].element
        old = style.pPr.numPr.numId.val
        numbering = self.word.part.numbering_part.element
        number = numbering.add_num(numbering.num_having_numId(old).abstractNumId.val)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(number.numId)

    def _caption(self, label: str, content: Iterable[Part]) -> None:
        self.counts[label] += 1
        line = self._text("Caption", (f"{label} ",))
        _field(line, f"SEQ {label} \\* ARABIC", str(self.counts[label]))
        line.add_run(".\u2002")
        _fill(line, content)

    def _table(self, table: Table) -> None:
        self._caption("Table", table.caption)
        across = len(table.columns)
        grid = self.word.add_table(rows=1 + len(table.rows), cols=across)
        grid.style = self.word.styles[_TABLE_STYLE]
        grid.autofit = False
        weights = theme.column_weights(table)
        widths = [Mm(_TEXT_WIDTH * weight / sum(weights)) for weight in weights]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        places = grid._cells  # all at once: each look-up of a single row walks the whole table
        head = tuple(Cell(content) for content in table.columns)
        for down, (row, cells) in enumerate(zip(grid.rows, (head, *table.rows), strict=True)):
            trait = row._tr.get_or_add_trPr()
            trait.append(OxmlElement("w:cantSplit"))
            if down == 0:
                trait.append(OxmlElement("w:tblHeader"))
            for index, cell in enumerate(cells):
                place = places[down * across + index]
                place.width = widths[index]
                _fill_cell(place, cell, index in table.numeric)
        assumed = any(cell.hatched for row in table.rows for cell in row)
        key = ("Hatched and in italics: assumed. ",) if assumed else ()
        self._text("Note", (*key, *table.note))

    def _figure(self, chart: Chart) -> None:
        self._caption("Figure", chart.caption)
        register_fonts()
        picture = io.BytesIO(vl_convert.svg_to_png(chart.svg, scale=2.5))
        width = Mm(_TEXT_WIDTH * min(chart.width, 1.0))
        line = self._text("Brief Figure", ())
        shape = line.add_run().add_picture(picture, width=width)
        shape._inline.docPr.set("descr", chart.alternative)


def _fill(paragraph: WordParagraph, content: Iterable[Part]) -> WordParagraph:
    for part in content:
        run = paragraph.add_run(part if isinstance(part, str) else part.text)
        if isinstance(part, Strong):
            run.bold = True
    return paragraph


def _fill_cell(place: WordCell, cell: Cell, numeric: bool) -> None:
    line = _fill(place.paragraphs[0], cell.content)
    # By its id: the look-up by name walks all styles for each of a table's thousand cells.
    line._p.style = _TABLE_TEXT.replace(" ", "")
    if numeric:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if cell.hatched:  # some word processors draw hatching as a plain tint
        for run in line.runs:
            run.italic = True
    if cell.shade > 0 or cell.hatched:
        ground = theme.tint(cell.shade)
        shading = OxmlElement("w:shd")
        shading.set(qn("w:val"), "thinDiagStripe" if cell.hatched else "clear")
        shading.set(qn("w:color"), theme.mix(ground, theme.INK, 0.3)[1:])
        shading.set(qn("w:fill"), ground[1:])
        place._tc.get_or_add_tcPr().append(shading)


def _field(paragraph: WordParagraph, code: str, shown: str) -> None:
    run = paragraph.add_run(shown)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    field.append(run._r)
    paragraph._p.append(field)


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*theme.channels(colour))


def _set_properties(word: WordDocument, document: Document, day: date | None) -> None:
    core = word.core_properties
    core.title, core.language, core.revision = document.title, document.language, 1
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    if day is None:
        for stamp in core._element.xpath("./dcterms:created | ./dcterms:modified"):
            core._element.remove(stamp)
    else:
        core.created = core.modified = datetime(day.year, day.month, day.day)
    relations = word.part.package.rels
    for key in [key for key, found in relations.items() if found.reltype.endswith("thumbnail")]:
        relations.pop(key)


def _set_page(word: WordDocument, footer: str) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - _TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    line = section.footer.paragraphs[0]
    line.style = "Footer"
    line.add_run(f"{footer}\t")
    _field(line, "PAGE", "1")
    line.add_run(" / ")
    _field(line, "NUMPAGES", "1")


def _set_styles(word: WordDocument, language: str) -> None:
    defaults = word.styles.element.find(qn("w:docDefaults")).find(".//" + qn("w:rPr"))
    faces, spoken = defaults.find(qn("w:rFonts")), defaults.find(qn("w:lang"))
    faces.attrib.clear()
    for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        faces.set(qn(key), theme.FACE)
    spoken.set(qn("w:val"), {"en": "en-GB"}.get(language, language))
    accent, muted = theme.ACCENT, theme.MUTED
    _style(word, "Normal", 9.5, after=5, line=1.15)
    _style(word, "Body Text", 9.5, after=5, line=1.15)
    _style(word, "Title", 23, bold=True, after=4)
    _style(word, "Subtitle", 11, muted, after=12)
    _style(word, "Heading 1", 14, accent, bold=True, before=18, after=5, joined=True)
    _style(word, "Heading 2", 11, bold=True, before=12, after=4, joined=True)
    _style(word, "Caption", 9.5, bold=True, before=12, after=4, joined=True)
    _style(word, "List Bullet", 9.5, after=3, line=1.15)
    _style(word, "List Number", 9.5, after=3, line=1.15)
    _style(word, "Lead", 11.5, before=4, after=8, line=1.2)
    _style(word, "Note", 8, muted, before=3, after=8)
    _style(word, "Brief Figure", 9.5, after=8)
    _style(word, _TABLE_TEXT, 7.8)
    _style(word, "Source", 7.5, after=3, hanging=4)
    _style(word, "Finding Headline", 11, bold=True, before=8, after=2, joined=True, hanging=8)
    _style(word, "Finding", 9.5, after=5, line=1.15, left=8)
    tabs = _style(word, "Footer", 7.5, muted).paragraph_format.tab_stops
    tabs.add_tab_stop(Mm(_TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    rule, ink = theme.RULE[1:], theme.INK[1:]
    word.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{_TABLE_STYLE}">'
            f'<w:name w:val="{_TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
            f'<w:tblBorders><w:bottom w:val="single" w:sz="8" w:color="{ink}"/>'
            f'<w:insideH w:val="single" w:sz="4" w:color="{rule}"/></w:tblBorders>'
            '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
            '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
            '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
            f'<w:bottom w:val="single" w:sz="8" w:color="{ink}"/></w:tcBorders>'
            '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
        )
    )


def _style(
    word: WordDocument,
    name: str,
    size: float,
    colour: str = theme.INK,
    *,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
    line: float = 1.0,
    left: float = 0,
    hanging: float = 0,
    joined: bool = False,
) -> ParagraphStyle:
    """Define or redefine a paragraph style, dropping what the blank document gave it."""
    if name in word.styles:
        style = word.styles[name]
        unwanted = "w:rPr | w:pPr/w:pBdr | w:pPr/w:tabs | w:pPr/w:contextualSpacing | w:semiHidden"
        for old in style.element.xpath(unwanted):
            old.getparent().remove(old)
    else:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        style.quick_style = True
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is no paragraph style")
    font, shape = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.color.rgb = (
        theme.FACE,
        Pt(size),
        bold or None,
        _rgb(colour),
    )
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), line
    shape.keep_with_next, shape.widow_control = joined, True
    if left or hanging:
        shape.left_indent, shape.first_line_indent = Mm(left + hanging), Mm(-hanging)
    return style


def _embed_faces(word: WordDocument) -> None:
    """Put the shipped faces into the document, masked by a key as the format asks."""
    package = word.part.package
    table = next(part for part in package.iter_parts() if part.partname.endswith("fontTable.xml"))
    fonts = parse_xml(table.blob)
    font = OxmlElement("w:font", {qn("w:name"): theme.FACE})
    tags = ("w:embedRegular", "w:embedBold", "w:embedItalic")
    stems = (theme.FACES["normal", 400], theme.FACES["normal", 600], theme.FACES["italic", 400])
    for index, (tag, stem) in enumerate(zip(tags, stems, strict=True), start=1):
        key = uuid5(NAMESPACE_URL, stem)
        plain = (theme.FONTS / f"{stem}.ttf").read_bytes()
        mask = key.bytes[::-1] * 2
        masked = bytes(a ^ b for a, b in zip(plain[:32], mask, strict=True)) + plain[32:]
        name = PackURI(f"/word/fonts/font{index}.odttf")
        kind = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
        relation = table.relate_to(WordPart(name, kind, masked, package), f"{_RELATIONS}/font")
        traits = {qn("r:id"): relation, qn("w:fontKey"): f"{{{str(key).upper()}}}"}
        font.append(OxmlElement(tag, traits))
    fonts.append(font)
    table._blob = serialize_part_xml(fonts)
    word.settings.element.insert(1, OxmlElement("w:embedTrueTypeFonts"))


def _without_clock(saved: io.BytesIO) -> bytes:
    """Return the same package with one fixed date on all its members."""
    again = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(again, "w") as target:
        for member in source.namelist():
            entry = zipfile.ZipInfo(member, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(member))
    return again.getvalue()
