"""Relations and coreference chains: do they name mentions, and may these be linked so?"""

from migrator.formats.inspecting.facts import Examined
from migrator.formats.inspecting.lean import LeanMention, LeanRelation
from migrator.formats.inspecting.mentions import repeated
from migrator.formats.inspecting.rules import TypeRules

Mentions = dict[str, LeanMention]


def check_relations(examined: Examined, kinds: dict[str, int]) -> None:
    """Ids, arguments, types and signatures; what passes is remembered for the next relation.

    `kinds` gives the kind of each mention by its id.
    """
    relations = examined.annotations.relations
    if not relations:
        return
    links = examined.seen.links
    mentions: Mentions = {}
    for relation in relations:
        try:
            source, target = relation.args
            links[relation.type, kinds[source], kinds[target]] += 1
        except (KeyError, ValueError):  # not seen yet; no such mention; not two arguments
            mentions = mentions or _by_id(examined)
            _check_link(examined, relation, mentions, kinds)
    if len({relation.id for relation in relations}) != len(relations):
        for name in repeated([relation.id for relation in relations]):
            examined.note("duplicate_relation_id", name)


def _by_id(examined: Examined) -> Mentions:
    return {mention.id: mention for mention in examined.annotations.mentions}


def _check_link(
    examined: Examined, relation: LeanRelation, mentions: Mentions, kinds: dict[str, int]
) -> None:
    before = len(examined.found)
    if len(relation.args) != 2:
        examined.note("relation_without_two_arguments", relation.id)
    for argument in relation.args:
        if argument not in mentions:
            examined.note("relation_argument_missing", f"{relation.id} names {argument}")
    ends = [mentions[name] for name in relation.args if name in mentions]
    if examined.rules:
        _check_type(examined, relation.type, ends, examined.rules)
    if len(examined.found) == before and len(ends) == 2:
        source, target = relation.args
        examined.seen.links[relation.type, kinds[source], kinds[target]] = 1


def _check_type(examined: Examined, label: str, ends: list[LeanMention], rules: TypeRules) -> None:
    if label not in rules.relation_labels:
        examined.note("undefined_relation_type", label)
        return
    if len(ends) != 2 or any(end.type not in rules.roles for end in ends):
        return  # already reported
    source, target = [(end.type, end.properties.role) for end in ends]
    if rules.ends(label, source, target) is None:
        written = " to ".join(end.type for end in ends)
        examined.note("undefined_relation_signature", f"{label}: {written}")


def check_chains(examined: Examined, flagged: list[str]) -> None:
    """Ids, members, length, types, and mentions that say they are in a chain."""
    chains = examined.annotations.corefs
    if not chains and not flagged:
        return
    mentions = _by_id(examined)
    members: set[str] = set()
    for chain in chains:
        members.update(chain.mentions)
        if len(chain.mentions) == 1:
            examined.note("chain_of_one", chain.id)
        found = [mentions[name].type for name in chain.mentions if name in mentions]
        if found and found.count(found[0]) != len(found):
            examined.note("chain_mixed_types", chain.id)
        if len(found) != len(chain.mentions):
            _name_missing(examined, chain.id, chain.mentions, mentions)
    for name in flagged:
        if name not in members:
            examined.note("coref_flag_without_chain", name)
    if len({chain.id for chain in chains}) != len(chains):
        for name in repeated([chain.id for chain in chains]):
            examined.note("duplicate_chain_id", name)


def _name_missing(examined: Examined, chain: str, members: list[str], mentions: Mentions) -> None:
    for name in members:
        if name not in mentions:
            examined.note("chain_member_missing", f"{chain} names {name}")
