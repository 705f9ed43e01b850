"""A letter's ordered sentences as the desk shows them: beside the pages, each with its clause and its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from secondopinion.desk.pictures import Picture, pictures
from secondopinion.desk.referral_words import restatement
from secondopinion.letters.preview import Ordered, Preview, Spot
from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538.matrix import Element

POLICY = "GG.1538 "


@dataclass(frozen=True, slots=True)
class Order:
    """An element with what its clause says, in our own words; empty where the clause is another law's."""

    element: Element
    clause_says: str


@dataclass(frozen=True, slots=True)
class Line:
    """One ordered sentence: which orders it keeps, its words, and the address of its place on the page below."""

    orders: tuple[Order, ...]
    words: str
    page: int | None
    anchor: str
    href: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the letter as a picture, and the lines on it that a clause orders, each under its anchor."""

    picture: Picture
    marked: tuple[tuple[str, tuple[Spot, ...]], ...]


def lines_of(ordered: Iterable[Ordered], edition: Edition) -> list[Line]:
    """The ordered sentences in the order in which they stand."""
    found = []
    for number, one in enumerate(ordered, start=1):
        page = one.place.page if one.place else None
        spots = one.place.spots if one.place else ()
        anchor = f"said-{number}"
        href = f"#{anchor}" if spots else f"#page-{page}" if page else ""
        found.append(Line(orders_of(one.elements, edition), one.words, page, anchor, href))
    return found


def orders_of(elements: Iterable[Element], edition: Edition) -> tuple[Order, ...]:
    """Elements with what the clauses of the policy say."""
    return tuple(
        Order(each, restatement(edition, each.clause.removeprefix(POLICY)) if each.clause.startswith(POLICY) else "")
        for each in elements
    )


def sheets_of(pdf: bytes, ordered: Iterable[Ordered]) -> list[Sheet]:
    """The pages of a letter with their ordered lines; the anchors are those of `lines_of`."""
    marked: dict[int, list[tuple[str, tuple[Spot, ...]]]] = {}
    for number, one in enumerate(ordered, start=1):
        if one.place and one.place.spots:
            marked.setdefault(one.place.page, []).append((f"said-{number}", one.place.spots))
    return [Sheet(picture, tuple(marked.get(picture.number, ()))) for picture in pictures(pdf)]


def matrix_of(
    looked: Preview, by_program: dict[str, tuple[Element, ...]], edition: Edition
) -> list[tuple[Order, list[bool], int | None]]:
    """Each element that some program orders: in which it is ordered, and the page of this letter it stands on."""
    pages: dict[str, int] = {}
    for one in looked.ordered:
        for each in one.elements:
            if one.place is not None:
                pages.setdefault(each.mark, one.place.page)
    every = sorted({each for elements in by_program.values() for each in elements}, key=lambda e: (e.clause, e.mark))
    return [
        (order, [order.element in elements for elements in by_program.values()], pages.get(order.element.mark))
        for order in orders_of(every, edition)
    ]
