"""Checks of models: they cannot move, and what is deployed goes on charging."""

from migrator import menus
from migrator.checks.answers import (
    NOT_DUE,
    Answer,
    AsNoted,
    NotDue,
    State,
    Unknown,
    blocking,
    many,
    note,
    passed,
    verb,
    warning,
)
from migrator.checks.check import Choice, Group, Question, Source, check, yes_no
from migrator.checks.facts import Facts, ItemFacts, VersionFacts
from migrator.checks.seeing import unlisted, versions_of

Versions = tuple[VersionFacts, ...]


class Deployed(Facts, frozen=True, kw_only=True):
    """What runs, what of it is kept on purpose, and whether the source is to be deleted.

    `deletes_source` is None until somebody said. `doubt` says why there may be more of them.
    """

    running: tuple[str, ...]
    kept: tuple[str, ...]
    deletes_source: bool | None
    # Undeployed after the copy is proved: the gate before deleting asks for it again.
    put_off: tuple[str, ...] = ()
    doubt: str = ""


def _deployed(facts: ItemFacts) -> Deployed | Unknown:
    deletes = False if facts.keeps_source else facts.deletes_source
    running, kept = _running(facts)
    if not running and (facts.lists is None or facts.why_unscanned):
        return _unknown(facts, deletes)
    put_off = {one.model_id for one in facts.served if one.is_put_off} & running.keys()
    settled = kept.keys() | put_off
    return Deployed(
        running=tuple(words for pk, words in sorted(running.items()) if pk not in settled),
        put_off=tuple(running[pk] for pk in sorted(put_off)),
        kept=tuple(f"{running[pk]}: {kept[pk]}" for pk in sorted(kept)),
        deletes_source=deletes,
        doubt=facts.why_unscanned or facts.why_unlisted,
    )


def _unknown(facts: ItemFacts, deletes: bool | None) -> Unknown:
    """Unknown is never zero; where the source stays, nothing can be left behind."""
    at_most = {False: State.NOTE, None: State.WARNING, True: State.BLOCKING}[deletes]
    if facts.lists is None:
        return Unknown(facts.why_unlisted, at_most, facts.read_again)
    why = f"We could not check for deployed models. Treat this as not safe. {facts.why_unscanned}"
    return Unknown(why, at_most, "Link and scan the service in Deployed models")


def _running(facts: ItemFacts) -> tuple[dict[str, str], dict[str, str]]:
    """By model id what is deployed, in words, and why it is kept where it is on purpose."""
    running = {
        model_id: f"{_named(version)}: {_where(model_id, service, status)}"
        for version in (facts.lists.versions if facts.lists else ())
        for model_id, service, status in version.deployments
    }
    # What a linked service serves counts, too, and what it serves no more does not.
    for one in facts.served:
        if one.is_gone:
            running.pop(one.model_id, None)
        else:
            name = f"Version {one.version}: " if one.version else ""
            said = f"{name}{_where(one.model_id, one.service, one.status)}"
            running.setdefault(one.model_id, said)
    kept = {one.model_id: one.kept_why for one in facts.served if one.kept_why}
    return running, {pk: why for pk, why in kept.items() if pk in running}


def _where(model_id: str, service: str, status: str) -> str:
    return f"{model_id} in {service or 'a service'}" + (f", {status}" if status else "")


@check(
    "Deployed models",
    group=Group.MODELS,
    level=State.BLOCKING,
    looked_at="Deployments of every model version, what linked services serve of the workspace, "
    "and whether the source will be deleted",
    source=Source.INVENTORY,
    sees=_deployed,
    can_be_waived=True,
    question=yes_no(
        "Are models of this workspace deployed?",
        where=menus.DEPLOYED_MODELS,
        state=State.BLOCKING,
        yes="Models of this workspace are deployed.",
        no="No model of this workspace is deployed.",
        names="Which versions, and to which service?",
        fix="Undeploy them before the workspace is deleted: they go on charging without it.",
    ),
)
def deployed_models(seen: Deployed) -> Answer:
    """A deployed model whose workspace is deleted is orphaned: it keeps running and charging."""
    items = seen.running
    if not items:
        return _settled(seen)
    found = f"{many(len(items), 'model')} deployed.{_more(seen)}"
    if seen.deletes_source is False:
        return note(
            f"{found} The source stays, so they go on working and charging.",
            items=items,
            fix="Undeploy those that nobody uses any more.",
        )
    if seen.deletes_source is None:
        return warning(
            f"{found} Nobody said yet whether the source will be deleted.",
            items=items,
            fix="Say so in the scope of the plan. Undeploy the models before you delete the "
            "workspace, or they go on charging without it.",
        )
    return blocking(
        f"{found} {verb(len(items), 'It', 'They')} would go on charging after the source is "
        "deleted.",
        allowed=_NONE_DEPLOYED,
        items=items,
        fix="Undeploy each before you delete the workspace. You can train and deploy again after "
        "the restore; a new deployment gets a new model id.",
    )


def _settled(seen: Deployed) -> Answer:
    """Nothing runs of which nobody decided; what more there may be is not settled by that."""
    words = [
        f"{many(len(seen.kept), 'model')} deployed and kept on purpose." if seen.kept else "",
        f"{many(len(seen.put_off), 'model')} deployed, to be undeployed after the copy is proved."
        if seen.put_off
        else "",
    ]
    said, items = " ".join(filter(None, words)), (*seen.put_off, *seen.kept)
    if not items:
        return passed("No model of this workspace is deployed.", _NONE_DEPLOYED)
    if seen.doubt and seen.deletes_source is not False:
        return warning(f"{said}{_more(seen)}", items=items, fix=_SCAN)
    return note(said, items=items, fix=_LATER if seen.put_off else "")


def _more(seen: Deployed) -> str:
    return f" There may be more: {seen.doubt}" if seen.doubt else ""


_LATER = (
    "You are asked for it again in the last step. Until then the workspace counts as not safe to "
    "delete."
)
_SCAN = "Link and scan the services in Deployed models, so that everything deployed is known."
_NONE_DEPLOYED = "No deployed model in a workspace that will be deleted"


class Rules(Facts, frozen=True, kw_only=True):
    """Versions of the rule-based model, and its classes, rules and expressions as far as known."""

    versions: tuple[str, ...]
    parts: tuple[str, ...]


def _rules(facts: ItemFacts) -> Rules | AsNoted | Unknown:
    noted = facts.noted.rules
    if facts.lists is None or facts.workspace is None:
        return unlisted(facts) if noted is None else AsNoted(Rules(versions=(), parts=noted))
    versions = tuple(_named(one) for one in facts.lists.versions if one.kind == "rule")
    classes = facts.workspace.rule_classes
    parts = [f"Class {name}" for name in classes or ()]
    parts += [one for one in noted or () if one not in parts]
    found = Rules(versions=versions, parts=tuple(parts))
    if versions or classes is not None:
        return found
    if noted is not None:
        return AsNoted(found)
    return Unknown("The source does not tell which classes its rule-based model has.")


@check(
    "Rule-based model",
    group=Group.MODELS,
    level=State.WARNING,
    looked_at="Versions of the rule-based model, its classes as listed, and what the worksheet "
    "holds of its rules and regular expressions",
    source=Source.INVENTORY,
    sees=_rules,
    question=yes_no(
        "Does this workspace have a rule-based model with rules, classes or regular expressions?",
        where=menus.RULES,
        state=State.WARNING,
        yes="There is a rule-based model.",
        no="There is no rule-based model.",
        names="Which rules, classes and regular expressions?",
        fix="Write the rules down in a worksheet: they have no export.",
    ),
)
def rule_based_model(seen: Rules) -> Answer:
    """Rules, classes and regular expressions have no export."""
    items = (*seen.versions, *seen.parts)
    allowed = "No rules, classes or regular expressions"
    if not items:
        return passed("There is no rule-based model.", allowed)
    counted = [
        many(len(seen.versions), "version") if seen.versions else "",
        many(len(seen.parts), "class, rule or expression", "classes, rules and expressions")
        if seen.parts
        else "",
    ]
    return warning(
        f"A rule-based model: {' and '.join(filter(None, counted))}. Its rules, classes and "
        "regular expressions have no export.",
        allowed=allowed,
        items=items,
        fix="Write rules, classes and regular expressions down in the worksheet, and enter them "
        "again in the target. A PEAR export keeps the model running, not the rules.",
    )


@check(
    "Snapshots",
    group=Group.MODELS,
    level=State.NOTE,
    looked_at="Versions of every model",
    source=Source.INVENTORY,
    sees=versions_of,
    question=Question(
        "Does this workspace have snapshots of a model?",
        (
            Choice("no", "No", State.PASSED, "There are no snapshots."),
            Choice("yes", "Yes", State.NOTE, "There are snapshots, which stay behind."),
        ),
        where=menus.ML_VERSIONS,
        names="Which versions?",
        fix="Train in the target after the restore, and take a snapshot there.",
    ),
)
def snapshots_stay(versions: Versions) -> Answer:
    """Snapshots cannot be moved into another workspace."""
    items = [_named(version) for version in versions if version.version]
    if not items:
        return passed("There are no snapshots.")
    return note(
        f"{many(len(items), 'snapshot')} {verb(len(items), 'stays', 'stay')} behind.",
        items=items,
        fix="Train in the target after the restore, and take a snapshot there.",
    )


def _exportable(facts: ItemFacts) -> Versions | Unknown | NotDue:
    # A Lite plan exports no model.
    if facts.source and facts.source.plan.lower() == "lite":
        return NOT_DUE
    return versions_of(facts)


@check(
    "Model export",
    group=Group.MODELS,
    level=State.NOTE,
    looked_at="Versions of every model",
    source=Source.INVENTORY,
    sees=_exportable,
    question=Question(
        "Does this workspace have a trained model?",
        (
            Choice("no", "No", State.PASSED, "There is no trained model."),
            Choice("yes", "Yes", State.NOTE, "A trained model can be exported apart."),
        ),
        where=menus.ML_VERSIONS,
        fix="Export its file from Knowledge Studio while the workspace exists.",
    ),
)
def model_export(versions: Versions) -> Answer:
    """The file of a version can be exported apart: it runs elsewhere, but trains no workspace."""
    items = [_named(version) for version in versions if version.version]
    if not items:
        return passed("There is no version to export.")
    return note(
        f"The {verb(len(items), 'file', 'files')} of {many(len(items), 'version')} can be exported "
        "apart from the backup.",
        items=items,
        fix="Export what you may want to run elsewhere while the workspace exists: a ZIP for "
        "machine learning, a PEAR for rules. It cannot be uploaded into a workspace.",
    )


def _named(version: VersionFacts) -> str:
    kind = {"ml": "Machine learning", "rule": "Rule-based"}.get(version.kind, version.kind)
    return f"{kind} {version.version or 'without a snapshot'}"


CHECKS = (deployed_models, rule_based_model, snapshots_stay, model_export)
