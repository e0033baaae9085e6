"""Compares the relations and coreference chains of two versions of a document."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

from migrator.formats.compare_content import Properties, told
from migrator.formats.compare_mentions import Pairing, shown
from migrator.formats.differences import Difference
from migrator.formats.ground_truth import Annotations, Chain, MentionSpan, RelationLink
from migrator.formats.pairing import pair_by

LOST_WITH_MENTION = "Lost because its mention was lost."
FEWER_MENTIONS = "A mention in it was lost."

T = TypeVar("T")


class Version(NamedTuple):
    """One version of a document, its mentions by id."""

    content: Annotations
    mentions: dict[str, MentionSpan]

    def shown(self, mention_id: str) -> str:
        """A mention as a person finds it."""
        mention = self.mentions.get(mention_id)
        return shown(mention, self.content) if mention else "(no mention)"


class Sides(NamedTuple):
    """The two versions of a document and which mention is which."""

    left: Version
    right: Version
    pairing: Pairing
    subject: str


def sides_of(left: Annotations, right: Annotations, pairing: Pairing, subject: str) -> Sides:
    """Both versions, made ready for looking mentions up."""
    return Sides(_version(left), _version(right), pairing, subject)


def _version(content: Annotations) -> Version:
    return Version(content, {mention.id: mention for mention in content.mentions})


class Link(NamedTuple):
    """A relation with its arguments as pair numbers; 0 stands for an id that names nothing."""

    type: str
    properties: Properties
    args: tuple[int, ...]
    item: RelationLink


class Group(NamedTuple):
    """A chain with its members as pair numbers."""

    properties: Properties
    members: tuple[int, ...]
    item: Chain


def compare_relations(sides: Sides) -> list[Difference]:
    """Relations that are missing, extra, or stand with another type, argument or property."""
    ours = [_link(one, sides.pairing.left) for one in sides.left.content.relations]
    theirs = [_link(one, sides.pairing.right) for one in sides.right.content.relations]
    ours, theirs = _without_equal(ours, theirs, lambda one: one[:3])
    differences = []
    for same in (_by_args, _by_ends, _by_source, _by_target):
        pairs, ours, theirs = pair_by(ours, theirs, same)
        differences += [
            _relation("changed_relation", sides, one.item, other.item) for one, other in pairs
        ]
    differences += [_relation("missing_relation", sides, one.item, None) for one in ours]
    differences += [_relation("extra_relation", sides, None, one.item) for one in theirs]
    return differences


def _link(relation: RelationLink, numbers: dict[str, int]) -> Link:
    args = tuple(numbers.get(arg, 0) for arg in relation.args)
    return Link(relation.type, told(relation), args, relation)


def _by_args(one: Link) -> Hashable:
    return one.args if all(one.args) else one.item.id


def _by_ends(one: Link) -> Hashable:
    return one.type, tuple(sorted(one.args))


def _by_source(one: Link) -> Hashable:
    return one.type, one.args[:1]


def _by_target(one: Link) -> Hashable:
    return one.type, one.args[1:]


def _without_equal(
    ours: Iterable[T], theirs: Iterable[T], key: Callable[[T], Hashable]
) -> tuple[list[T], list[T]]:
    """Both sides without what the other side has too, as often as it has it."""
    return _surplus(ours, Counter(map(key, theirs)), key), _surplus(
        theirs, Counter(map(key, ours)), key
    )


def _surplus(items: Iterable[T], there: Counter[Hashable], key: Callable[[T], Hashable]) -> list[T]:
    rest = []
    for item in items:
        if there[key(item)] > 0:
            there[key(item)] -= 1
        else:
            rest.append(item)
    return rest


def _relation(
    kind: str, sides: Sides, one: RelationLink | None, other: RelationLink | None
) -> Difference:
    left = _told_relation(one, sides.left) if one else ""
    right = _told_relation(other, sides.right) if other else ""
    reason = LOST_WITH_MENTION if one and _lost_any(one.args, sides) else ""
    return Difference(kind, "relations", sides.subject, left or right, reason, left, right)


def _lost_any(mention_ids: Iterable[str], sides: Sides) -> bool:
    return not sides.pairing.lost.isdisjoint(mention_ids)


def _told_relation(relation: RelationLink, version: Version) -> str:
    said = "".join(f", {name} {value}" for name, value in told(relation))
    return f" → {relation.type} → ".join(map(version.shown, relation.args)) + said


def compare_chains(sides: Sides) -> list[Difference]:
    """Coreference chains that are missing, extra, or have other members."""
    ours = [_group(one, sides.pairing.left) for one in sides.left.content.corefs]
    theirs = [_group(one, sides.pairing.right) for one in sides.right.content.corefs]
    ours, theirs = _without_equal(ours, theirs, lambda one: one[:2])
    pairs, ours, theirs = _overlapping(ours, theirs)
    lost = {0, *(sides.pairing.left[mention] for mention in sides.pairing.lost)}
    emptied, ours, theirs = pair_by(
        ours, theirs, lambda one: "empty" if lost.issuperset(one.members) else id(one)
    )
    return [
        *(
            _chain("changed_coreference", sides, one.item, other.item)
            for one, other in (*pairs, *emptied)
        ),
        *(_chain("missing_coreference", sides, one.item, None) for one in ours),
        *(_chain("extra_coreference", sides, None, one.item) for one in theirs),
    ]


def _group(chain: Chain, numbers: dict[str, int]) -> Group:
    members = sorted(numbers.get(member, 0) for member in chain.mentions)
    return Group(told(chain), tuple(members), chain)


def _overlapping(
    ours: list[Group], theirs: list[Group]
) -> tuple[list[tuple[Group, Group]], list[Group], list[Group]]:
    """Pair chains that share members, most shared first."""
    shared = _shared_members(ours, theirs)
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for n, m in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if n not in partner and m not in taken:
            partner[n] = m
            taken.add(m)
    return (
        [(ours[n], theirs[m]) for n, m in partner.items()],
        [one for n, one in enumerate(ours) if n not in partner],
        [one for m, one in enumerate(theirs) if m not in taken],
    )


def _shared_members(ours: list[Group], theirs: list[Group]) -> Counter[tuple[int, int]]:
    """How many members two chains share, for those that share any."""
    holders: dict[int, list[int]] = defaultdict(list)
    for m, other in enumerate(theirs):
        for member in set(other.members) - {0}:
            holders[member].append(m)
    shared: Counter[tuple[int, int]] = Counter()
    for n, one in enumerate(ours):
        for member in set(one.members):
            shared.update((n, m) for m in holders.get(member, ()))
    return shared


def _chain(kind: str, sides: Sides, one: Chain | None, other: Chain | None) -> Difference:
    left = _told_chain(one, sides.left) if one else ""
    right = _told_chain(other, sides.right) if other else ""
    reason = ""
    if one and _lost_any(one.mentions, sides):
        reason = FEWER_MENTIONS if other else LOST_WITH_MENTION
    return Difference(kind, "coreferences", sides.subject, left or right, reason, left, right)


def _told_chain(chain: Chain, version: Version) -> str:
    return " = ".join(map(version.shown, chain.mentions))
