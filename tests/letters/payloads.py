"""Data of adverse letters spoilt at random, and a judge of its own who says what is left of the three things."""

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from letters.places import leaves, put, take
from secondopinion.letters.kinds import ADVERSE, examples

BLANKS = ("", " ", "\t", "\n", "\u00a0", "\u2003 \u2003", "\u200b", "\u3000")
STRANGERS = (None, 0, True, [], {}, [None], ["x"], {"phone": "1-800-555-0142"}, "Words of another kind.")
OF_THE_THREE = ("reasons", "appeal", "complaint")


@dataclass(frozen=True, slots=True)
class Payload:
    """The data of one letter, and what was done to it."""

    kind: str
    program: str
    data: dict[str, Any]
    done: tuple[str, ...]


def payloads(seed: int, count: int) -> Iterator[Payload]:
    """The same payloads for the same seed: half of the strokes fall on the three things, some payloads stay whole."""
    chance = random.Random(seed)
    every = [(kind, each) for kind in ADVERSE for each in examples(kind)]
    for _ in range(count):
        kind, example = chance.choice(every)
        data = copy.deepcopy(dict(example.data))
        done = tuple(spoil(data, chance) for _ in range(chance.choice((0, 1, 1, 1, 2, 3))))
        yield Payload(kind, example.data["referral"]["program"], data, done)


def spoil(data: dict[str, Any], chance: random.Random) -> str:
    """One stroke: something is taken away, blanked, made of another sort, doubled or put somewhere else."""
    paths = [path for path in leaves(data) if path]
    own = [path for path in paths if path[0] in OF_THE_THREE]
    path = chance.choice(own if own and chance.random() < 0.7 else paths)
    whole = path[: chance.randint(1, len(path))]
    stroke = chance.choice(("take", "blank", "sort", "double", "swap"))
    if stroke == "take":
        take(data, whole)
    elif stroke == "blank":
        put(data, path, chance.choice(BLANKS))
    elif stroke == "sort":
        put(data, whole, copy.deepcopy(chance.choice(STRANGERS)))
    elif stroke == "double":
        found = data.get(str(path[0]))
        if isinstance(found, list) and found:
            found.append(copy.deepcopy(chance.choice(found)))
            path = chance.choice([p for p in leaves(found[-1]) if p] or [()])
            if path and isinstance(found[-1], dict):
                put(found[-1], path, chance.choice(BLANKS))
    else:
        put(data, whole, copy.deepcopy(data.get(chance.choice(OF_THE_THREE))))
    return f"{stroke} {'.'.join(map(str, whole))}"


def says(value: object) -> bool:
    """Words that can be seen: a string with a character that is neither spacing nor invisible."""
    return isinstance(value, str) and any(each.isprintable() and not each.isspace() for each in value)


def is_complete(data: dict[str, Any]) -> bool:
    """Does the data give a reason, the right to appeal and where to complain? Written without a look at the guards."""
    reasons, appeal, complaint = (data.get(name) for name in OF_THE_THREE)
    if not (isinstance(reasons, list) and isinstance(appeal, dict) and isinstance(complaint, list)):
        return False
    if not (reasons and all(isinstance(r, dict) and says(r.get("reason")) for r in reasons)):
        return False
    if not (says(appeal.get("by")) and says(appeal.get("phone"))):
        return False
    return any(isinstance(c, dict) and says(c.get("name")) and says(c.get("phone")) for c in complaint)
