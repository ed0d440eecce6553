"""The door to css_inline: styles move into the tags of a mail; worked out once for a set of tags, not for each mail."""

import re
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from css_inline import CSSInliner

# What differs between mails of the same tags: the texts between these, and where links lead. A line break is part of a
# text, so that a long message has the same tags as a short one.
DIFFERS = re.compile(r'(?<=>)(?=\s*+(?:[^<\s]|<br>))[^<>]*+(?:<br>[^<>]*+)*+(?=<)|(?<=href=")[^"]*+(?=")')
STYLE_ENDS = "</style>"
# Stands for what differs; a private character (Unicode 23.5), which no template of ours has in a tag.
GAP = "\ue000"
SETS_OF_TAGS = 256


class Inlining:
    """Inlines styles; it keeps @media, which dark mode needs, and never fetches anything."""

    def __init__(self) -> None:
        self._around = lru_cache(maxsize=SETS_OF_TAGS)(self._inlined)

    def inline(self, html: str) -> str:
        """Return a page with its styles in its tags; texts and links stay as they are, for no style asks what they say."""
        before, styles, after = _parted(html)
        around = self._around(DIFFERS.sub(GAP, before) + styles + DIFFERS.sub(GAP, after))
        if around is None:
            return self._inliner.inline(html)
        differs = [*DIFFERS.findall(before), *DIFFERS.findall(after), ""]
        return "".join(chain.from_iterable(zip(around, differs, strict=True)))

    def _inlined(self, tags: str) -> list[str] | None:
        """Return what stands between the gaps; None where one was dropped or moved, as that of a <link> is."""
        pieces = tags.split(GAP)
        numbered = "".join(f"{piece}{GAP}{number}{GAP}" for number, piece in enumerate(pieces[:-1])) + pieces[-1]
        around = self._inliner.inline(numbered).split(GAP)
        return around[::2] if around[1::2] == [str(number) for number in range(len(pieces) - 1)] else None

    @cached_property
    def _inliner(self) -> "CSSInliner":
        # Imported on first use: pages need no inliner, and it is 17 ms of a start.
        from css_inline import CSSInliner

        return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _parted(html: str) -> tuple[str, str, str]:
    """Return what stands before the style sheet of a page, the sheet, and what stands after it."""
    head, ends, after = html.partition(STYLE_ENDS)
    before, begins, styles = head.partition("<style>")
    return (before, begins + styles + ends, after) if ends else ("", "", html)
