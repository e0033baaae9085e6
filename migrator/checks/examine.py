"""Running one check: look, ask what a person said where nothing was seen, answer."""

import hashlib
import time
from typing import Any

import msgspec

from migrator.checks.answers import Answer, AsNoted, NotDue, State, Unknown, milder
from migrator.checks.check import Check, Question, Source
from migrator.checks.facts import ItemFacts, Said
from migrator.models import CheckResult
from migrator.models.checks import mark_of

_ENCODER = msgspec.json.Encoder(order="deterministic")


class Looked(msgspec.Struct, frozen=True):
    """What a check saw of one item, before it answers; `fingerprint` covers all of it."""

    check: Check
    seen: Any
    said: Said | None
    fingerprint: str


def look(check: Check, facts: ItemFacts) -> Looked | None:
    """What the check sees of the item; None where it is not due."""
    seen = check.sees(facts)
    if isinstance(seen, NotDue):
        return None
    said = facts.said.get(check.code) if isinstance(seen, Unknown) else None
    # What a person said counts by itself: why nobody could look is no longer part of it.
    kind = type(seen).__name__ if not said else "Said"
    content = _ENCODER.encode([check.code, kind, said or seen, _at_most(seen)])
    return Looked(check, seen, said, hashlib.blake2b(content, digest_size=16).hexdigest())


def answer(looked: Looked, facts: ItemFacts) -> CheckResult:
    """The check's result for the item, not saved; `checked_at` is for the caller to set."""
    began = time.perf_counter()
    check, source, looked_at = looked.check, looked.check.source, looked.check.looked_at
    at_most = _at_most(looked.seen)
    if looked.said and check.question:
        found, source = _as_said(check.question, looked.said, at_most), Source.PERSON
        looked_at = f"As {looked.said.who} said on {looked.said.when}: “{check.question.words}”"
    elif isinstance(looked.seen, Unknown):
        found, source = _could_not(looked.seen), Source.NOTHING
    elif isinstance(looked.seen, AsNoted):
        found, source = check.answer(looked.seen.seen), Source.WORKSHEET
        looked_at = f"{looked_at}, as noted in the worksheet"
    else:
        found = check.answer(looked.seen)
    result = CheckResult(
        item_id=facts.pk,
        code=check.code,
        state=found.state,
        level=at_most or check.level,
        source=source,
        looked_at=looked_at,
        found=found.found,
        allowed=found.allowed,
        items=list(found.items),
        fix=found.fix,
        fingerprint=looked.fingerprint,
        took_ms=round((time.perf_counter() - began) * 1000, 3),
    )
    result.answer_mark = mark_of(result)
    return result


def _could_not(unknown: Unknown) -> Answer:
    fix = "Look in Knowledge Studio and answer the question."
    if unknown.look:
        fix = f"{unknown.look}, or look in Knowledge Studio and answer the question."
    return Answer(State.COULD_NOT_CHECK, unknown.why, fix=fix)


def _at_most(seen: Any) -> State | None:
    return seen.at_most if isinstance(seen, Unknown) else None


def _as_said(question: Question, said: Said, at_most: State | None) -> Answer:
    choice = next((one for one in question.choices if one.value == said.value), None)
    if choice is None:  # the question changed since it was answered
        return Answer(State.COULD_NOT_CHECK, "The question has changed since it was answered.")
    fix = "" if choice.state == State.PASSED else question.fix
    return Answer(milder(choice.state, at_most), choice.found, items=said.names, fix=fix)
