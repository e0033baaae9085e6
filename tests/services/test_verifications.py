"""What a proof says beyond its number of differences."""

import pytest

from migrator.models import Verification


@pytest.mark.parametrize(
    ("totals", "keeps"),
    [
        ({}, False),
        ({"changed_tokens": 3}, True),
        ({"changed_tokens": 3, "changed_sentences": 1}, True),
        ({"changed_tokens": 3, "missing_mention": 1}, False),
    ],
)
def test_only_texts_split_otherwise_lose_no_annotation(totals: dict[str, int], keeps: bool) -> None:
    assert Verification(totals=totals).keeps_every_annotation is keeps
