"""The clinic file is checked whole, and every fault in it is told at once."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts, check_facts, read_facts
from clinic.settings import ROOT


def document() -> dict[str, Any]:
    return tomllib.loads((ROOT / "clinic.toml").read_text(encoding="utf-8"))


def faults(**changes: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        check_facts(document() | changes, "clinic.toml")
    return list(caught.value.faults)


def test_the_default_is_the_clinic_of_the_brief(facts: ClinicFacts) -> None:
    assert (facts.name, facts.opening_hours, facts.timezone) == (
        "Pure Physiotherapy",
        "Mo-Sa 08:00-20:00",
        "Europe/London",
    )
    assert facts.condition[0].slug == "sacro-iliac-joint-pain"


def test_all_faults_are_told_together_each_with_its_setting() -> None:
    told = faults(sender="nobody", opening_hours="Mo-Sa 08:00-25:00", reply={"target": "soon"}, colour="red")
    named = {fault.split(": ")[1] for fault in told}
    assert named == {"sender", "opening_hours", "reply.target", "colour"}


def test_fault_in_the_hours_shows_the_place_and_the_cure() -> None:
    (told,) = faults(opening_hours="Mon-Sat 8am-8pm")
    assert "^" in told
    assert "Mo-Sa 08:00-20:00" in told


@pytest.mark.parametrize("setting", ["website", "privacy_notice", "websites"])
def test_address_that_no_browser_can_meet_is_refused(setting: str) -> None:
    told = faults(**{setting: ["https://[::1"] if setting == "websites" else "https://[::1"})
    assert "names no host that a browser could go to" in told[0]


def test_slug_that_stands_twice_is_refused() -> None:
    condition = {"slug": "neck-pain", "title": "Neck pain"}
    assert "neck-pain" in faults(condition=[condition, condition])[0]


def test_hours_of_a_site_are_checked_with_what_it_takes_from_the_clinic() -> None:
    site = {"slug": "riverside", "name": "Riverside", "opening_hours": "Mo-Fr 09:00-08:00"}
    assert faults(site=[site])[0].startswith("clinic.toml: site riverside: opening_hours: ")


def test_site_leaves_out_what_is_as_the_clinics() -> None:
    site = {"slug": "riverside", "name": "Riverside", "opening_hours": "Mo-Fr 09:00-17:00"}
    facts = check_facts(document() | {"site": [site]}, "clinic.toml")
    assert facts.hours("riverside").opening_hours == "Mo-Fr 09:00-17:00"
    assert facts.hours("riverside").bank_holidays == "england"
    assert facts.hours().opening_hours == "Mo-Sa 08:00-20:00"


def test_facts_that_were_kept_are_read_whatever_their_website(facts: ClinicFacts) -> None:
    kept = facts.model_copy(update={"website": "https://editor@www.example.com"}).canonical()
    assert ClinicFacts.model_validate_json(kept).website == "https://editor@www.example.com"


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\ufeff", "\x00", "\u202e", "\ue000"])
def test_what_nobody_can_see_is_refused_and_its_place_named(hidden: str) -> None:
    (told,) = faults(site=[{"slug": "river", "name": f"River{hidden}side"}])
    place, cure = f"site 1 (River{hidden}side): name", "take out what nobody can see, here in brackets"
    assert told == f'clinic.toml: {place}: {cure}: "River[U+{ord(hidden):04X}]side"'


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000", "\t", "\u2028"])
def test_any_space_is_a_plain_one(space: str) -> None:
    changes = {"phone": f"01632{space}960123", "site": [{"slug": "river", "name": f"River{space}side"}]}
    read = check_facts(document() | changes, "clinic.toml")
    assert (read.phone, read.site[0].name) == ("01632 960123", "River side")


def test_what_is_no_fault_stays_as_it_is_for_facts_are_known_by_their_bytes() -> None:
    address = " 1  High St – Ŵ, 東京, 🏥 "
    assert check_facts(document() | {"address": address}, "clinic.toml").address == address


def test_facts_that_were_kept_are_read_whatever_nobody_sees_in_them(facts: ClinicFacts) -> None:
    kept = facts.model_copy(update={"name": "Pure\u200b\u00a0Physio", "address": "\x07"})
    assert ClinicFacts.model_validate_json(kept.canonical()) == kept


def test_facts_survive_being_kept_in_the_store(facts: ClinicFacts) -> None:
    kept = ClinicFacts.model_validate_json(facts.canonical())
    assert (kept, kept.edition()) == (facts, facts.edition())


def test_the_examples_in_the_clinic_file_hold_where_they_stand(tmp_path: Path) -> None:
    text = (ROOT / "clinic.toml").read_text(encoding="utf-8")
    example = re.compile(r"^# (\[.*\]|\w+ = .*)$", re.MULTILINE)
    (tmp_path / "clinic.toml").write_text(example.sub(r"\1", text), encoding="utf-8")
    facts = read_facts(tmp_path / "clinic.toml")
    assert facts.condition[0].red_flags
    assert facts.closure
    assert facts.special_hours
    assert facts.site


def test_file_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CLINIC_FILE: there is no file"):
        read_facts(tmp_path / "clinic.toml")
    (tmp_path / "clinic.toml").write_text("name = ")
    with pytest.raises(ConfigurationError, match=r"CLINIC_FILE: .* can't be read"):
        read_facts(tmp_path / "clinic.toml")
