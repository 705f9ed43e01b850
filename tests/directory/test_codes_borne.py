"""The specialties that the directory's entries bear, found by walking the index from code to code."""

from __future__ import annotations

from county import county
from secondopinion.directory.known import codes_borne
from secondopinion.directory.models import QualifiedProfessional


def test_every_specialty_of_an_entry_is_found_once(as_plan: None) -> None:
    county()
    borne = list(QualifiedProfessional.objects.values_list("taxonomy", flat=True))
    assert len(set(borne)) > 3
    assert list(codes_borne()) == sorted(set(borne))


def test_nobody_in_the_directory_bears_nothing(as_plan: None) -> None:
    assert codes_borne() == ()
