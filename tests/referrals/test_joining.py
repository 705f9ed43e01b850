"""Many PDFs become one: no page is lost, the bookmarks lead where they say, and the bytes stay the same."""

import io

import pypdfium2
import pytest

from referrals.life import PDF
from secondopinion.letters.kinds import examples
from secondopinion.letters.paper import render
from secondopinion.referrals.joining import Bookmark, Joined, NotJoined

LETTER = render("denial_to_member", "medi-cal", "en", examples("denial_to_member")[0].data)


def joined(*pdfs, first=None, bookmarks=()):
    file = io.BytesIO()
    with Joined() as whole:
        for pdf in pdfs:
            whole.add(pdf)
        if first is not None:
            whole.add(first, at=0)
        whole.write_to(file, title="Größe 1", bookmarks=bookmarks)
    return file.getvalue()


def opened(pdf):
    document = pypdfium2.PdfDocument(pdf)
    marks = [(m.level, m.get_title(), m.get_dest().get_index() + 1) for m in document.get_toc()]
    found = len(document), document.get_metadata_value("Title"), marks
    document.close()
    return found


def test_hundreds_of_pages_keep_their_order_and_their_bookmarks():
    bookmarks = [Bookmark("Front", 1), *(Bookmark(f"Paper {n}", n + 2, deep=n % 3) for n in range(1, 400))]
    pdf = joined(*[PDF] * 400, first=PDF, bookmarks=bookmarks)
    pages, title, marks = opened(pdf)
    assert (pages, title) == (401, "Größe 1")
    assert [(words, page) for _, words, page in marks] == [(b.words, b.page) for b in bookmarks]
    assert [level for level, _, _ in marks] == [b.deep for b in bookmarks]


def test_the_same_parts_give_the_same_bytes_and_other_parts_another_identity():
    one = joined(LETTER, PDF)
    assert one == joined(LETTER, PDF)
    identity = one[one.rindex(b"/ID") :]
    other = joined(PDF, LETTER)
    assert other[other.rindex(b"/ID") :] != identity


def test_what_cannot_be_opened_is_refused_and_leaves_the_rest_whole():
    with Joined() as whole:
        whole.add(LETTER)
        before = len(whole)
        with pytest.raises(NotJoined, match="cannot be opened"):
            whole.add(b"%PDF-1.4 broken")
        assert len(whole) == before
    assert opened(joined(LETTER))[2] == []
