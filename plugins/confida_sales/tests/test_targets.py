"""Targets, the forecast against them, commissions, and who may see whose figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_core.api import Access, Forbidden, InvalidContent, NotFound, new_id
from confida_sales.billing.invoices import PaymentDraft, Terms, issue_invoice, record_payment
from confida_sales.content import PaperContent, PaperLine
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity
from confida_sales.opportunities.pipelines import USUAL, ShownPipeline, pipeline, save_pipeline
from confida_sales.targets.commission_sums import commissions_in
from confida_sales.targets.commissions import Earned, Rule, add_rule, earned_in, rate_on, remove_rule, rules
from confida_sales.targets.figures import Figures, currencies_of, figures_in, left_out, today_of, totals_in
from confida_sales.targets.forecast import Viewed, forecast_of, viewed_by
from confida_sales.targets.performance import performance_of, performance_of_one
from confida_sales.targets.periods import Period, period_of, read_period
from confida_sales.targets.targets import (
    EVERYBODY,
    TargetDraft,
    Whose,
    by_period,
    forget_target,
    set_targets,
    target_in,
    targets_between,
)

NOV, Q4, YEAR = Period(date(2026, 11, 1), 1), Period(date(2026, 10, 1), 3), Period(date(2026, 1, 1), 12)
OPEN, WON, LOST = 1, 4, 5
"""Places of stages in the usual pipeline: 30 percent, won, lost."""


@pytest.mark.parametrize("period", [NOV, Q4, YEAR, Period(date(2026, 12, 1), 1), Period(date(2027, 1, 1), 3)])
def test_period_is_read_back_from_its_key_and_made_of_its_parts(period: Period) -> None:
    assert read_period(period.key) == period
    parts = period.parts()
    assert [one.around() for one in parts] == [period] * len(parts)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end) if parts else period.months == 1
    assert (period.moved(1).start, period.moved(1).moved(-1)) == (period.end, period)


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-00", "2026-Q5", "2026-1", "1066", "9999", "2026-11-01"])
def test_what_names_no_period_is_none(text: str) -> None:
    assert read_period(text) is None


@given(st.dates(date(1990, 1, 1), date(2199, 12, 31)), st.sampled_from([1, 3, 12]))
def test_every_day_is_in_its_period(day: date, months: int) -> None:
    period = period_of(day, months)
    assert period.start <= day < period.end
    assert read_period(period.key) == period


MINE = Whose(owner_id=new_id())


@given(st.integers(1, 10**12))
def test_target_of_a_year_is_shared_out_over_its_months_and_quarters(amount: int) -> None:
    targets = {(MINE, YEAR, "EUR"): amount}
    quarters = [target_in(targets, MINE, one, "EUR") or 0 for one in YEAR.parts()]
    months = [[target_in(targets, MINE, one, "EUR") or 0 for one in quarter.parts()] for quarter in YEAR.parts()]
    assert (sum(quarters), [sum(one) for one in months]) == (amount, quarters)


def test_target_is_the_one_that_was_set_else_the_sum_of_its_parts() -> None:
    october = Q4.parts()[0]
    targets = {(MINE, october, "EUR"): 10, (MINE, NOV, "EUR"): 20, (MINE, YEAR, "USD"): 1200}
    assert [target_in(targets, MINE, one, "EUR") for one in (NOV, Q4, YEAR, Q4.parts()[2])] == [20, 30, 30, None]
    assert [target_in(targets, MINE, one, "USD") for one in (NOV, Q4, YEAR)] == [100, 300, 1200]
    assert target_in({**targets, (MINE, Q4, "EUR"): 100}, MINE, YEAR, "EUR") == 100
    assert (target_in(targets, EVERYBODY, NOV, "EUR"), target_in(targets, MINE, NOV, "JPY")) == (None, None)


@pytest.mark.anyio
async def test_target_is_set_replaced_and_forgotten(crm: Any, access: Access) -> None:
    draft = TargetDraft(whose=EVERYBODY, periods=Q4.parts(), currency="EUR", amount=500)
    assert await set_targets(crm, access, draft) == []
    before = await set_targets(crm, access, replace(draft, periods=(NOV,), amount=700))
    assert [(one.period, one.amount) for one in before] == [(NOV, 500)]
    found = await targets_between(crm, Q4.start, Q4.end)
    assert [(one.whose, one.period, one.currency, one.amount) for one in found] == [
        (EVERYBODY, month, "EUR", amount) for month, amount in zip(Q4.parts(), (500, 700, 500), strict=True)
    ]
    assert (await forget_target(crm, access, found[1].id)).amount == 700
    with pytest.raises(NotFound):
        await forget_target(crm, access, found[1].id)
    assert target_in(by_period(await targets_between(crm, Q4.start, Q4.end)), EVERYBODY, Q4, "EUR") == 1000


@pytest.mark.anyio
async def test_bad_target_is_refused(crm: Any, access: Access) -> None:
    draft = TargetDraft(whose=EVERYBODY, periods=(NOV,), currency="EUR", amount=500)
    for changed, field in (
        (replace(draft, amount=0), "amount"),
        (replace(draft, currency="XXY"), "currency"),
        (replace(draft, periods=()), "period"),
        (replace(draft, whose=Whose(owner_id=new_id())), "whose"),
        (replace(draft, whose=Whose(team_id=new_id())), "whose"),
    ):
        with pytest.raises(InvalidContent) as refused:
            await set_targets(crm, access, changed)
        assert set(refused.value.errors) == {field}
    worker = replace(access, actor=replace(access.actor, permissions=frozenset({"sales.read", "sales.write"})))
    with pytest.raises(Forbidden):
        await set_targets(crm, worker, draft)


@pytest.fixture
def colleague(as_role: Any) -> Any:
    """Makes colleagues of the staff, called Mats0, Mats1 ...; returns the account's id."""

    async def make() -> UUID:
        account: UUID = (await as_role("staff")).account_id
        return account

    return make


@pytest.fixture
async def usual(crm: Any, access: Access) -> ShownPipeline:
    return await pipeline(crm, await save_pipeline(crm, access, "New customers", USUAL))


class Selling:
    """Plants opportunities."""

    def __init__(self, crm: Any, access: Access, way: ShownPipeline, ada: UUID) -> None:
        self.crm, self.access, self.way, self.ada = crm, access, way, ada

    async def deal(
        self, value: int, owner: UUID | None, *, stage: int = OPEN, close_on: date | None = None, currency: str = "EUR",
        closed_at: datetime | None = None,
    ) -> UUID:  # fmt: skip
        draft = OpportunityDraft(
            title=f"Deal {value}", value=value, currency=currency, close_on=close_on, owner_id=owner
        )
        made = await create_opportunity(self.crm, self.access, self.ada, self.way.stages[stage], draft)
        if closed_at:
            await self.crm.data.fetch("UPDATE sales_opportunity SET closed_at = ? WHERE id = ?", closed_at, made)
        return made


@pytest.fixture
async def selling(crm: Any, access: Access, usual: ShownPipeline, contact: Any) -> Selling:
    return Selling(crm, replace(access, deferred=True), usual, await contact("Ada Lovelace"))


def whole(found: dict[Any, Figures]) -> dict[Any, tuple[int, int, int]]:
    return {key: (one.won, one.deals, one.expected) for key, one in found.items()}


@pytest.mark.anyio
async def test_figures_are_added_up_by_period_owner_and_currency(crm: Any, selling: Selling) -> None:
    mats, zoe, today = new_id(), new_id(), today_of(crm)
    month = period_of(today, 1)
    following = month.moved(1)
    for value, owner, more in (
        (100_01, mats, {"close_on": month.end - timedelta(days=1)}),
        (100, mats, {"close_on": following.start}),
        (200, mats, {"close_on": following.end}),
        (1_000, zoe, {"close_on": following.start, "currency": "USD"}),
        (999, zoe, {"close_on": month.start - timedelta(days=1)}),
        (50, None, {"stage": WON, "close_on": following.start}),
        (70, mats, {"stage": WON}),
        (80, mats, {"stage": LOST, "close_on": month.start}),
        (33, zoe, {}),
    ):
        await selling.deal(value, owner, **more)
    assert whole(await figures_in(crm, [month, following])) == {
        (0, mats, "EUR"): (70, 1, 3000),
        (0, None, "EUR"): (50, 1, 0),
        (1, mats, "EUR"): (0, 0, 30),
        (1, zoe, "USD"): (0, 0, 300),
    }
    assert whole(await figures_in(crm, [month, following], [zoe])) == {(1, zoe, "USD"): (0, 0, 300)}
    assert await figures_in(crm, [month], []) == {}
    assert whole(await totals_in(crm, [month, following])) == {
        (0, "EUR"): (120, 2, 3000),
        (1, "EUR"): (0, 0, 30),
        (1, "USD"): (0, 0, 300),
    }
    assert await currencies_of(crm) == ["EUR", "USD"]
    (eur,) = await left_out(crm, await currencies_of(crm))
    assert (eur.currency, eur.undated, eur.undated_value, eur.overdue, eur.overdue_value) == ("EUR", 1, 33, 1, 999)


@pytest.mark.anyio
async def test_deal_is_won_on_the_day_of_the_organisation(crm: Any, selling: Selling) -> None:
    crm.settings.__dict__["time_zone"] = "Europe/Berlin"
    last = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
    await selling.deal(10, None, stage=WON, closed_at=last)
    await selling.deal(20, None, stage=WON, closed_at=last + timedelta(minutes=1))
    assert whole(await figures_in(crm, [NOV.moved(-1), NOV])) == {
        (0, None, "EUR"): (10, 1, 0),
        (1, None, "EUR"): (20, 1, 0),
    }


@pytest.mark.anyio
async def test_what_is_in_the_trash_counts_nowhere(crm: Any, selling: Selling) -> None:
    month = period_of(today_of(crm), 1)
    await selling.deal(70, None, stage=WON)
    await selling.deal(100, None, close_on=month.end)
    assert whole(await figures_in(crm, [month, month.moved(1)])) == {
        (0, None, "EUR"): (70, 1, 0),
        (1, None, "EUR"): (0, 0, 30),
    }
    await crm.data.fetch("UPDATE contact SET deleted_at = created_at")
    assert (await figures_in(crm, [month, month.moved(1)]), await left_out(crm, await currencies_of(crm))) == ({}, [])


@pytest.mark.anyio
@pytest.mark.parametrize("periods", [1, 12])
async def test_forecast_asks_as_much_for_a_year_as_for_a_month(
    crm: Any, access: Access, selling: Selling, queries: Any, periods: int
) -> None:
    viewed = await viewed_by(crm, access)
    month = period_of(today_of(crm), 1)
    for _ in range(periods):
        await selling.deal(100, new_id(), close_on=month.end)
    with queries() as asked:
        await forecast_of(crm, viewed, EVERYBODY, [month.moved(by) for by in range(periods)])
    assert len(asked) == 6


@pytest.mark.anyio
async def test_forecast_shows_targets_of_everybody_of_a_team_and_of_one(
    crm: Any, access: Access, colleague: Any, selling: Selling
) -> None:
    mats, zoe = await colleague(), await colleague()
    north = await make_team(crm, name="North", members=[mats])
    month = period_of(today_of(crm), 1)
    for owner, value in ((mats, 100), (zoe, 1_000)):
        await selling.deal(value, owner, stage=WON)
        await selling.deal(value * 10, owner, close_on=month.start)
    for whose, amount in ((EVERYBODY, 5), (Whose(team_id=north), 6), (Whose(owner_id=mats), 7)):
        await set_targets(crm, access, TargetDraft(whose=whose, periods=(month,), currency="EUR", amount=amount))
    seen = {}
    viewed = await viewed_by(crm, access)
    for whose in (EVERYBODY, Whose(team_id=north), Whose(owner_id=mats), Whose(owner_id=zoe)):
        ((line,),) = [one.lines for one in await forecast_of(crm, viewed, whose, [month])]
        seen[whose] = (line.won, line.expected, line.target)
    assert list(seen.values()) == [(1_100, 3_300, 5), (100, 300, 6), (100, 300, 7), (1_000, 3_000, None)]


@pytest.mark.anyio
async def test_colleagues_see_their_own_and_their_teams_forecast_alone(
    crm: Any, access: Access, colleague: Any
) -> None:
    mats, zoe = await colleague(), await colleague()
    own = await make_team(crm, name="North", members=[mats])
    other = await make_team(crm, name="South", members=[zoe])
    viewed = await viewed_by(crm, as_colleague(access, mats))
    assert viewed == Viewed(all=False, me=mats, teams=viewed.teams)
    assert [viewed.owners_of(whose) for whose in (EVERYBODY, Whose(owner_id=mats), Whose(team_id=own))] == [
        None, [mats], [mats],
    ]  # fmt: skip
    for hidden in (Whose(owner_id=zoe), Whose(team_id=other), Whose(team_id=new_id())):
        with pytest.raises(NotFound):
            viewed.owners_of(hidden)


async def make_team(crm: Any, name: str, members: list[UUID]) -> UUID:
    """As an administrator does it in the settings."""
    team = new_id()
    await crm.data.fetch("INSERT INTO team (id, name) VALUES (?, ?)", team, name)
    rows = [(new_id(), team, member) for member in members]
    await crm.data.execute_many("INSERT INTO team_member (id, team_id, account_id) VALUES (?, ?, ?)", rows)
    return team


def as_colleague(access: Access, account: UUID) -> Access:
    """Staff: may sell, may see nobody else's figures."""
    permissions = access.actor.permissions - {"sales.performance", "sales.manage"}
    return replace(access, actor=replace(access.actor, id=account, permissions=permissions))


@pytest.mark.anyio
async def test_managers_see_everybody_and_colleagues_exactly_their_own_figures(
    crm: Any, access: Access, colleague: Any, selling: Selling
) -> None:
    mats, zoe = await colleague(), await colleague()
    month = period_of(today_of(crm), 1)
    await add_rule(crm, access, None, 10_00, date(2020, 1, 1))
    for owner, won, target in ((mats, 111_00, 100_00), (zoe, 777_00, 1_000_00)):
        await selling.deal(won, owner, stage=WON)
        await set_targets(
            crm, access, TargetDraft(whose=Whose(owner_id=owner), periods=(month,), currency="EUR", amount=target)
        )
    await selling.deal(5_00, None, stage=WON)
    everybody = [
        (one.name, one.won, one.deals, one.target, one.attainment, one.commission)
        for one in await performance_of(crm, access, month)
    ]
    assert everybody == [
        ("Mats0", 111_00, 1, 100_00, 111, 11_10),
        ("Mats1", 777_00, 1, 1_000_00, 77, 77_70),
        ("", 5_00, 1, None, None, 0),
    ]
    own = await performance_of(crm, as_colleague(access, mats), month)
    assert [(one.owner_id, one.won) for one in own] == [(mats, 111_00)]
    assert await performance_of(crm, as_colleague(access, mats), month, [zoe]) == []
    page = await performance_of_one(crm, as_colleague(access, mats), mats, month)
    assert [(one.title, one.earned.commission) for one in page.lines] == [("Deal 11100", 11_10)]
    with pytest.raises(NotFound):
        await performance_of_one(crm, as_colleague(access, mats), zoe, month)
    assert (await performance_of_one(crm, access, zoe, month)).name == "Mats1"


@pytest.mark.anyio
async def test_nothing_sold_is_shown_as_nothing(crm: Any, access: Access, colleague: Any) -> None:
    mats = await colleague()
    (own,) = await performance_of(crm, as_colleague(access, mats), NOV)
    assert (own.name, own.currency, own.won, own.target, own.attainment, own.commission) == (
        "Mats0",
        "EUR",
        0,
        None,
        None,
        0,
    )


MATS, ZOE = new_id(), new_id()
KNOWN = [
    Rule(id=new_id(), owner_id=owner, rate=rate, since=since)
    for owner, rate, since in (
        (None, 5_00, date(2026, 1, 1)),
        (None, 6_00, date(2026, 7, 1)),
        (MATS, 1_00, date(2026, 3, 1)),
    )
]


@pytest.mark.parametrize(
    ("owner", "day", "rate"),
    [
        (ZOE, date(2025, 12, 31), 0),
        (ZOE, date(2026, 1, 1), 5_00),
        (ZOE, date(2026, 7, 1), 6_00),
        (MATS, date(2026, 2, 28), 5_00),
        (MATS, date(2026, 12, 31), 1_00),
        (None, date(2026, 12, 31), 0),
    ],
)
def test_rate_of_a_day_is_ones_own_else_everybodys(owner: UUID | None, day: date, rate: int) -> None:
    assert rate_on(KNOWN, owner, day) == rate


@given(st.integers(0, 10**15), st.integers(0, 10_000))
def test_commission_is_within_half_a_minor_unit_of_the_exact_one(value: int, rate: int) -> None:
    exact = Fraction(value * rate, 10_000)
    found = Earned(new_id(), MATS, "EUR", NOV.start, Fraction(value), rate).commission
    assert abs(found - exact) <= Fraction(1, 2)


@pytest.mark.anyio
async def test_rules_of_commission_are_set_replaced_and_removed(crm: Any, access: Access, colleague: Any) -> None:
    mats, since = await colleague(), date(2026, 1, 1)
    await add_rule(crm, access, mats, 3_00, since)
    await add_rule(crm, access, None, 5_00, since)
    await add_rule(crm, access, None, 6_00, since)
    assert [(one.owner_id, one.rate) for one in await rules(crm)] == [(None, 6_00), (mats, 3_00)]
    for owner, rate in ((None, 100_01), (None, -1), (new_id(), 1)):
        with pytest.raises(InvalidContent):
            await add_rule(crm, access, owner, rate, since)
    gone = await remove_rule(crm, access, (await rules(crm))[0].id)
    assert (gone.owner_id, gone.rate, len(await rules(crm))) == (None, 6_00, 1)
    with pytest.raises(NotFound):
        await remove_rule(crm, access, gone.id)
    for work in (
        add_rule(crm, as_colleague(access, mats), mats, 100_00, since),
        remove_rule(crm, as_colleague(access, mats), gone.id),
    ):
        with pytest.raises(Forbidden):
            await work


@pytest.mark.anyio
async def test_commission_on_payments_follows_what_was_paid_without_tax(
    crm: Any, access: Access, colleague: Any, contact: Any, client: Any
) -> None:
    ada, mats = await contact("Ada Lovelace"), await colleague()
    await client.post("/settings/plugins/sales", data={"commission_on": "paid"})
    await add_rule(crm, access, None, 10_00, date(2026, 1, 1))
    paper = PaperContent(name="Ada", lines=(PaperLine(name="Loom", price=100_00, tax_rate=19_00),))
    invoice = await issue_invoice(crm, access, ada, paper, Terms(currency="EUR", issued_on=NOV.start, owner_id=mats))
    for amount, day in ((59_50, NOV.start), (59_50, NOV.end), (-19_04, NOV.end)):
        await record_payment(crm, access, invoice, PaymentDraft(amount=amount, paid_on=day))
    sums = [
        sum(one.commission for one in await earned_in(crm, period, owners))
        for period, owners in ((NOV, None), (NOV.moved(1), [mats]), (NOV, [new_id()]))
    ]
    assert sums == [5_00, 5_00 - 1_60, 0]


@pytest.mark.anyio
async def test_commission_added_up_in_the_database_is_that_of_every_deal(
    crm: Any, access: Access, selling: Selling, colleague: Any
) -> None:
    mats, zoe = await colleague(), await colleague()
    for owner, rate, since in (
        (None, 3_33, YEAR.start),
        (None, 100_00, date(2026, 6, 15)),
        (mats, 7_77, date(2026, 3, 1)),
        (mats, 0, date(2026, 11, 1)),
    ):
        await add_rule(crm, access, owner, rate, since)
    largest = 9_007_199_254_740_991
    for number, value in enumerate((1, 15, 49, 50, 9_999, 10_000, 10_001, 1_234_567, largest)):
        for owner in (mats, zoe, None):
            for month in (2, 5, 8, 12):
                closed_at = datetime(2026, month, 14 + number, 12, tzinfo=UTC)
                currency = "EUR" if number % 2 else "JPY"
                await selling.deal(value, owner, stage=WON, currency=currency, closed_at=closed_at)
    for owners in (None, [mats]):
        expected: dict[Any, int] = {}
        for one in await earned_in(crm, YEAR, owners):
            key = (one.owner_id, one.currency)
            expected[key] = expected.get(key, 0) + one.commission
        found = await commissions_in(crm, YEAR, owners)
        assert found == {key: amount for key, amount in expected.items() if amount}
        assert len(found) == (4 if owners is None else 2)
    assert await commissions_in(crm, YEAR, []) == {}
