"""Reads a mail as its recipient does: what is visible in the HTML, block by block, and what it links or loads."""

from html.parser import HTMLParser

BLOCKS = {"html", "body", "main", "div", "table", "tbody", "tr", "td", "th", "caption", "p", "h1", "h2", "ol", "ul"}
BLOCKS |= {"li", "blockquote", "br"}
UNSEEN = {"head", "style", "title"}
VOID = {"br", "meta", "link", "img", "input", "hr"}


class Reader(HTMLParser):
    """Collects the visible blocks of text in reading order, the links, and every start tag with its attributes."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, bool]] = []
        self._words: list[str] = []
        self.feed(document)
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        values = {name: value or "" for name, value in attributes}
        self.tags.append((tag, values))
        if tag == "a":
            self.links.append(values["href"])
        if tag in BLOCKS:
            self._end_block()
        if tag not in VOID:
            hidden = tag in UNSEEN or "display: none" in values.get("style", "")
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in BLOCKS:
            self._end_block()
        if tag not in VOID:
            assert self._open.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        """Take words that can be seen."""
        if not any(hidden for _, hidden in self._open):
            self._words.append(data)

    def _end_block(self) -> None:
        words = " ".join("".join(self._words).split())
        if words:
            self.blocks.append(words)
        self._words.clear()

    def attributes(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def squeezed(text: str) -> str:
    """Return a text part on one line, without the marks of quotations and lists."""
    return " ".join(" ".join(line.removeprefix(">").removeprefix("- ") for line in text.splitlines()).split())
