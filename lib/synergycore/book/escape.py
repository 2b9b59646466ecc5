"""What comes from outside, written so that a page shows it as it is and does nothing with it.

Model names, parameters, prompts, what a model writes: none of it was written for a page.
"""

from __future__ import annotations

import re

SPECIAL = r"[*`$<>{}\[\]\\|#~&^!@]"
EDGE = r"(?<![^\W_])_|_(?![^\W_])"  # within a word, as in z_norm, it is a letter
LINK = r":(?=\S)|(?<=\b[wW]{3})\."  # what would make a link of an address
FIRST = r"\A[!-/:-@\[-`{-~]|\A\d{1,9}[.)](?=\s|\Z)"  # of a line: a list, a fence, a rule, a comment
LOOKALIKES = str.maketrans("<>&", "‹›＆")
READ = re.compile("|".join((SPECIAL, EDGE, LINK, FIRST)))


def literal(text: str) -> str:
    """Text in one line, with what Markdown would read as more than text written as entities."""
    return READ.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", _line(text))


def title(text: str) -> str:
    """Text for a title, in which signs of HTML are replaced by others that look like them.

    The theme and the search of the site write titles as HTML, entities or not.
    """
    return literal(text.translate(LOOKALIKES))


def code(text: str) -> str:
    """Text in one line as code of Markdown; nothing within it is read. Empty for no text."""
    text = _line(text)
    if not text:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def _line(text: str) -> str:
    """Without line breaks and without what is not seen, such as a switch of direction."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())
