"""Relations and coreference chains: do they name mentions, and may these be linked so?"""

from migrator.formats.ground_truth import MentionSpan, RelationLink
from migrator.formats.inspecting.facts import Examined
from migrator.formats.inspecting.mentions import repeated
from migrator.formats.inspecting.rules import TypeRules


def check_relations(examined: Examined) -> None:
    """Ids, arguments, types and signatures."""
    relations = examined.annotations.relations
    if not relations:
        return
    for name in repeated([relation.id for relation in relations]):
        examined.note("duplicate_relation_id", name)
    mentions = {mention.id: mention for mention in examined.annotations.mentions}
    for relation in relations:
        if len(relation.args) != 2:
            examined.note("relation_without_two_arguments", relation.id)
        for argument in relation.args:
            if argument not in mentions:
                examined.note("relation_argument_missing", f"{relation.id} names {argument}")
        if examined.rules:
            _check_type(examined, relation, mentions, examined.rules)


def _check_type(
    examined: Examined,
    relation: RelationLink,
    mentions: dict[str, MentionSpan],
    rules: TypeRules,
) -> None:
    if relation.type not in rules.relation_labels:
        examined.note("undefined_relation_type", relation.type)
        return
    ends = [mentions[name] for name in relation.args if name in mentions]
    if len(ends) != 2 or any(end.type not in rules.roles for end in ends):
        return  # already reported
    if not _is_defined(relation.type, ends[0], ends[1], rules):
        examined.note("undefined_relation_signature", f"{relation.type}: {_ends(ends)}")


def _is_defined(label: str, source: MentionSpan, target: MentionSpan, rules: TypeRules) -> bool:
    """A match by each argument's type or role: real relations go by either."""
    return any(
        (label, first, second) in rules.signatures
        for first in (source.type, source.properties.role or source.type)
        for second in (target.type, target.properties.role or target.type)
    )


def _ends(ends: list[MentionSpan]) -> str:
    return " to ".join(end.type for end in ends)


def check_chains(examined: Examined) -> None:
    """Ids, members, length, types, and mentions that say they are in a chain."""
    chains = examined.annotations.corefs
    mentions = examined.annotations.mentions
    in_chains = {name for chain in chains for name in chain.mentions}
    for mention in mentions:
        if mention.in_coref and mention.id not in in_chains:
            examined.note("coref_flag_without_chain", mention.id)
    if not chains:
        return
    for name in repeated([chain.id for chain in chains]):
        examined.note("duplicate_chain_id", name)
    types = {mention.id: mention.type for mention in mentions}
    for chain in chains:
        for name in chain.mentions:
            if name not in types:
                examined.note("chain_member_missing", f"{chain.id} names {name}")
        if len(chain.mentions) == 1:
            examined.note("chain_of_one", chain.id)
        if len({types[name] for name in chain.mentions if name in types}) > 1:
            examined.note("chain_mixed_types", chain.id)
