"""The fields of the plan panel: what can be chosen, within which bounds, and what is chosen."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from analysis.desk.plan_basis import Basis, now_of
from analysis.desk.plan_shown import part_name
from analysis.desk.plan_wish import Wish, own_rows
from analysis.plan.curves import places_of
from analysis.plan.task import Task
from analysis.words.catalogue import say
from analysis.words.collation import latvian_key
from analysis.words.numbers import number

_MOST_PLACES, _MOST_POSTS, _MOST_EURO, _LONGEST = 500, 10.0, 100_000_000, 2400.0


class Fields:
    """Bounded number fields of one part and of the whole plan; a class because widgets remember.

    Parameters
    ----------
    basis : Basis
        With a task: there is something to plan.
    """

    def __init__(self, basis: Basis) -> None:
        if basis.task is None:
            raise ValueError("there is no plan")
        self.basis, self.task, self._settling = basis, basis.task, False
        language = basis.unit.language
        parts = sorted(
            {str(part) for part in self.task.capacity["part"]}, key=lambda part: latvian_key(part_name(basis, part))
        )
        self.part = ipywidgets.Dropdown(options=[(part_name(basis, part), part) for part in parts])
        self.places = ipywidgets.BoundedIntText(step=1)
        self.posts = ipywidgets.BoundedFloatText(step=0.5)
        self.minutes = ipywidgets.BoundedFloatText(min=1, max=_LONGEST, step=5)
        self.held = ipywidgets.Checkbox(indent=False)
        self.budget = ipywidgets.BoundedIntText(min=0, max=_MOST_EURO, step=1000)
        self.floor = ipywidgets.BoundedFloatText(min=0, max=100, step=5)
        self.with_curve = ipywidgets.Checkbox(value=True, indent=False)
        named = {"part": self.part, "budget_held": self.held, "budget": self.budget, "floor": self.floor,
                 "curve": self.with_curve}  # fmt: skip
        for name, widget in named.items():
            widget.description = str(say(f"plan_desk_{name}", language))
        of_number = [self.part, self.places, self.posts, self.minutes, self.budget, self.floor]
        self.widget = ipywidgets.Box([*of_number, self.held, self.with_curve])
        self.widget.add_class("bp-controls")
        self.reset()

    def on_change(self, act: Callable[[], None]) -> None:
        """Do something whenever a person changes a field; another part starts from what it has now."""

        def changed(change: Any) -> None:
            if self._settling:
                return
            if change["owner"] is self.part:
                self._of_part()
            self.budget.disabled = not self.held.value
            act()

        for widget in self.widget.children:
            widget.observe(changed, "value")

    def reset(self) -> None:
        """Set every field to what holds now."""
        now = now_of(self.basis, self.part.value)
        self._settling = True
        try:
            self.held.value, self.budget.value = now.budget is not None, int(now.budget or 0)
            self.budget.disabled, self.floor.value = not self.held.value, now.floor
        finally:
            self._settling = False
        self._of_part()

    def wish(self) -> Wish:
        """Return what is chosen."""
        now = now_of(self.basis, self.part.value)
        budget = float(self.budget.value) if self.held.value else None
        if now.budget is not None and budget == int(now.budget):
            budget = now.budget  # a file may name cents
        minutes = None if now.minutes is None else float(self.minutes.value)
        posts = float(self.posts.value)
        return Wish(self.part.value, int(self.places.value), posts, budget, float(self.floor.value), minutes)

    def _of_part(self) -> None:
        """Set the fields of the chosen part: today's values, bounds and labels."""
        part, language = self.part.value, self.basis.unit.language
        own, now = own_rows(self.task, part), now_of(self.basis, part)
        known, post = bool(own["places"].notna().all()), _post(self.task, part)
        places = int(own["places"].fillna(0).sum())
        self._settling = True
        try:
            self._set(self.places, 0, -places, _MOST_PLACES, known)
            self._set(self.posts, 0.0, -_MOST_POSTS, _MOST_POSTS, known and post is not None)
            self._set(self.minutes, now.minutes or 1.0, 1.0, _LONGEST, now.minutes is not None)
            said = {
                self.places: ("places", known, {"now": number(places, language)}),
                self.posts: ("posts", known and post is not None, {"minutes": number(post or 0, language)}),
                self.minutes: ("minutes", now.minutes is not None, {}),
            }
            for widget, (name, is_known, facts) in said.items():
                key = f"plan_desk_{name}" if is_known else f"plan_desk_{name}_unknown"
                widget.description = str(say(key, language, **(facts if is_known else {})))
        finally:
            self._settling = False

    @staticmethod
    def _set(widget: Any, value: float, low: float, high: float, known: bool) -> None:
        widget.min, widget.max = min(low, widget.value), max(high, widget.value)
        widget.value = value
        widget.min, widget.max, widget.disabled = low, high, not known


def _post(task: Task, part: str) -> float | None:
    """Return the minutes of a full post of a part's specialist, if a post serves anybody."""
    own = own_rows(task, part)
    minutes = task.limits.minutes_per_specialist.get(str(own["specialist"].iloc[0]))
    return minutes if places_of(task, own) else None
