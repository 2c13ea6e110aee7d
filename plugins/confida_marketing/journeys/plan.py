"""A journey as it is planned: what begins it, its steps as a graph, its goal, and how often somebody may go through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta

from confida_core.api import LongText, Sealed, ShortText
from confida_web.api import mark

Key = Annotated[str, Meta(max_length=60)]
NEXT: Final = ""
END: Final = "end"
MOST_STEPS: Final = 40
KINDS: Final[Mapping[str, str]] = {
    "wait": mark("Wait"),
    "mail": mark("E-mail"),
    "branch": mark("Branch"),
    "split": mark("A/B split"),
    "tag": mark("Tag"),
    "task": mark("Task"),
    "call": mark("Call"),
    "appointment": mark("Appointment"),
    "exit": mark("Exit"),
}
TRIGGERS: Final[Mapping[str, str]] = {
    "hand": mark("By hand only"),
    "segment": mark("Somebody joins a segment"),
    "consent": mark("Somebody gives consent"),
    "event": mark("Something happens, such as a purchase or a closed ticket"),
    "yearly": mark("A day that comes every year, such as a birthday"),
    "date": mark("A date, such as a renewal"),
    "silence": mark("No contact for some days"),
}
REENTRY: Final[Mapping[str, str]] = {
    "never": mark("Once and never again"),
    "days": mark("Again after some days"),
    "always": mark("As often as it happens"),
}
REFUSED: Final[Mapping[str, str]] = {
    "leave": mark("They leave the journey"),
    "skip": mark("They go on without this step"),
    "wait": mark("They wait, and the gate is asked again each day"),
}
FORKS: Final = frozenset({"branch", "split"})
# What reaches a person or makes somebody turn to them: the gate is asked before.
REACHING: Final[Mapping[str, str]] = {"mail": "email", "call": "phone"}

# What does something with a person or in their name: not without a yes of the gate.
GATED: Final = frozenset({"mail", "call", "task", "appointment", "tag"})


class Step(Sealed, frozen=True):
    """One step. then: where it goes on, NEXT for the step below, END, or a step's key. other: the same for no, or for B.

    days, hours: how long to wait, or how many days until a task is due. weekday: 0 for Monday to 6, -1 for any; minute: of the
    person's own day, -1 for any. condition: JSON of the shared condition language. share: percent that go to A.
    assignee: an account's id, "owner" for whoever is responsible for the contact, or "" for nobody.
    refused: one of REFUSED, where the gate says no.
    """

    key: Annotated[str, Meta(max_length=8)]
    kind: Key
    name: ShortText = ""
    then: Key = NEXT
    other: Key = END
    days: int = 0
    hours: int = 0
    weekday: int = -1
    minute: int = -1
    email_id: UUID | None = None
    text: ShortText = ""
    body: LongText = ""
    assignee: Annotated[str, Meta(max_length=36)] = ""
    tag: ShortText = ""
    remove: bool = False
    condition: LongText = ""
    share: int = 50
    refused: Key = "leave"


class Trigger(Sealed, frozen=True):
    """What begins it. value: id of a segment, a value of the consent field, an event's kind, or a field that is a date.

    days: before the date, or without contact. inside: whoever is meant already when it is switched on begins, too.
    """

    kind: Key = "hand"
    value: Annotated[str, Meta(max_length=200)] = ""
    days: int = 0
    inside: bool = False


class Plan(Sealed, frozen=True):
    """purpose: what the gate is asked for. reentry: one of REENTRY. goal: a condition as JSON, "" for none.

    last: the highest number that a step's key had, so that no other step ever gets the key of one that is gone.
    """

    purpose: Key = ""
    trigger: Trigger = Trigger()
    steps: tuple[Step, ...] = ()
    reentry: Key = "never"
    reentry_days: int = 365
    goal: LongText = ""
    last: int = 0

    def step(self, key: str) -> Step | None:
        return next((one for one in self.steps if one.key == key), None)

    def after(self, key: str, target: str) -> str:
        """The step that a target of this step means: its key, or END."""
        if target != NEXT:
            return target if self.step(target) is not None else END
        keys = [one.key for one in self.steps]
        place = keys.index(key) + 1
        return keys[place] if place < len(keys) else END

    def ways(self, step: Step) -> tuple[str, ...]:
        """Where one can get from it: nowhere, on, or either way. END is a place, too."""
        if step.kind == "exit":
            return (END,)
        first = self.after(step.key, step.then)
        return (first, self.after(step.key, step.other)) if step.kind in FORKS else (first,)

    def reachable(self) -> set[str]:
        """Keys of the steps that can be reached from the first."""
        return reached_from(self, self.steps[0].key) if self.steps else set()


def reached_from(plan: Plan, key: str) -> set[str]:
    found, todo = set[str](), [key]
    while todo:
        one = todo.pop()
        step = plan.step(one)
        if step is not None and one not in found:
            found.add(one)
            todo += plan.ways(step)
    return found


def circles_without_wait(plan: Plan) -> Iterator[str]:
    """Steps from which one comes back to the same step without ever waiting."""
    passing = {one.key: [way for way in plan.ways(one) if way != END] for one in plan.steps if not waits(one)}
    for key, ways in passing.items():
        found, todo = set[str](), list(ways)
        while todo:
            one = todo.pop()
            if one in passing and one not in found:
                found.add(one)
                todo += passing[one]
        if key in found:
            yield key


def waits(step: Step) -> bool:
    """Whether some time always passes here: a weekday or an hour alone may be this very moment."""
    return step.kind == "wait" and (step.days > 0 or step.hours > 0)


def fresh_key(plan: Plan) -> str:
    """A key that no step of it has or had."""
    numbers = [int(one.key[1:]) for one in plan.steps if one.key[1:].isdigit()]
    return f"s{max([plan.last, *numbers]) + 1}"
