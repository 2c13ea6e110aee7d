"""Rules counted by hand."""

from __future__ import annotations

from confida_sales.bought.customer_value.association import Rule, rules, suggestions

BASKETS = [["tea", "pot"], ["tea", "pot"], ["tea", "pot", "cup"], ["tea"], ["cup"], ["cup"], ["cup"], ["cup"]]


def test_rule_has_the_figures_that_counting_gives() -> None:
    found = rules(BASKETS, least_both=2)
    assert found == [
        Rule(has="pot", takes="tea", both=3, support=0.375, confidence=1.0, lift=2.0),
        Rule(has="tea", takes="pot", both=3, support=0.375, confidence=0.75, lift=2.0),
    ]


def test_pairs_of_too_few_people_make_no_rule() -> None:
    assert rules(BASKETS, least_both=4) == []


def test_same_product_twice_in_a_basket_counts_once() -> None:
    assert rules([["tea", "tea", "pot"]] * 5 + [["cup"]] * 5) == [
        Rule(has="pot", takes="tea", both=5, support=0.5, confidence=1.0, lift=2.0),
        Rule(has="tea", takes="pot", both=5, support=0.5, confidence=1.0, lift=2.0),
    ]


def test_nobody_is_offered_what_they_have() -> None:
    known = rules(BASKETS, least_both=2)
    assert [rule.takes for rule in suggestions({"tea"}, known)] == ["pot"]
    assert suggestions({"tea", "pot"}, known) == []
    assert suggestions({"cup"}, known) == []
