"""The error summary at the top of a page: each error in a sentence, with a link to its place."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms


@dataclass(frozen=True, slots=True)
class Line:
    """One error: what to show, and the id of the field to go to (empty: the whole form)."""

    words: str
    anchor: str


def summary_of(form: forms.BaseForm) -> list[Line]:
    """The errors of a form in the order of its fields, those of the whole form first."""
    if not form.is_bound:
        return []
    lines = [Line(str(words), "") for words in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        anchor = bound.id_for_label or f"{bound.auto_id}_0"  # a group of radio buttons: its first one
        lines += [Line(str(words), anchor) for words in bound.errors]
    return lines
