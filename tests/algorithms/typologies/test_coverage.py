"""No reason of any typology is without a test that finds it, one of its innocent look-alike and one of its boundary."""

import ast
from pathlib import Path

from sandan.algorithms.vocabulary.registry import registry

TESTS = Path(__file__).parents[2]
# Reasons that neither a rule nor a sign gives: file, test that finds it, test of a look-alike, test of the boundary.
_RINGS, _LOTS, _SHIPMENTS = (f"algorithms/network/test_{name}.py" for name in ("rings", "lots", "shipments"))
_TOO_FEW = "test_four_parcels_are_too_few"
OTHERS = {
    "ring": (_RINGS, "test_a_ring_among_honest_people_stands_out", "test_a_family_is_a_household", "test_three_identities_are_too_few"),
    "lot": (
        _LOTS, "test_a_lot_of_one_person_is_found_among_honest_trade", "test_supplies_with_weeks_between_are_no_lot",
        "test_a_lot_has_three_parcels_under_the_limit_and_is_above_it_together",
    ),
    "brand_left_off": (_SHIPMENTS, "test_a_disguised_brand_counts_as_left_off", "test_a_dealer_who_declares_the_brand_raises_nothing", _TOO_FEW),
    "few_places": (
        _SHIPMENTS, "test_an_unbranded_factory_with_one_name_is_only_bound_for_one_place", "test_a_consolidator_of_all_goods_for_all_countries_raises_nothing",
        "test_few_places_are_a_sign_and_the_world_is_none",
    ),
    "shared_senders": (
        _SHIPMENTS, "test_a_workshop_under_many_names_raises_every_sign", "test_a_consolidator_of_all_goods_for_all_countries_raises_nothing", _TOO_FEW,
    ),
    "cluster_outcome": (
        "algorithms/scoring/test_regrading.py", "test_a_breach_raises_the_others_of_its_cluster", "test_a_compliant_one_lowers_the_others",
        "test_other_clusters_and_those_in_none_stay_as_they_were",
    ),
    "cluster_typology": (
        "algorithms/scoring/test_cluster_typologies.py", "test_what_most_of_a_cluster_bear_is_said_of_the_others", "test_what_a_member_bears_itself_is_not_said_again",
        "test_half_of_a_cluster_is_not_most_of_it",
    ),
    "gnn": (
        "gnn/test_reasons.py", "test_the_strongest_come_first_and_only_what_speaks_for_a_breach", "test_what_is_as_usual_or_unknown_is_no_reason",
        "test_without_columns_it_is_a_combination_of_weak_signs",
    ),
}  # fmt: skip


def test_reasons_without_rule_or_sign_have_tests_of_their_own() -> None:
    ruled = {reason.name for typology in registry().values() if typology.rules for reason in typology.reasons}
    signs = {sign.reason.name for sign in registry().signs}
    # `test_rules.py` and `test_signs.py` see that those have their cases.
    assert set(registry().reasons) - ruled - signs == set(OTHERS)
    for file, *tests in OTHERS.values():
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert set(tests) <= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
