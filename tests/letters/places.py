"""Places in the data of a letter: the path to each value, to set it or to take it away."""

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path to every value that is not a group."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list) and value:
        for position, inner in enumerate(value):
            yield from leaves(inner, (*path, position))
    else:
        yield path


def put(data: dict[str, Any], path: Path, value: Any) -> None:
    """Set the value at a path."""
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value


def take(data: dict[str, Any], path: Path) -> None:
    """Take the value at a path away."""
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
