"""The dictionaries of a generated export: one for each type of words, in ragged rows."""

import random
from pathlib import Path

from migrator.formats.dictionaries import Dictionary, PosCode, write_dictionaries
from migrator.formats.dictionary_csv import Entry
from sandbox.generator.ontology import MADE_AT, new_id
from sandbox.generator.texts import LANGUAGES

# Names of dictionaries and the entity types whose words they hold.
DICTIONARIES = (("Organizations", "Organization"), ("Parts", "Part"), ("Places", "Location"))
NOUN, UNKNOWN = "3", "0"

POS_CODES = (
    ("1", "Pronoun"),
    ("2", "Verb"),
    ("3", "Noun"),
    ("4", "Adjective"),
    ("5", "Adverb"),
    ("6", "Adposition"),
    ("7", "Interjection"),
    ("8", "Conjunction"),
    ("9", "Determiner"),
    ("10", "Quantifier"),
    ("0", "Unknown"),
)


def rows(rng: random.Random, language: str, kind: str, *, anomalies: bool) -> list[Entry]:
    """The words of one entity type with their other spellings."""
    made = [
        Entry(word, NOUN, _surfaces(rng, word))
        for word, _subtype in LANGUAGES[language].WORDS[kind]
    ]
    return made + _odd_rows(made) if anomalies else made


def _surfaces(rng: random.Random, word: str) -> list[str]:
    """The word itself and one to four spellings of it."""
    spellings = (word.upper(), word.lower(), word.replace(" ", "-"), f"{word}s", f"“{word}”")
    chosen = rng.sample(spellings, rng.randint(1, 4))
    return list(dict.fromkeys((word, *chosen)))


def _odd_rows(made: list[Entry]) -> list[Entry]:
    """What real files hold: padded, repeated and empty lemmas, lemmas that are no surface."""
    first, second = made[0], made[1]
    return [
        Entry(f" {first.lemma}", NOUN, [first.lemma]),
        Entry(second.lemma, UNKNOWN, second.surfaces),
        Entry(second.lemma, NOUN, [f"{second.lemma} branch"]),
        Entry(f"{first.lemma} group", NOUN, [first.lemma, first.lemma]),
        Entry("", UNKNOWN, []),
    ]


def write_generated_dictionaries(
    path: Path, rng: random.Random, language: str, workspace_id: str, *, anomalies: bool
) -> None:
    """Write the dictionaries ZIP in its schema.json form."""
    dictionaries = [
        Dictionary(
            id=new_id(rng),
            name=name,
            language=language.upper(),
            workspace_id=workspace_id,
            pos_codes=[PosCode(id=code, name=said, created_date=0) for code, said in POS_CODES],
            entries=rows(rng, language, kind, anomalies=anomalies),
        )
        for name, kind in DICTIONARIES
    ]
    with path.open("wb") as file:
        write_dictionaries(dictionaries, file, made_at=MADE_AT)
