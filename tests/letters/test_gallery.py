"""The gallery hangs every letter of every kind."""

from secondopinion.letters.gallery import hang, picture
from secondopinion.letters.kinds import KINDS, examples


def test_every_example_hangs_in_the_gallery(tmp_path):
    files = hang(tmp_path / "gallery")
    assert len(files) == sum(len(examples(kind.name)) * len(kind.languages) for kind in KINDS.values())
    assert all(f.read_bytes().startswith(b"%PDF") for f in files)


def test_a_picture_is_named_after_its_kind_example_and_language():
    assert picture("denial_to_member", "example-onecare").name == "denial_to_member--example-onecare.en.pdf"
