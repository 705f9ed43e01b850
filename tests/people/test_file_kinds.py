"""A file is what its content says, whole and one thing only; what acts in it is found, whoever looks."""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pikepdf
import pytest

from secondopinion.people.kept.clamd import Clamd
from secondopinion.people.kept.kinds import Kind, NotTaken, kind_of
from secondopinion.people.kept.scanning import EICAR, NotScanned, OfTheHouse, Verdict
from secondopinion.people.kept.taking import examined


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_pdf(change=None, **how) -> bytes:
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        if change is not None:
            change(pdf)
        pdf.save(out, **how)
    return out.getvalue()


PDF = a_pdf()
PNG = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
)  # fmt: skip
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0" + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9"
)
TIFF = (
    b"II*\0\x08\0\0\0" + struct.pack("<H", 2)
    + struct.pack("<HHII", 273, 4, 1, 38) + struct.pack("<HHII", 279, 4, 1, 4)
    + struct.pack("<I", 0) + b"\x01\x02\x03\x04"
)  # fmt: skip
CDA = b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Note</title></ClinicalDocument>'
TEXT = b"Six weeks of exercise.\n"
WHOLE = {Kind.PDF: PDF, Kind.PNG: PNG, Kind.JPEG: JPEG, Kind.TIFF: TIFF, Kind.CDA: CDA, Kind.TEXT: TEXT}
ARCHIVE = b"PK\x03\x04inside" + b"PK\x05\x06" + b"\0" * 18


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_told_by_its_content(kind):
    assert examined(WHOLE[kind], Kind) is kind


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_that_is_not_taken_here_is_refused_in_words(kind):
    others = [other for other in Kind if other is not kind]
    with pytest.raises(NotTaken, match="whatever its name says"):
        kind_of(WHOLE[kind], others)


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.PNG, Kind.JPEG, Kind.TIFF])
@pytest.mark.parametrize("behind", [ARCHIVE, b"<script>alert(1)</script>", b"\x7fELF\x02", PNG])
def test_nothing_rides_behind_a_file(kind, behind):
    with pytest.raises(NotTaken):
        kind_of(WHOLE[kind] + behind, Kind)


@pytest.mark.parametrize(
    "two",
    [
        PNG[:33] + chunk(b"tEXt", b"c\0%PDF-1.7 1 0 obj") + PNG[33:],
        PNG[:33] + chunk(b"tEXt", b"c\0<script>alert(1)</script>") + PNG[33:],
        JPEG[:20] + b"\xff\xfe\x00\x0c%PDF-1.7\r\n" + JPEG[20:],
        PDF.replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1),
        PDF[: PDF.rindex(b"%%EOF")] + b"%" + ARCHIVE + b"\n%%EOF\n",
        b"MZ a program that says it is text",
        b"#!/bin/sh\necho a script that says it is text\n",
    ],
)
def test_what_is_two_things_at_once_is_neither(two):
    with pytest.raises(NotTaken, match="something else at the same time"):
        kind_of(two, Kind)


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.PNG, Kind.JPEG, Kind.TIFF])
def test_a_file_that_is_cut_off_is_refused(kind):
    with pytest.raises(NotTaken, match="cut off"):
        kind_of(WHOLE[kind][:-6], Kind)


def test_a_picture_with_a_changed_byte_is_refused():
    with pytest.raises(NotTaken, match="damaged"):
        kind_of(PNG.replace(b"IDAT", b"IDAX"), Kind)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + CDA[22:],
        b"<html><body>hello</body></html>",
        b'<ClinicalDocument xmlns="urn:example:other"/>',
        b"<ClinicalDocument xmlns='urn:hl7-org:v3'>",
        b"\xff\xfe\x00binary",
        b"bell \x07 rings",
        b"PK\x03\x04 an archive",
        b"GIF89a\x01\x00",
    ],
)
def test_what_is_no_kind_of_ours_is_refused(content):
    with pytest.raises(NotTaken, match="whatever its name says"):
        kind_of(content, Kind)


def test_an_empty_and_a_large_file_are_refused_with_what_to_do():
    with pytest.raises(NotTaken, match="Choose the file again"):
        kind_of(b"", Kind)
    with pytest.raises(NotTaken, match="the most is 1 MB"):
        kind_of(TEXT * 100_000, Kind, largest=1024 * 1024)


def with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert('hello')"))


def with_launch(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="calc.exe"))


def with_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["inside.txt"] = b"a file inside"


def with_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Array([]), Fields=pikepdf.Array([]))


@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
@pytest.mark.parametrize(
    ("change", "words"),
    [(with_script, "a script"), (with_launch, "a program"), (with_file, "a file inside"), (with_form, "a form")],
)
def test_what_acts_in_a_pdf_is_found_also_where_it_is_packed(change, words, packed):
    content = a_pdf(change, object_stream_mode=packed, compress_streams=True)
    if packed is pikepdf.ObjectStreamMode.generate:
        assert b"/ObjStm" in content
    assert words in OfTheHouse().scan(content).found
    with pytest.raises(NotTaken, match="The scanner found"):
        examined(content, (Kind.PDF,))


def test_a_name_written_in_digits_is_read_all_the_same():
    content = a_pdf(with_script, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert OfTheHouse().scan(content.replace(b"/JavaScript", b"/J#61vaScr#69pt")).found == "a script"


def test_a_pdf_that_hides_behind_a_lock_or_an_odd_packing_is_not_called_clean():
    locked = a_pdf(with_script, encryption=pikepdf.Encryption(owner="owner", user=""))
    assert OfTheHouse().scan(locked).found
    packed = a_pdf(with_script, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    odd = packed.replace(b"/FlateDecode", b"/LZWDecode  "[:12])
    assert OfTheHouse().scan(odd).found == "a part that cannot be looked into"


def test_a_plain_pdf_is_clean_packed_or_not():
    for mode in (pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate):
        assert OfTheHouse().scan(a_pdf(object_stream_mode=mode)).clean


def test_the_test_file_of_the_trade_is_found():
    assert OfTheHouse().scan(EICAR) == Verdict("the EICAR test file", "house")
    with pytest.raises(NotTaken, match="EICAR"):
        examined(EICAR, Kind)


@contextmanager
def a_daemon(answer: bytes, *, silent: bool = False) -> Iterator[tuple[str, list[bytes]]]:
    """A clamd of one answer on a port of its own, and the files it was sent."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as reading:
                assert reading.read(10) == b"zINSTREAM\0"
                whole = b""
                while size := struct.unpack(">I", reading.read(4))[0]:
                    whole += reading.read(size)
                got.append(whole)
                if not silent:
                    line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", got
        thread.join(5)


def test_the_daemon_gets_the_whole_file_in_pieces_and_its_word_counts():
    content = PDF + b" " * 200_000
    with a_daemon(b"stream: OK\0") as (at, got):
        assert Clamd(at).scan(content) == Verdict("", "clamd")
    assert got == [content]
    with a_daemon(b"stream: Win.Test.EICAR_HDB-1 FOUND\0") as (at, _):
        assert Clamd(at).scan(TEXT).found == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OKAY\0", b""])
def test_what_the_daemon_did_not_look_at_is_not_clean(answer):
    with a_daemon(answer) as (at, _), pytest.raises(NotScanned, match="could not look"):
        Clamd(at).scan(TEXT)


def test_a_daemon_that_is_away_keeps_files_out(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    settings.FILE_SCANNER = f"127.0.0.1:{free}"
    with pytest.raises(NotTaken, match="scanner does not answer"):
        examined(TEXT, Kind)
