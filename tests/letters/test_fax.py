"""A fax goes out once under its key, whatever is told twice, and its report is read back."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pypdfium2
import pytest

from county import TODAY
from letters.samples import frozen
from letters.test_carriers import parcel as plain_parcel
from secondopinion.letters.carriers import Enclosure, Fax, FaxFolder, FaxGateway, NotCarried, Parcel
from secondopinion.letters.carriers.fax import FaxReport, FaxState, dialled, read_report
from secondopinion.letters.kinds import examples
from secondopinion.letters.paper import render
from secondopinion.letters.sheets import address_sheet, fax_cover

NUMBER = "1-714-555-0151"


@cache
def a_letter() -> bytes:
    letter = frozen("approval_to_requester", examples("approval_to_requester")[0])
    return render(letter.kind, letter.program, letter.language, letter.data)


def parcel(**other: object) -> Parcel:
    pdf = a_letter()
    return replace(plain_parcel(), pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), to=NUMBER, **other)


class Gateway(BaseHTTPRequestHandler):
    """A fax service as the gateway's protocol wants it: a fax for each key."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, dict(self.headers)))
        if self.server.answers != 204:
            self._answer(self.server.answers, b"")
        else:
            self.server.faxes[self.path] = (self.headers["X-Fax-To"], body)
            self._answer(204, b"")

    def do_GET(self) -> None:
        self._answer(200, json.dumps(self.server.reports.get(self.path, {"state": "sending"})).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.told, server.faxes, server.reports, server.answers = [], {}, {}, 204
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def line_to(service: ThreadingHTTPServer) -> FaxGateway:
    return FaxGateway(f"http://127.0.0.1:{service.server_port}/", "a-secret-token")


def test_a_fax_goes_to_the_gateway_under_its_key_and_twice_is_once(service):
    fax = Fax(line_to(service))
    assert fax.post(parcel()) == fax.post(parcel()) == f"fax/{parcel().key}"
    assert service.faxes == {f"/faxes/{parcel().key}": ("+17145550151", parcel().pdf)}
    assert {headers["Authorization"] for _, headers in service.told} == {"Bearer a-secret-token"}


def test_cover_letter_and_enclosures_are_one_document_in_this_order(service):
    on = TODAY
    cover = fax_cover("Dr. Grace Lind", ("200 Clinic Way", "Orchard City, CA 92999"), "+17145550151", "medi-cal", on,
                      (a_letter(), a_letter()))  # fmt: skip
    enclosed = Enclosure("r.pdf", a_letter(), hashlib.sha256(a_letter()).hexdigest())
    Fax(line_to(service)).post(parcel(cover=cover, enclosures=(enclosed,)))
    ((_, sent),) = service.faxes.values()
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(sent)]
    each = len(pypdfium2.PdfDocument(a_letter()))
    assert len(pages) == 1 + 2 * each
    assert "This fax is private." in pages[0]
    assert f"{1 + 2 * each}, this one included" in " ".join(pages[0].split())
    assert pages[1 : 1 + each] == pages[1 + each :]


@pytest.mark.parametrize(
    ("said", "report"),
    [
        ({"state": "delivered"}, FaxReport(FaxState.DELIVERED)),
        ({"state": "failed", "why": "busy,\n five times"}, FaxReport(FaxState.FAILED, "busy, five times")),
        (None, FaxReport(FaxState.SENDING)),
    ],
)
def test_what_became_of_a_fax_is_read_from_the_gateway(service, said, report):
    if said:
        service.reports[f"/faxes/{parcel().key}"] = said
    assert line_to(service).report(parcel().key) == report


def test_a_gateway_that_refuses_is_told_by_its_answer_and_nothing_secret_is_shown(service):
    service.answers = 503
    with pytest.raises(NotCarried, match=r"answered 503") as refused:
        Fax(line_to(service)).post(parcel())
    assert "a-secret-token" not in f"{refused.value}{line_to(service)!r}"
    assert "555" not in str(refused.value)


def test_a_gateway_that_is_away_leaves_the_letter_waiting(service):
    gone = FaxGateway("http://127.0.0.1:1/", "token")
    with pytest.raises(NotCarried, match=r"did not answer"):
        Fax(gone).post(parcel())


def test_health_data_never_goes_to_a_gateway_without_tls():
    with pytest.raises(NotCarried, match="must begin with https"):
        FaxGateway("http://fax.example/", "token")


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b'{"state": "lost"}', b"\xff", b"null"])
def test_a_report_that_is_not_understood_is_refused_in_a_sentence(said):
    with pytest.raises(NotCarried, match="is not understood"):
        read_report(said)


def test_the_folder_keeps_a_fax_once_and_gives_its_report(tmp_path):
    fax = Fax(FaxFolder(tmp_path))
    fax.post(parcel())
    fax.post(parcel())
    key = parcel().key
    assert {p.name for p in (tmp_path / "outgoing").iterdir()} == {f"{key}.pdf", f"{key}.json"}
    assert json.loads((tmp_path / "outgoing" / f"{key}.json").read_text()) == {"to": "+17145550151"}
    assert fax.line.report(key).state is FaxState.SENDING
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / f"{key}.json").write_text('{"state": "failed", "why": "no fax at this number"}')
    assert fax.line.report(key) == FaxReport(FaxState.FAILED, "no fax at this number")


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotCarried, match="The fax folder took no fax"):
        Fax(FaxFolder(tmp_path / "file")).post(parcel())


@pytest.mark.parametrize("number", ["(714) 555-0151", "1-714-555-0151", "+1 714 555 0151", "714.555.0151"])
def test_a_number_is_dialled_in_one_form(number):
    assert dialled(number) == "+17145550151"


@pytest.mark.parametrize("number", ["", "911", "555-0151", "0714-555-0151", "44 20 7946 0000", "call the office"])
def test_a_number_that_cannot_be_dialled_is_refused(number):
    with pytest.raises(NotCarried, match="no number that can be dialled"):
        dialled(number)


def test_a_sheet_shows_an_address_where_a_letter_shows_it_and_nothing_else():
    sheet = address_sheet("Rosa Delgado", ("PO Box 99", "Orchard City, CA 92998"), "medi-cal", TODAY)
    assert sheet == address_sheet("Rosa Delgado", ("PO Box 99", "Orchard City, CA 92998"), "medi-cal", TODAY)
    letter = pypdfium2.PdfDocument(a_letter())[0].get_textpage()
    page = pypdfium2.PdfDocument(sheet)[0].get_textpage()
    text = " ".join(page.get_text_bounded().split())
    assert text.endswith("Rosa Delgado PO Box 99 Orchard City, CA 92998")
    name = frozen("approval_to_requester", examples("approval_to_requester")[0]).data["recipient"]["name"]
    tops = [round(p.get_charbox(p.search(n).get_next()[0])[3]) for p, n in ((page, "Rosa"), (letter, name))]
    assert abs(tops[0] - tops[1]) <= 4, "both stand in the window of the envelope"
