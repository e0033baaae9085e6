"""The text files of a bag, as RFC 8493 has them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.archives import bag
from migrator.archives.errors import ArchiveError

PATHS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda t: f"data/{t}x")


@given(PATHS)
def test_a_path_comes_back_from_a_manifest(path: str) -> None:
    # Only CR, LF and % are encoded; other line separators are ordinary characters of a name.
    hashes = {path: "0" * 64}
    assert bag.parse_manifest("m", bag.manifest_text(hashes)) == hashes


def test_line_ends_and_percent_signs_are_encoded() -> None:
    assert bag.encode_path("a%b\r\nc") == "a%25b%0D%0Ac"
    assert bag.decode_path("a%25b%0d%0Ac%20") == "a%b\r\nc%20"


@pytest.mark.parametrize("line", ["abc  data/x", "0" * 64, f"{'0' * 64}data/x", "hello"])
def test_a_line_that_is_no_fingerprint_is_refused(line: str) -> None:
    with pytest.raises(ArchiveError, match="Line 1"):
        bag.parse_manifest("m", line)


def test_a_path_listed_twice_is_refused() -> None:
    with pytest.raises(ArchiveError, match="Line 2"):
        bag.parse_manifest("m", f"{'0' * 64}  data/x\n{'1' * 64}  data/x\n")


def test_the_oxum_counts_bytes_and_files() -> None:
    fields = bag.info_fields(
        sizes=[10, 20],
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        identifier="w",
        description="",
        agent="a",
    )
    text = bag.info_text(fields)
    assert "Payload-Oxum: 30.2\n" in text
    assert "External-Description" not in text


def test_a_folded_value_is_one_value() -> None:
    assert bag.parse_info("A: one\r\n  two\r\nB: three") == {"A": "one two", "B": "three"}
