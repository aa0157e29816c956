"""Arguments given as name=value words: read all at once, with every fault told."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from counterpoise.errors import Problem


def read_words(
    words: Sequence[str], told: dict[str, str], problems: list[Problem]
) -> dict[str, str]:
    """Values by name; `told` says for each name what may be given.

    Words without =, unknown names (with the nearest known), names given twice or without a value
    are added to `problems`.
    """
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            known = ", ".join(f"{known}=…" for known in told)
            problems.append(Problem("word", word, None, "", "", known, "write name=value"))
        elif name not in told:
            near = difflib.get_close_matches(name.lower(), list(told), n=2, cutoff=0.5)
            expected = " or ".join(near or told)
            problems.append(Problem("unknown-word", word, None, "", "", expected, "correct it"))
        elif name in found:
            problems.append(Problem("word-twice", word, None, "", "", "each once", "remove one"))
        elif not value:
            problems.append(Problem("no-value", word, None, "", "", told[name], "add it"))
        else:
            found[name] = value
    return found
