"""Searching the directory: by name as people remember it, NPI, specialty, place, language, network.

Every filter has an index of its own (models.py), and pages are cut by the key of their last row, so that the search
holds at millions of professionals. A count stops at `MANY`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.lookups import GreaterThan

from secondopinion.directory.areas import Area, placed_within
from secondopinion.directory.folding import Folded, folded
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.directory.models_dated import Practice, Taxonomy
from secondopinion.people.models import HealthNetwork, Period
from secondopinion.policy.identifiers import npi_is_valid
from secondopinion.policy.specialties import codes_named

PAGE: Final = 25
MANY: Final = 1000
ALIKE: Final = (0.6, 0.45)  # how much of a typed word a name must hold to be offered as meant: first more, then less
CROWD: Final = 5_000  # above so many in a place it is quicker to look at each row than to gather them first
SHORTEST: Final = 2  # letters of a word that the index can look up
NAME = Folded("first_name", "last_name")

Professionals = QuerySet[QualifiedProfessional]


@dataclass(frozen=True, slots=True)
class Key:
    """The row after which a page begins, in the order of the list."""

    last_name: str
    first_name: str
    npi: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. Empty or none: of no matter."""

    words: tuple[str, ...] = ()  # of a name, folded
    npi: str = ""
    codes: tuple[str, ...] | None = None  # none of them fits: nobody is found
    city: str = ""  # folded
    zip_code: str = ""
    near: Area | None = None
    miles: float = 0.0
    language: str = ""
    network: HealthNetwork | None = None
    of_the_plan: bool = False  # in the plan's own network
    contracted: bool = False
    accepting: bool = False
    able: bool = False  # a licence in force, and on no exclusion list
    also: Callable[[date], Q] | None = None  # a trouble of the directory's health

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was asked."""
        return self == Asked()


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the answer."""

    rows: Sequence[QualifiedProfessional]  # each with `contracted_now`
    count: int  # at most MANY + 1
    after: Key | None = None  # where the next page begins; none: this is the last
    alike: bool = False  # nobody is named so; these names are like it


@dataclass(slots=True)
class Typed:
    """What was typed into the one box, understood: words of a name, an NPI, or a sentence that says what is wrong."""

    words: tuple[str, ...] = ()
    npi: str = ""
    wrong: str = field(default="")


def understood(text: str) -> Typed:
    """A name, in any order and however written, or an NPI."""
    bare = "".join(text.split()).replace("-", "")
    if bare.isascii() and bare.isdigit():
        if len(bare) != 10:
            return Typed(wrong=f"An NPI has ten digits; this has {len(bare)}. Read it back with whoever gave it.")
        if not npi_is_valid(bare):
            return Typed(
                wrong="This cannot be an NPI: its last digit does not fit the others, so a digit is mistyped or two "
                "have changed places. Read it back, or search by name."
            )
        return Typed(npi=bare)
    words = tuple(folded(text).split())
    if words and max(map(len, words)) < SHORTEST:
        return Typed(wrong="One letter finds too many. Type at least two letters of a name.")
    return Typed(words=words)


def codes_for(text: str) -> tuple[str, ...]:
    """The taxonomy codes that a specialty means: the code itself, or every one with these words in its name."""
    code = text.strip().upper()
    if len(code) == 10 and code.isalnum() and code.isascii() and any(letter.isdigit() for letter in code):
        return (code,)
    words = folded(text).split()
    if not words:
        return ()
    held = Taxonomy.objects.all()
    for word in words:
        named = Q(display__icontains=word) | Q(classification__icontains=word) | Q(specialization__icontains=word)
        held = held.filter(named)
    return tuple(dict.fromkeys([*codes_named(words), *held.order_by("code").values_list("code", flat=True)[:200]]))


def find(asked: Asked, on: date, after: Key | None = None) -> Found:
    """A page of the professionals who fit on a day, by name; where nobody is named so, those named alike."""
    few = _few(asked, on)
    if few == [] and asked.words:
        return _alike(asked, on)
    # Few are sorted; of many a page is read in the order of names, where the next one that fits is never far.
    every = fitting(asked, on) if few is None else QualifiedProfessional.objects.filter(pk__in=few)
    page = every.order_by("last_name", "first_name", "npi")
    if after is not None:
        page = page.filter(GreaterThan(_row(F("last_name"), F("first_name"), F("npi")), _row(*_values(after))))
    rows = list(_told(page, on)[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    count = MANY + 1 if few is None else len(few)
    return Found(rows[:PAGE], count, Key(last.last_name, last.first_name, last.npi) if last else None)


def how_many(asked: Asked, on: date) -> int:
    """How many fit on a day, at most `MANY` and one."""
    few = _few(asked, on)
    return MANY + 1 if few is None else len(few)


def _few(asked: Asked, on: date) -> list[UUID] | None:
    """The keys of all who fit on a day, or none when they are more than `MANY`."""
    if asked.city or asked.zip_code:
        # In a large place the addresses on record alone are many, and their index lets the look stop early.
        anywhere = fitting(replace(asked, city="", zip_code=""), on).alias(in_city=Folded("city"))
        if anywhere.filter(_here(asked))[: MANY + 1].count() > MANY:
            return None
    keys = list(fitting(asked, on).values_list("pk", flat=True)[: MANY + 1])
    return keys if len(keys) <= MANY else None


def networks_of(ids: Sequence[UUID], on: date) -> Mapping[UUID, tuple[str, ...]]:
    """With which Health Networks these professionals are contracted on a day, by name; the plan's own bears none."""
    rows = Contract.objects.filter(Period.covering(on), professional__in=ids, network__isnull=False)
    named: dict[UUID, dict[str, None]] = {}
    for who, name in rows.order_by("network__name").values_list("professional", "network__name"):
        named.setdefault(who, {})[name] = None
    return {who: tuple(names) for who, names in named.items()}


def fitting(asked: Asked, on: date) -> Professionals:
    """Everybody who fits on a day, in no order."""
    named = [Q(named__contains=f" {word}") for word in asked.words]
    return _filtered(QualifiedProfessional.objects.order_by().alias(named=NAME).filter(*named), asked, on)


def _alike(asked: Asked, on: date) -> Found:
    """Names that a slip of the pen could have made of what was typed, the likest first; one page and no more."""
    words = [word for word in asked.words if len(word) > SHORTEST]
    if not words:  # each too short to be like another
        return Found((), 0, alike=True)
    named = [Q(named__trigram_word_similar=word) for word in words]
    likeness: Any = sum((TrigramWordSimilarity(word, F("named")) for word in words), start=Value(0.0))
    who = _filtered(QualifiedProfessional.objects.order_by().alias(named=NAME).filter(*named), asked, on)
    keys: list[UUID] = []
    for least in ALIKE:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(least)])
        keys = list(who.values_list("pk", flat=True)[: MANY + 1])
        if keys:
            break
    ranked = _told(QualifiedProfessional.objects.alias(named=NAME).filter(pk__in=keys[:MANY]), on)
    rows = ranked.order_by(likeness.desc(), "last_name", "first_name", "npi")[:PAGE]
    return Found(list(rows), len(keys), alike=True)


def _filtered(who: Professionals, asked: Asked, on: date) -> Professionals:
    if asked.npi:
        who = who.filter(npi=asked.npi)
    if asked.codes is not None:
        codes = list(asked.codes)
        who = who.filter(Q(taxonomy__in=codes) | Q(other_taxonomies__overlap=codes))
    if asked.city or asked.zip_code:
        who = _at(who, asked, on)
    if asked.near is not None:
        who = who.filter(placed_within(asked.near, asked.miles, on))
    if asked.language:
        who = who.filter(languages__contains=[asked.language])
    if asked.network is not None or asked.of_the_plan or asked.contracted:
        who = who.filter(Exists(_contracts(asked, on)))
    if asked.accepting:
        who = who.filter(accepts_new_members=True)
    if asked.able:
        who = who.filter(license_to_on__gte=on, excluded=False)
    return who.filter(asked.also(on)) if asked.also else who


def _contracts(asked: Asked, on: date) -> QuerySet[Contract]:
    running = Contract.objects.filter(Period.covering(on), professional=OuterRef("pk"))
    if asked.of_the_plan:
        return running.filter(network__isnull=True)
    return running.filter(network=asked.network) if asked.network else running


def _at(who: Professionals, asked: Asked, on: date) -> Professionals:
    """Those with the address on record or a site in a city, or in a ZIP area. Both sides have their index."""
    here = _here(asked)
    on_record = QualifiedProfessional.objects.order_by().alias(in_city=Folded("city")).filter(here).values("pk")
    there = Practice.objects.order_by().alias(in_city=Folded("site__city"), zip_code=F("site__zip_code")).filter(here)
    there = there.filter(Practice.covering(on))
    if on_record[: CROWD + 1].count() + there[: CROWD + 1].count() <= CROWD:
        return who.filter(pk__in=on_record.union(there.values("professional")))
    return who.alias(in_city=Folded("city")).filter(here | Q(Exists(there.filter(professional=OuterRef("pk")))))


def _here(asked: Asked) -> Q:
    """The condition on a row that has its folded city as `in_city`, and a ZIP code."""
    city = Q(in_city__startswith=asked.city) if asked.city else Q()
    return city & Q(zip_code__startswith=asked.zip_code) if asked.zip_code else city


def _told(who: Professionals, on: date) -> Professionals:
    """With what a list says of each: whether a contract runs."""
    return who.annotate(contracted_now=Exists(_contracts(replace(Asked(), contracted=True), on)))


def _row(*parts: Any) -> Func:
    return Func(*parts, function="ROW", output_field=TextField())


def _values(key: Key) -> tuple[Value, ...]:
    return tuple(Value(part, output_field=CharField()) for part in (key.last_name, key.first_name, key.npi))
