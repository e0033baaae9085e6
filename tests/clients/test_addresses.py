"""Addresses as people paste them."""

import pytest

from migrator.clients.addresses import clean_address, cp4d_root
from migrator.errors import ServiceError

CLOUD = (
    "https://us-south.knowledge-studio.watson.cloud.ibm.com/knowledge-studio/tools/app/ussouth/t-1"
)
CP4D = "https://cpd.example.com/knowledge-studio/wks/instances/1650/tooling"
NLU = "https://api.eu-de.natural-language-understanding.watson.cloud.ibm.com/instances/g-1"


@pytest.mark.parametrize(
    "pasted",
    [
        CLOUD,
        CLOUD + "/",
        CLOUD + "/ui/#/projects/abc?x=1",
        CLOUD + "/ui",
        CLOUD + "?state=1#/x",
        CLOUD + "/wks/api/v10/workspaces",
        f"  <{CLOUD}/ui/>\n",
        f'"{CLOUD}"',
        CLOUD.removeprefix("https://"),
        CLOUD.replace("us-south.know", "US-South.Know").replace("https", "HTTPS"),
        CLOUD.replace(".com/", ".com:443/"),
    ],
)
def test_an_address_out_of_a_browser_is_cleaned(pasted: str) -> None:
    assert clean_address(pasted, "cloud") == CLOUD


@pytest.mark.parametrize("pasted", [CP4D, CP4D + "/", CP4D + "/ui/#/x", CP4D + "/wks/api/v10"])
def test_an_address_of_cloud_pak_for_data_is_cleaned(pasted: str) -> None:
    assert clean_address(pasted, "cp4d") == CP4D
    assert cp4d_root(CP4D) == "https://cpd.example.com"


@pytest.mark.parametrize("pasted", [NLU, NLU + "/", NLU + "/v1/models?version=2022-08-10"])
def test_an_address_of_a_watson_service_is_cleaned(pasted: str) -> None:
    assert clean_address(pasted, "watson") == NLU


def test_a_port_that_matters_stays() -> None:
    address = "http://127.0.0.1:8123/knowledge-studio/tools/app/ussouth/t-1"
    assert clean_address(address + "/ui/#/", "cloud") == address
    assert clean_address("http://[::1]:8123/", "root") == "http://[::1]:8123"


@pytest.mark.parametrize(
    ("pasted", "kind"),
    [
        ("", "cloud"),
        ("Knowledge Studio", "cloud"),
        ("mailto:ann@example.com", "cloud"),
        ("javascript:alert(1)", "cloud"),
        ("https://example.com/", "cloud"),
        (CP4D, "cloud"),
        (CLOUD, "cp4d"),
        (CLOUD + "/elsewhere", "cloud"),
        (CLOUD.replace("https://", "https://ann:geheim@"), "cloud"),
        ("https://cloud.ibm.com/services/knowledge-studio/crn%3Av1", "cloud"),
        ("https://gateway.watsonplatform.net/knowledge-studio/tools/app/a/b", "cloud"),
        (CLOUD.replace("ussouth", ".."), "cloud"),
        (CLOUD.replace("ussouth", "%2e%2e"), "cloud"),
    ],
)
def test_what_is_no_address_is_refused_in_words(pasted: str, kind: str) -> None:
    with pytest.raises(ServiceError) as caught:
        clean_address(pasted, kind)
    assert caught.value.happened
    assert caught.value.meaning
    assert caught.value.remedy
    assert "geheim" not in str(caught.value)
