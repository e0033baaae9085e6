"""Each check: it fires, it does not, and it says when it could not look."""

import pytest

from migrator.checks.catalogue import CATALOGUE, CHECKS
from migrator.checks.check import Group
from migrator.checks.examine import answer, look
from migrator.checks.facts import Clashes, ItemFacts, Noted, ServedFacts, TaskFacts
from migrator.models import CheckResult
from migrator.models.checks import OF_THE_TARGET
from tests.checks.facts import (
    BY_HAND,
    COUNTS,
    DICTIONARY,
    DONE,
    FILES,
    LISTS,
    RIGHT,
    SET,
    TARGET,
    WORKSPACE,
    but,
    by_hand,
    existing,
    finding,
    finding_in_files,
    into,
    listing,
    said,
    version,
)

State = CheckResult.State
ROLES = ("Human annotator", "Project manager", "Admin")


def result(code: str, facts: ItemFacts) -> CheckResult | None:
    """What the check answers, None where it is not due."""
    looked = look(CATALOGUE[code], facts)
    return answer(looked, facts) if looked else None


def task(**changes: object) -> ItemFacts:
    """Right, but for the one annotation set of the one task."""
    return listing(tasks=(TaskFacts(name="Spring", state="", sets=(but(DONE, **changes),)),))


def dictionary(**changes: object) -> ItemFacts:
    """Right, but for the one dictionary."""
    return listing(dictionaries=(but(DICTIONARY, **changes),))


def listed_set(**changes: object) -> ItemFacts:
    """Right, but for the one document set, before anything was collected."""
    return but(listing(sets=(but(SET, **changes),)), files=None)  # type: ignore[no-any-return]


def counted(**counts: int) -> ItemFacts:
    """Right, but for what the files count."""
    return finding_in_files(counts={**COUNTS, **counts})


def people(role: str, there: dict[str, str], **changes: object) -> ItemFacts:
    """Ann with a role in the source, mapped to herself, and who is in the target."""
    member = but(LISTS.members[0], role=role)
    facts = listing(members=(member,))
    return but(facts, target=but(TARGET, people=there, **changes))  # type: ignore[no-any-return]


DEPLOYED = listing(versions=(version("ml", "1.0", "10:abc"),))
BLOCKS, WARNS, NOTES = State.BLOCKING, State.WARNING, State.NOTE

# code, facts, what it answers, what stands among the items or in what was found
FIRES = [
    ("work_in_progress", task(state="IN_PROGRESS", annotated=2), BLOCKS, "in progress, 2 of 4"),
    ("work_in_progress", task(state="SUBMITTED"), BLOCKS, "Half (ann@x.org): submitted"),
    ("work_in_progress", task(state="IN_PROGRESS", annotated=0), BLOCKS, "0 of 4"),
    ("work_in_progress", task(state="NOT_STARTED", annotated=None, documents=None), None, ""),
    (
        "work_in_progress",
        listing(tasks=(), sets=(but(SET, annotator="ann@x.org", in_ground_truth=False),)),
        BLOCKS,
        "in no task",
    ),
    ("deployed_models", DEPLOYED, BLOCKS, "10:abc"),
    ("deployed_models", but(DEPLOYED, deletes_source=None), WARNS, "10:abc"),
    ("deployed_models", but(DEPLOYED, deletes_source=False), NOTES, "10:abc"),
    ("deployed_models", but(DEPLOYED, why_unscanned="Never scanned."), BLOCKS, "may be more"),
    ("rule_based_model", listing(versions=(version("rule"),)), WARNS, "Rule-based 1.0"),
    (
        "rule_based_model",
        but(RIGHT, workspace=but(WORKSPACE, rule_classes=("Driver",))),
        WARNS,
        "Class Driver",
    ),
    (
        "rule_based_model",
        but(RIGHT, noted=Noted(rules=("Regular expression Plate",))),
        WARNS,
        "Regular expression Plate",
    ),
    ("snapshots_stay", DEPLOYED, NOTES, "Machine learning 1.0"),
    ("model_export", DEPLOYED, NOTES, "1 version"),
    ("type_system", finding_in_files(finding("role_undefined", 1, "A: x")), BLOCKS, "A: x"),
    ("type_system", finding_in_files(finding("limit_type_system_size")), BLOCKS, "2 faults"),
    ("type_system", counted(entity_types=0), BLOCKS, "empty or missing"),
    ("many_types", counted(entity_types=51), WARNS, "51 entity types"),
    ("many_types", counted(relation_labels=51), WARNS, "51 labels"),
    ("type_names", finding_in_files(finding("type_label_irregular", 1, "A-B")), WARNS, "A-B"),
    ("type_names", finding_in_files(finding("limit_relation_label")), WARNS, "2 labels"),
    ("read_only_dictionaries", dictionary(read_only=True), WARNS, "Drugs"),
    ("dictionary_size", dictionary(entries=15_001), WARNS, "Drugs: 15,001 entries"),
    (
        "dictionary_size",
        finding_in_files(finding("limit_dictionary_size", 1, "Drugs: 1,200,000 bytes")),
        WARNS,
        "1,200,000 bytes",
    ),
    ("dictionary_mapping", dictionary(entity_type=""), WARNS, "Drugs"),
    ("dictionary_names", listing(dictionaries=(DICTIONARY, DICTIONARY)), WARNS, "Drugs: 2 times"),
    ("dictionary_names", finding_in_files(finding("limit_surface")), WARNS, "2 names or surfaces"),
    (
        "csv_becomes_read_only",
        but(RIGHT, files=but(FILES, csv_dictionaries=("Drugs.csv",))),
        WARNS,
        "Drugs.csv",
    ),
    ("obscured_documents", finding_in_files(finding("obscured_document", 318)), BLOCKS, "318"),
    ("obscured_documents", listed_set(preannotated=True), BLOCKS, "Letters"),
    (
        "tokenizer",
        but(RIGHT, workspace=but(WORKSPACE, tokenizer="dictionary")),
        WARNS,
        "dictionary-based",
    ),
    ("tokenizer", into(tokenizer="dictionary"), WARNS, "the target the dictionary-based"),
    (
        "document_length",
        finding_in_files(finding("limit_characters", 1, "d7: 50,000")),
        WARNS,
        "d7",
    ),
    ("upload_size", finding_in_files(finding("limit_upload_size")), WARNS, "one upload"),
    ("set_names", listed_set(name="x" * 257), WARNS, "1 name longer"),
    ("set_names", finding_in_files(finding("limit_set_name")), WARNS, "2 names longer"),
    ("duplicates", finding_in_files(finding("duplicate_text", 40)), NOTES, "40 texts"),
    ("shared_texts", finding_in_files(finding("text_in_training_and_test")), NOTES, "2 texts"),
    (
        "one_workspace",
        finding_in_files(finding("undefined_mention_type", 50, "d1: CAR, nearest AUTO")),
        BLOCKS,
        "nearest AUTO",
    ),
    ("one_workspace", finding_in_files(finding("several_type_systems")), BLOCKS, "several"),
    ("one_workspace", finding_in_files(finding("workspace_ids_differ")), NOTES, "they fit"),
    ("readable_files", finding_in_files(damage="corpus.zip no longer matches."), BLOCKS, "altered"),
    ("readable_files", finding_in_files(finding("damaged_entry", 3)), BLOCKS, "3 faults"),
    ("language", into(language="de"), BLOCKS, "the target de"),
    ("language", finding_in_files(finding("mixed_languages")), BLOCKS, "several languages"),
    ("encoding", finding_in_files(finding("csv_encoding", 1, "Drugs: cp1252")), WARNS, "cp1252"),
    ("target_room", existing(there={**COUNTS, "documents": 9_990}), BLOCKS, "10,002 documents"),
    ("target_room", counted(dictionaries=65), BLOCKS, "65 dictionaries of 64"),
    (
        "clashing_types",
        existing(clashes=Clashes(lacking=("DRUG",), differing=("DOSE",))),
        BLOCKS,
        "DRUG",
    ),
    ("clashing_types", existing(clashes=Clashes(lacking=(), differing=("DOSE",))), BLOCKS, "DOSE"),
    (
        "clashing_types",
        existing(clashes=Clashes(lacking=(), differing=("DOSE", "DRUG"), kept=("DRUG",))),
        BLOCKS,
        "1 type differs",
    ),
    (
        "clashing_types",
        existing(clashes=Clashes(lacking=(), differing=("DOSE",), kept=("DOSE",))),
        NOTES,
        "keeps its own",
    ),
    ("lite_plan", into(instance=but(TARGET.instance, plan="Lite")), WARNS, "one user"),
    ("region", into(instance=but(TARGET.instance, region="eu-de")), WARNS, "the target in eu-de"),
    ("unmapped_people", into(mapped_people={}), WARNS, "not mapped, is in Frankfurt"),
    ("unmapped_people", into(mapped_people={}, people={}), WARNS, "1 of them is not in Frankfurt"),
    (
        "unmapped_people",
        but(
            task(annotator="bo@x.org", state="IN_PROGRESS"),
            target=but(TARGET, people={"bo@x.org": "Human annotator"}),
        ),
        WARNS,
        "bo@x.org (by a task only): not mapped",
    ),
    (
        "lowered_roles",
        people("Human annotator", {"ann@x.org": "Admin"}),
        WARNS,
        "Human annotator in the source, Admin in the target",
    ),
    (
        "lowered_roles",
        people(
            "Admin", {"ann@x.org": "Admin"}, mapped_people={"ann@x.org": ("ann@x.org", ROLES[0])}
        ),
        WARNS,
        "Human annotator in the source, Admin in the target",
    ),
]


@pytest.mark.parametrize(
    ("code", "facts", "state", "words"), FIRES, ids=[f"{one[0]}-{n}" for n, one in enumerate(FIRES)]
)
def test_a_check_fires(code: str, facts: ItemFacts, state: State | None, words: str) -> None:
    found = result(code, facts)
    assert found is not None
    assert found.state == (state or State.PASSED)
    if state is not None:
        assert words in " ".join([found.found, *found.items])
        assert found.fix or state == NOTES
        assert found.looked_at


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_check_passes_where_everything_is_right(code: str) -> None:
    found = result(code, RIGHT)
    assert found is not None
    assert (found.state, found.items, found.fix) == (State.PASSED, [], "")


def test_every_check_of_the_catalogue_is_seen_to_fire_at_its_level() -> None:
    fired = {(code, state) for code, _, state, _ in FIRES if state}
    assert {(check.code, check.level) for check in CHECKS} <= fired


# What is looked at in the files is not due before there are any.
IN_FILES = {
    "type_system",
    "many_types",
    "type_names",
    "dictionary_names",
    "csv_becomes_read_only",
    "document_length",
    "upload_size",
    "set_names",
    "duplicates",
    "shared_texts",
    "one_workspace",
    "readable_files",
    "encoding",
}


@pytest.mark.parametrize(
    "code", [code for code in CATALOGUE if code not in IN_FILES | {"language"}]
)
def test_what_nobody_can_look_at_is_said_to_be_unknown(code: str) -> None:
    found = result(code, by_hand())
    assert found is not None
    assert found.state == State.COULD_NOT_CHECK
    assert found.found
    assert found.source == CheckResult.Source.NOTHING


@pytest.mark.parametrize("code", sorted(IN_FILES))
def test_what_is_in_the_files_is_not_due_before_they_are_here(code: str) -> None:
    assert result(code, by_hand()) is None


def test_an_archive_from_elsewhere_does_not_tell_whether_its_dictionaries_were_csv() -> None:
    facts = but(RIGHT, files=but(FILES, csv_dictionaries=None))
    found = result("csv_becomes_read_only", facts)
    assert found is not None
    assert found.state == State.COULD_NOT_CHECK


def test_a_target_that_was_not_read_is_unknown_and_not_free() -> None:
    for code in ("target_room", "clashing_types"):
        found = result(code, existing(there=None, clashes=None))
        assert found is not None
        assert found.state == State.COULD_NOT_CHECK


TARGETS = {"target_room", "clashing_types", "lite_plan", "region", "unmapped_people"}


@pytest.mark.parametrize("code", sorted(TARGETS | {"lowered_roles"}))
def test_the_target_is_looked_at_once_it_is_chosen(code: str) -> None:
    assert result(code, but(RIGHT, target=None)) is None


def test_the_models_know_which_checks_are_about_the_target() -> None:
    groups = (Group.TARGET, Group.PEOPLE)
    assert tuple(one.code for one in CHECKS if one.group in groups) == OF_THE_TARGET


def test_a_person_mapped_to_another_or_left_out_is_not_missing() -> None:
    for stands_in in ("kim@x.org", ""):
        mapped = {"ann@x.org": (stands_in, "")}
        facts = people("Admin", {"kim@x.org": "Admin"}, mapped_people=mapped)
        for code in ("unmapped_people", "lowered_roles"):
            found = result(code, facts)
            assert found is not None
            assert found.state == State.PASSED


def test_a_dictionary_that_the_plan_maps_is_mapped() -> None:
    facts = but(dictionary(entity_type=""), target=but(TARGET, mapped_dictionaries=("Drugs",)))
    found = result("dictionary_mapping", facts)
    assert found is not None
    assert found.state == State.PASSED


def test_a_lite_source_exports_no_model() -> None:
    facts = but(DEPLOYED, source=but(RIGHT.source, plan="lite"))
    assert result("model_export", facts) is None


def test_files_that_can_be_read_settle_what_the_tool_says_of_their_sets() -> None:
    facts = listing(sets=(but(SET, preannotated=True),))
    found = result("obscured_documents", facts)
    assert found is not None
    assert found.state == State.PASSED


def served(**changes: object) -> ServedFacts:
    """A model of the workspace that a linked service lists."""
    one = ServedFacts(
        model_id="10:abc",
        version="1.0",
        service="natural-language-understanding",
        status="available",
        kept_why="",
        is_gone=False,
    )
    return but(one, **changes)  # type: ignore[no-any-return]


def test_a_model_that_only_its_service_knows_is_deployed_too() -> None:
    found = result("deployed_models", but(RIGHT, served=(served(model_id="10:xyz"),)))
    assert found is not None
    assert found.state == BLOCKS
    assert "10:xyz" in found.items[0]


def test_a_model_that_its_service_lists_no_more_is_not_deployed() -> None:
    found = result("deployed_models", but(DEPLOYED, served=(served(is_gone=True),)))
    assert found is not None
    assert found.state == State.PASSED


def test_a_model_that_is_kept_on_purpose_does_not_block() -> None:
    found = result("deployed_models", but(DEPLOYED, served=(served(kept_why="The portal"),)))
    assert found is not None
    assert found.state == NOTES
    assert "The portal" in found.items[0]


def test_a_workspace_that_stays_may_keep_its_models() -> None:
    found = result("deployed_models", but(DEPLOYED, keeps_source=True))
    assert found is not None
    assert found.state == NOTES


@pytest.mark.parametrize(
    ("deletes", "level"), [(True, BLOCKS), (None, WARNS), (False, NOTES)], ids=str
)
def test_models_of_a_service_that_nobody_scanned_are_unknown_and_never_none(
    *, deletes: bool | None, level: State
) -> None:
    facts = but(RIGHT, why_unscanned="NLU was never scanned.", deletes_source=deletes)
    found = result("deployed_models", facts)
    assert found is not None
    assert (found.state, found.level) == (State.COULD_NOT_CHECK, level)
    assert "Treat this as not safe. NLU was never scanned." in found.found
    said_yes = but(facts, said={"deployed_models": said("yes")})
    answered = result("deployed_models", said_yes)
    assert answered is not None
    assert answered.state == level


def test_what_is_kept_on_purpose_does_not_make_the_rest_known() -> None:
    facts = but(DEPLOYED, served=(served(kept_why="The portal"),), why_unscanned="It failed.")
    found = result("deployed_models", facts)
    assert found is not None
    assert found.state == WARNS
    assert "There may be more: It failed." in found.found


def test_a_served_model_counts_although_nobody_can_list_the_workspace() -> None:
    found = result("deployed_models", by_hand(served=(served(),)))
    assert found is not None
    assert found.state == BLOCKS
    assert BY_HAND in found.found


def test_an_instance_that_does_not_list_classes_leaves_the_rules_unknown() -> None:
    silent = but(RIGHT, workspace=but(WORKSPACE, rule_classes=None))
    found = result("rule_based_model", silent)
    assert found is not None
    assert found.state == State.COULD_NOT_CHECK
    noted = result("rule_based_model", but(silent, noted=Noted(rules=("Rule Plate",))))
    assert noted is not None
    assert (noted.state, noted.source) == (WARNS, CheckResult.Source.WORKSHEET)


def test_roles_that_were_waived_in_writing_need_no_map() -> None:
    facts = but(into(mapped_people={}), noted=Noted(members=(), waived=("roles",)))
    found = result("unmapped_people", facts)
    assert found is not None
    assert found.state == State.PASSED


def test_whoever_works_in_a_finished_task_only_needs_no_map() -> None:
    found = result("unmapped_people", task(annotator="bo@x.org"))
    assert found is not None
    assert found.state == WARNS
    finished = TaskFacts(name="Spring", state="COMPLETED", sets=(but(DONE, annotator="bo@x.org"),))
    found = result("unmapped_people", listing(tasks=(finished,)))
    assert found is not None
    assert found.state == State.PASSED


NOTED = Noted(
    tasks=(TaskFacts(name="Autumn", state="", sets=(but(DONE, state="In progress"),)),),
    read_only=("Drugs",),
    mappings=(("Drugs", ""),),
    members=LISTS.members,
)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("work_in_progress", BLOCKS),
        ("read_only_dictionaries", WARNS),
        ("dictionary_mapping", WARNS),
        ("unmapped_people", WARNS),
    ],
)
def test_what_a_worksheet_says_is_not_asked_again(code: str, state: State) -> None:
    facts = but(by_hand(noted=NOTED), target=but(TARGET, people={}, mapped_people={}))
    found = result(code, facts)
    assert found is not None
    assert (found.state, found.source) == (state, CheckResult.Source.WORKSHEET)
    assert found.looked_at.endswith("as noted in the worksheet")


ASKING = [check for check in CHECKS if check.question]


@pytest.mark.parametrize("check", ASKING, ids=lambda check: check.code)
def test_a_persons_answer_becomes_the_source(check: object) -> None:
    assert hasattr(check, "code")
    one = CATALOGUE[check.code]
    assert one.question is not None
    for choice in one.question.choices:
        facts = by_hand(said={one.code: said(choice.value, "Letters")})
        if one.code == "csv_becomes_read_only":
            facts = but(facts, files=but(FILES, csv_dictionaries=None))
        found = result(one.code, facts)
        assert found is not None
        assert (found.state, found.found) == (choice.state, choice.found)
        assert found.source == CheckResult.Source.PERSON
        assert found.looked_at.startswith("As ann said on 24 Nov 2026, 14:02")
        assert found.items == ["Letters"]


def test_what_is_known_counts_more_than_what_was_said() -> None:
    facts = but(DEPLOYED, said={"deployed_models": said("no")})
    found = result("deployed_models", facts)
    assert found is not None
    assert (found.state, found.source) == (BLOCKS, CheckResult.Source.INVENTORY)


def test_every_unknown_can_be_answered_by_a_person() -> None:
    silent = {check.code for check in CHECKS if not check.question}
    assert silent <= IN_FILES | {"language"}


def test_the_fingerprint_covers_what_was_looked_at_and_nothing_else() -> None:
    def of(code: str, facts: ItemFacts) -> str:
        looked = look(CATALOGUE[code], facts)
        assert looked is not None
        return looked.fingerprint

    read_only = dictionary(read_only=True)
    assert of("read_only_dictionaries", RIGHT) != of("read_only_dictionaries", read_only)
    assert of("deployed_models", RIGHT) == of("deployed_models", read_only)
    assert of("deployed_models", RIGHT) != of("deployed_models", but(RIGHT, deletes_source=None))
    assert of("deployed_models", RIGHT) != of("deployed_models", but(RIGHT, lists=None))
    known = by_hand(said={"deployed_models": said("no")})
    assert of("deployed_models", by_hand()) != of("deployed_models", known)
    assert BY_HAND in (result("deployed_models", by_hand()) or CheckResult()).found
