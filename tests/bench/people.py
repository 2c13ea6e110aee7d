"""Invented contacts and interactions in several scripts, the same every time: names are combined from common parts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.contacts.people import NewContact
from confida_core.demo.words import LOCALES, TAGS, TALK, Locale
from confida_core.ids import new_id
from confida_core.interactions.content import InteractionDraft


def listed(words: str) -> list[str]:
    return words.split()


SEED = 2026
ORGANISATION_EVERY = 20
# Two parts each, as many names of places and families are made; joined they give some two thousand names.
HEADS = listed(
    "Acker Alt Berg Birken Buch Eich Fels Grün Hoch Kirch Klein Königs Lang "
    "Linden Mühl Neu Ober Rosen Schön Stein Stern Tann Unter Wald Wiesen Winter"
)
TAILS = listed(
    "bach baum berg blum brink bruch brunn burg dorf eck feld fels garten grund "
    "hagen hain hof kamp mann mark meier ried roth see stein tal thal winkel"
)
SLAVIC = listed(
    "Анна Борис Вера Григорий Дарья Егор Зоя Иван Ксения Лев Мария Никита Ольга Павел Раиса Софья Тимур Юлия"
)
SLAVIC_FAMILIES = listed(
    "Абрамов Белов Волков Громов Дроздов Ершов Жуков Зимин Калинин Лебедев Морозов Носов Орлов Павлов Соколов"
)
GREEK = listed("Αθηνά Βασίλης Γιώργος Δήμητρα Ελένη Ζωή Ηλίας Θάλεια Ιάσων Κατερίνα Λουκάς Μαρία Νίκος Σοφία")
GREEK_FAMILIES = listed("Αγγέλου Βλάχος Γεωργίου Δημητρίου Ιωάννου Κωνσταντίνου Λάμπρου Μακρής Νικολάου Παππάς")
CHINESE = listed("伟 芳 娜 敏 静 秀英 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 桂英 霞 平 刚")
CHINESE_FAMILIES = listed("王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗")
WORDS = listed("donor member newsletter volunteer board press speaker partner alumni school garden choir")


def names(chance: random.Random, locale: Locale) -> tuple[str, str, str]:
    """Given name, family name, and both in Latin letters for a mail address; one contact in twelve is in another script."""
    script = chance.randrange(36)
    if script < 3:
        given, family = (
            (chance.choice(SLAVIC), chance.choice(SLAVIC_FAMILIES)),
            (chance.choice(GREEK), chance.choice(GREEK_FAMILIES)),
            (chance.choice(CHINESE), chance.choice(CHINESE_FAMILIES)),
        )[script]
        return given, family, f"person{chance.randrange(100_000)}"
    (given, latin), (family, family_latin) = chance.choice(locale.given), chance.choice(locale.family)
    if locale.language == "de" or chance.random() < 0.5:
        family = chance.choice(HEADS) + chance.choice(TAILS)
        family_latin = family.casefold().replace("ö", "oe").replace("ü", "ue")
    return given, family, f"{latin}.{family_latin}"


def person(chance: random.Random, locale: Locale, number: int) -> ContactContent:
    given, family, mailbox = names(chance, locale)
    town, code = chance.choice(locale.towns)
    return ContactContent(
        display_name=f"{given} {family}",
        name=StructuredName(given=given, family=family),
        organisation=chance.choice(locale.organisations)[0] if number % 3 == 0 else "",
        job_title=chance.choice(locale.jobs) if number % 2 else "",
        emails=[EmailAddress(address=f"{mailbox}{number}@example.org", label="home")] if number % 10 else [],
        phones=[PhoneNumber(number=f"+4930{number:08}", label="mobile")] if number % 5 else [],
        addresses=[
            PostalAddress(
                label="home",
                street=f"{chance.choice(locale.streets)} {number % 90 + 1}",
                locality=town,
                postal_code=code,
                country=locale.country,
            )
        ],
        birthday=Birthday(month=number % 12 + 1, day=number % 28 + 1, year=1940 + number % 65) if number % 2 else None,
        language=locale.language,
        tags=sorted({*chance.sample(WORDS, number % 4), *([chance.choice(TAGS)] if number % 7 == 0 else [])}),
        note="Prefers letters." if number % 9 == 0 else "",
    )


def organisation(chance: random.Random, locale: Locale, number: int) -> ContactContent:
    name, domain = chance.choice(locale.organisations)
    town, code = chance.choice(locale.towns)
    return ContactContent(
        display_name=f"{name} {chance.choice(HEADS)}{chance.choice(TAILS)}",
        emails=[EmailAddress(address=f"office{number}@{domain}.example.org", label="work")],
        phones=[PhoneNumber(number=f"+4940{number:08}", label="work")],
        addresses=[PostalAddress(label="work", locality=town, postal_code=code, country=locale.country)],
        language=locale.language,
        tags=chance.sample(WORDS, 1),
    )


def contacts(amount: int, moment: datetime, owners: Sequence[UUID]) -> Iterator[NewContact]:
    """moment: what the dates are counted back from."""
    chance = random.Random(SEED)
    for number in range(amount):
        locale = LOCALES[min(number % 10 // 4, 2)]
        is_organisation = number % ORGANISATION_EVERY == 0
        make = organisation if is_organisation else person
        yield NewContact(
            kind=ContactKind.ORGANISATION if is_organisation else ContactKind.PERSON,
            content=make(chance, locale, number),
            id=new_id(),
            owner_id=chance.choice(owners),
            created_at=moment - timedelta(days=chance.randint(30, 2_000), minutes=chance.randint(0, 1440)),
        )


def drafts(
    amount: int, people: Sequence[UUID], moment: datetime, assignees: Sequence[UUID]
) -> Iterator[InteractionDraft]:
    """In the order of time; one in five with two people; of the tasks the latest are still to be done."""
    chance = random.Random(SEED + 1)
    start = moment - timedelta(days=1_400)
    for number in range(amount):
        kinds = TALK[LOCALES[number % len(LOCALES)].language]
        kind = chance.choice(tuple(kinds))
        planned = kind == "task" and number > amount * 0.97
        subject, body = chance.choice(kinds[kind])
        yield InteractionDraft(
            kind=kind,
            people=tuple(dict.fromkeys(chance.choices(people, k=2 if number % 5 == 0 else 1))),
            subject=subject,
            body=body,
            direction=chance.choice(("in", "out")) if kind in {"call", "email"} else "",
            at=start + timedelta(days=1_400) * (number / amount),
            duration_minutes=chance.randint(2, 90) if kind in {"call", "meeting"} else None,
            planned=planned,
            due_on=(moment + timedelta(days=chance.randint(-30, 300))).date() if planned else None,
            assignee_id=chance.choice(assignees) if planned else None,
        )
