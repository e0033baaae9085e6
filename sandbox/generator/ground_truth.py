"""Writes gt/<docId>.json as the service prints it (Jackson's pretty printer), from composed text.

Written by hand because a benchmark corpus has five million tokens, each with five fields.
"""

import re
from typing import Any

import msgspec

from migrator.formats import jackson
from sandbox.generator.texts import Composed, Mention

TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s]")

_MENTION = """{{
    "id" : {id},{source}
    "properties" : {{
      "SIRE_MENTION_ROLE" : {role},
      "SIRE_ENTITY_SUBTYPE" : {subtype},
      "SIRE_MENTION_TYPE" : {mention_type},
      "SIRE_MENTION_CLASS" : {mention_class}{extra}
    }},
    "type" : {type},
    "begin" : {begin},
    "end" : {end},
    "inCoref" : {in_coref}
  }}"""


def quoted(text: str) -> str:
    """`text` as a JSON string, characters beyond ASCII raw."""
    written = msgspec.json.encode(text).decode()
    return jackson.quoted(text) if "\\u" in written else written


def ground_truth_json(facts: dict[str, Any], made: Composed) -> bytes:
    """The file of one document; `facts` are its id, name, dates, language, status."""
    text = quoted(made.text)
    chained = ", ".join(_chain(n, chain) for n, chain in enumerate(made.chains, 1))
    return f"""{{
  "id" : {quoted(facts["id"])},
  "name" : {quoted(facts["name"])},
  "createdDate" : {facts["createdDate"]},
  "version" : 3,
  "text" : {text},
  "docLength" : 0,
  "language" : {quoted(facts["language"])},
  "status" : {quoted(facts["status"])},
  "modifiedDate" : {facts["modifiedDate"]},
  "documentSet" : [ ],
  "preannotation" : {_inline(facts["preannotation"])},
  "sentences" : {_list(", ".join(_sentences(made)))},
  "mentions" : {_list(", ".join(map(_mention, made.mentions)))},
  "relations" : {_list(", ".join(_relations(made)))},
  "corefs" : {_list(chained)},
  "typeResolved" : true,
  "userResolved" : false
}}""".encode()


def _list(items: str) -> str:
    return f"[ {items} ]" if items else "[ ]"


def _inline(strings: list[str]) -> str:
    return _list(", ".join(map(quoted, strings)))


def _sentences(made: Composed) -> list[str]:
    return [
        f"""{{
    "id" : "s{number}",
    "begin" : {begin},
    "end" : {end},
    "text" : {quoted(made.text[begin:end])},
    "tokens" : {_list(", ".join(_tokens(made.text, number, begin, end)))}
  }}"""
        for number, (begin, end) in enumerate(made.sentences)
    ]


def _tokens(text: str, sentence: int, begin: int, end: int) -> list[str]:
    return [
        f"""{{
      "id" : "s{sentence}-t{number}",
      "begin" : {found.start()},
      "end" : {found.end()},
      "text" : {_token_text(found.group())},
      "whiteSpace" : false
    }}"""
        for number, found in enumerate(TOKEN.finditer(text, begin, end))
    ]


def _token_text(token: str) -> str:
    """Quoted; only a single sign can need an escape."""
    return quoted(token) if len(token) == 1 else f'"{token}"'


def _mention(mention: Mention) -> str:
    extra = "".join(
        f",\n      {quoted(key)} : {quoted(value)}" for key, value in mention.extra.items()
    )
    return _MENTION.format(
        id=quoted(mention.id),
        source=f'\n    "source" : {quoted(mention.source)},' if mention.source else "",
        role=quoted(mention.role),
        subtype=quoted(mention.subtype),
        mention_type=quoted(mention.mention_type),
        mention_class=quoted(mention.mention_class),
        extra=extra,
        type=quoted(mention.type),
        begin=mention.begin,
        end=mention.end,
        in_coref="true" if mention.in_coref else "false",
    )


def _relations(made: Composed) -> list[str]:
    return [
        f"""{{
    "id" : "s0-r{number}",
    "properties" : {{ }},
    "type" : {quoted(label)},
    "args" : {_inline([source, target])}
  }}"""
        for number, (label, source, target) in enumerate(made.relations, 1)
    ]


def _chain(number: int, chain: list[str]) -> str:
    return f"""{{
    "id" : "c{number}",
    "properties" : {{ }},
    "mentions" : {_inline(chain)}
  }}"""
