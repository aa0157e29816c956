"""An answer as one paragraph for a report: its sentence and main reasons, sources as footnotes."""

from __future__ import annotations

from collections.abc import Sequence

from counterpoise.publish.answer_text import citation, source_note
from counterpoise.publish.blocks import Document, parts
from counterpoise.publish.docx import blank, packed
from counterpoise.publish.footnotes import Footnotes
from counterpoise.questions.question import Answer, Cited

MOST_REASONS = 4
"""Reasons that the paragraph tells."""

MOST_NOTES = 4
"""Sources noted at one sentence, heaviest first."""

_LEAST = 0.01
"""Weight that a source noted at the first sentence must have."""

Noted = tuple[str, tuple[str, ...]]
"""A sentence with its footnotes."""


def paragraph(answer: Answer) -> list[Noted]:
    """The sentences of the paragraph, each with its footnotes; each source is noted once.

    A reason has the sources of the table's rows that stand behind it, by their column `reason`;
    the first sentence those of the others that weigh most; the last one cites the answer.
    """
    reasons = [item for item in answer.reasons if item][:MOST_REASONS]
    behind = [_behind(answer, reason) for reason in reasons]
    taken = {item.key for some in behind for item in some}
    rest = [item for item in answer.sources if item.key not in taken and item.weight >= _LEAST]
    first = rest or ([] if taken else list(answer.sources))
    noted: set[str] = set()
    told = [(_sentence(answer.sentence), _notes(first, noted))]
    told += [
        (_sentence(reason), _notes(some, noted))
        for reason, some in zip(reasons, behind, strict=True)
    ]
    share = f"{answer.assumed_share:.0%} of the result rests on assumed inputs."
    return [*told, (share, (citation(answer),))]


def paragraph_docx(answer: Answer) -> bytes:
    """The paragraph as a Word document with real footnotes."""
    word = blank(Document(answer.question.text, parts()))
    notes = Footnotes(word)
    line = word.add_paragraph(style="Body Text")
    for at, (sentence, found) in enumerate(paragraph(answer)):
        line.add_run(f" {sentence}" if at else sentence)
        for number, text in enumerate(found):
            if number:
                notes.part_marks(line)
            notes.add(line, text)
    notes.close()
    return packed(word)


def _behind(answer: Answer, reason: str) -> list[Cited]:
    """Sources of the rows whose `reason` is the first word of a line, heaviest first."""
    first = reason.split(" ")[0].casefold()
    rows = [row for row in answer.table if str(row.get("reason") or "").casefold() == first]
    keys = {key for row in rows for key in str(row.get("sources") or "").split("; ")}
    return [item for item in answer.sources if item.key in keys]


def _notes(sources: Sequence[Cited], noted: set[str]) -> tuple[str, ...]:
    found = [item for item in sources if item.key not in noted][:MOST_NOTES]
    noted.update(item.key for item in found)
    return tuple(source_note(item) for item in found)


def _sentence(text: str) -> str:
    """A text with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
