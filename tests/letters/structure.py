"""What PDF/UA-1 asks of a finished letter, as far as the file tells it (checkpoints of the Matterhorn Protocol).

The validator that others use needs Java and a download, so these are our own readings of it; the record of decisions
lists which checkpoints are among them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

PAINTS = frozenset(["Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "EI"])
CHILDREN = {
    "L": {"LI", "Caption", "L"},
    "LI": {"Lbl", "LBody"},
    "Table": {"THead", "TBody", "TFoot", "TR", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TR": {"TH", "TD"},
}
PARENTS = {"LI": {"L"}, "LBody": {"LI"}, "TR": {"Table", "THead", "TBody", "TFoot"}, "TD": {"TR"}, "TH": {"TR"}}
KNOWN = {
    "Document", "Part", "Sect", "Div", "P", "H1", "H2", "H3", "L", "LI", "Lbl", "LBody", "Table", "THead", "TBody",
    "TR", "TH", "TD", "Span", "Link", "Strong", "Em", "Figure", "Caption", "Title", "BlockQuote", "NonStruct",
}  # fmt: skip


def faults(pdf: bytes, language: str) -> list[str]:
    """What is wrong with a letter's structure, a sentence each, with the checkpoint it is against."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [*_of_the_document(document, language), *_of_the_tree(document), *_of_the_pages(document)]


def languages(pdf: bytes) -> set[str]:
    """The languages that runs of a letter say they are in, beside the letter's own."""
    found = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for element in elements(document.Root.StructTreeRoot):
            if "/Lang" in element:
                found.add(str(element.Lang))
        for page in document.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/Lang" in operands[1]:
                    found.add(str(operands[1].Lang))
    return found


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """Every element of the structure, in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node.K)


def _of_the_document(document: pikepdf.Pdf, language: str) -> Iterator[str]:
    root = document.Root
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "The document is not marked as tagged (checkpoint 06-001)."
    if bool(root.get("/MarkInfo", {}).get("/Suspects", False)):
        yield "The document calls its own tags suspect (09-001)."
    if str(root.get("/Lang", "")).split("-")[0] != language.split("-")[0]:
        yield f"The document says its language is {root.get('/Lang')} and not {language} (11-001)."
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "The title is not shown in the window (07-002)."
    with document.open_metadata() as said:
        if said.get("pdfuaid:part") != "1":
            yield "The metadata does not say PDF/UA-1 (06-002)."
        if not str(said.get("dc:title", "")).strip():
            yield "The metadata has no title (06-003)."
    if document.is_encrypted:
        yield "The document is encrypted (26-001)."
    if "/StructTreeRoot" not in root or "/ParentTree" not in root.StructTreeRoot:
        yield "The document has no tree of its structure, or no way back from the pages to it (01-005)."


def _of_the_tree(document: pikepdf.Pdf) -> Iterator[str]:
    roles = {str(k): str(v) for k, v in document.Root.StructTreeRoot.get("/RoleMap", {}).items()}
    level = 0
    for element in elements(document.Root.StructTreeRoot):
        kind = _kind(element, roles)
        if kind not in KNOWN:
            yield f"The tag {kind} is none of the standard ones (02-001)."
        if kind[0] == "H" and kind[1:].isdigit():
            if int(kind[1:]) > level + 1:
                yield f"A heading of level {kind[1:]} follows one of level {level} (14-003)."
            level = int(kind[1:])
        if kind == "Figure" and not str(element.get("/Alt", "")).strip():
            yield "A figure has no words in its place (13-004)."
        inside = [_kind(child, roles) for child in _children(element)]
        if kind in CHILDREN and not set(inside) <= CHILDREN[kind]:
            yield f"A {kind} holds {sorted(set(inside) - CHILDREN[kind])} (09-004)."
        for child in inside:
            if child in PARENTS and kind not in PARENTS[child]:
                yield f"A {child} lies in a {kind} (09-005)."
        if kind == "LI" and "LBody" not in inside:
            yield "An item of a list has no body (16-003)."
        if kind == "TH" and not any("/Scope" in each for each in _attributes(element)):
            yield "The head of a column does not say what it is the head of (15-003)."
    if level == 0:
        yield "There is no heading (14-002)."


def _of_the_pages(document: pikepdf.Pdf) -> Iterator[str]:
    parents = dict(_numbers(document.Root.StructTreeRoot.get("/ParentTree")))
    for number, page in enumerate(document.pages, start=1):
        if page.get("/Annots") and page.get("/Tabs") != "/S":
            yield f"On page {number} the order of the tabulator is not that of the structure (28-008)."
        known = parents.get(int(page.get("/StructParents", -1)))
        marks: list[int | None] = []
        used: set[int] = set()
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                properties = operands[1] if name == "BDC" else None
                has = isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties
                if has:
                    marks.append(int(properties.MCID))
                    used.add(int(properties.MCID))
                else:
                    marks.append(-1 if str(operands[0]) == "/Artifact" else None)
            elif name == "EMC":
                marks.pop()
            elif name in PAINTS and not any(mark is not None for mark in marks):
                yield f"On page {number} something is painted that is neither tagged nor an artifact (01-003)."
        lost = [mark for mark in used if known is None or mark >= len(known) or known[mark] is None]
        if lost:
            yield f"On page {number} the marks {sorted(lost)} belong to no element (01-006)."
        yield from _of_the_fonts(page, number)


def _of_the_fonts(page: pikepdf.Page, number: int) -> Iterator[str]:
    for font in page.get("/Resources", {}).get("/Font", {}).values():
        name = str(font.get("/BaseFont"))
        if "/ToUnicode" not in font:
            yield f"On page {number} the letters of {name} are not told in Unicode (10-001)."
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        described = inner.get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described.keys()):
            yield f"On page {number} the typeface {name} is not embedded (31-009)."


def _numbers(tree: pikepdf.Object | None) -> Iterator[tuple[int, pikepdf.Object]]:
    if tree is None:
        return
    for kid in tree.get("/Kids", ()):
        yield from _numbers(kid)
    flat = list(tree.get("/Nums", ()))
    yield from ((int(key), value) for key, value in zip(flat[::2], flat[1::2], strict=True))


def _kind(element: pikepdf.Dictionary, roles: dict[str, str]) -> str:
    said = str(element.S)
    return roles.get(said, said).removeprefix("/")


def _children(element: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
    held = element.get("/K")
    each = list(held) if isinstance(held, pikepdf.Array) else [held]
    return [child for child in each if isinstance(child, pikepdf.Dictionary) and "/S" in child]


def _attributes(element: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
    held = element.get("/A")
    each = list(held) if isinstance(held, pikepdf.Array) else [held]
    return [one for one in each if isinstance(one, pikepdf.Dictionary)]
