"""Reads a page as a browser does, far enough to ask about it what a validator and a screen reader would."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"meta", "link", "br", "hr", "img", "input"}
LANDS_ELSEWHERE = {"src", "srcset", "href", "xlink:href", "action", "data", "poster", "formaction", "ping"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list["Node"]:
        """Those of one kind inside, in the order of the page."""
        return [found for child in self.children for found in ([child] if child.tag == tag else []) + child.all(tag)]

    def everything(self) -> list["Node"]:
        return [found for child in self.children for found in [child, *child.everything()]]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


class Page(HTMLParser):
    """The tree of a page. Raises AssertionError where a tag is not closed, or closes what is not open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("page")
        self.open = [self.root]
        self.feed(html)
        self.close()
        assert [node.tag for node in self.open] == ["page"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        assert len(node.attributes) == len(attrs), f"{tag} says an attribute twice"
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> where {self.open[-1].tag} is open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for node in self.open:
            node.words.append(data)

    def section(self, name: str) -> Node:
        (found,) = [node for node in self.root.all("section") if node.attributes.get("id") == name]
        return found

    def table(self, caption: str) -> list[list[str]]:
        """The cells of the one table under a caption, its head first."""
        (found,) = [node for node in self.root.all("table") if node.all("caption")[0].text == caption]
        return [[cell.text for cell in row.children] for row in found.all("tr")]


def faults(page: Page) -> list[str]:
    """Why this page would not be usable by everyone, or not stand alone."""
    return [*_headings(page.root), *_tables(page.root), *_pictures(page.root), *_names(page.root), *_fetches(page.root)]


def _headings(root: Node) -> list[str]:
    levels = [int(node.tag[1]) for node in root.everything() if node.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    found = [] if levels.count(1) == 1 and levels[0] == 1 else ["not one h1 that comes first"]
    return found + [f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]


def _tables(root: Node) -> list[str]:
    found = []
    for table in root.all("table"):
        if not table.children or table.children[0].tag != "caption" or not table.children[0].text:
            found.append("a table without a caption")
        found += [f"a th without scope: {th.text}" for th in table.all("th") if not th.attributes.get("scope")]
        if not table.all("thead"):
            found.append("a table without a head to repeat on paper")
    scrolled = [node for node in root.all("div") if "scroll" in node.attributes.get("class", "").split()]
    if sum(len(node.all("table")) for node in scrolled) != len(root.all("table")):
        found.append("a table that cannot be scrolled")
    for node in scrolled:
        if node.attributes.get("role") != "region" or node.attributes.get("tabindex") != "0":
            found.append("a scrolled region that a keyboard does not reach")
    return found


def _pictures(root: Node) -> list[str]:
    found = []
    for svg in root.all("svg"):
        told = [node for node in svg.children if node.tag in {"title", "desc"} and node.text]
        wired = svg.attributes.get("aria-labelledby", "").split()
        if svg.attributes.get("role") != "img" or [node.attributes.get("id") for node in told] != wired:
            found.append("a picture that a screen reader is not told of")
        if [node.tag for node in told] != ["title", "desc"]:
            found.append("a picture without title and description")
    return found


def _names(root: Node) -> list[str]:
    ids = Counter(node.attributes["id"] for node in root.everything() if "id" in node.attributes)
    found = [f"two of {name}" for name, count in ids.items() if count > 1]
    for node in root.everything():
        pointed = [*node.attributes.get("aria-labelledby", "").split()]
        pointed += [node.attributes["href"][1:]] if node.attributes.get("href", "").startswith("#") else []
        found += [f"nothing is called {name}" for name in pointed if name not in ids]
    return found


def _fetches(root: Node) -> list[str]:
    found = [f"a {node.tag}" for node in root.everything() if node.tag in {"script", "iframe", "object", "embed"}]
    for node in root.everything():
        for name, value in node.attributes.items():
            if name in LANDS_ELSEWHERE and value not in {"", "data:,"} and not value.startswith("#"):
                found.append(f"{node.tag} {name} leads to {value}")
            if name.startswith("on") or "url(" in value.replace("url(#", ""):
                found.append(f"{node.tag} {name} does or fetches something")
    styles = " ".join(node.text for node in root.all("style"))
    return found + [f"a style has {word}" for word in ("@import", "url(", "@font-face") if word in styles]
