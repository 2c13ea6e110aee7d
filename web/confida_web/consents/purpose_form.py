"""Reads and fills the form of a purpose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from confida_consent.declarations import ConsentPurpose, Purpose, Wording
from confida_web.consents.editing import TextRow
from confida_web.forms import FormData

TEXTS = ("key", "basis", "category", "balancing_note", "validity", "retention", "recipients")
ROW = re.compile(r"text-(\d{1,3})-(?:language|title|description|retention|balancing_note)\Z")
MOST_LANGUAGES = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeForm:
    """What stands in the form. channels: those that are ticked."""

    values: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[TextRow, ...] = (TextRow(language="en"),)
    channels: tuple[str, ...] = ()
    listed: bool = True
    compatible: bool = True
    special_category: bool = False


def form_of_purpose(declared: ConsentPurpose, fixed: Mapping[str, Wording]) -> PurposeForm:
    """English first, because everybody is shown it whose language is missing. fixed: words of a plugin, not in the form."""
    tags = sorted(declared.texts.keys() - fixed.keys(), key=lambda tag: (tag != "en", tag))
    return PurposeForm(
        values={
            "key": declared.key,
            "basis": str(declared.basis),
            "category": str(declared.category),
            "balancing_note": declared.balancing_note,
            "validity": declared.validity,
            "retention": declared.retention,
            "recipients": "\n".join(declared.recipients),
        },
        texts=tuple(TextRow(language=tag, **asdict(declared.texts[tag])) for tag in tags),
        channels=tuple(declared.channels),
        listed=declared.listed,
        special_category=declared.special_category,
    )


def read_purpose(
    posted: FormData, purpose: Purpose | None, fixed: Mapping[str, Wording]
) -> tuple[PurposeForm, ConsentPurpose, dict[str, str]]:
    """The form as it stands, the purpose it describes, and by field what cannot even be tried."""
    form = PurposeForm(
        values={name: posted.get(name) for name in TEXTS},
        texts=rows_of(posted, fixed),
        channels=tuple(dict.fromkeys(posted.all("channels"))),
        listed=posted.flag("listed"),
        compatible=posted.flag("compatible"),
        special_category=posted.flag("special_category"),
    )
    texts, errors = texts_of(form.texts, fixed)
    if purpose is not None and purpose.origin:
        # A plugin's own words and ground stay as they are; only languages are added.
        return form, replace(purpose.declared, texts={**purpose.declared.texts, **texts, **fixed}), errors
    return form, described(form, texts, purpose), errors


def described(form: PurposeForm, texts: Mapping[str, Wording], purpose: Purpose | None) -> ConsentPurpose:
    values = form.values
    fresh = ConsentPurpose(
        key=purpose.declared.key if purpose else values["key"].strip(),
        version=purpose.declared.version + 1 if purpose else 1,
        texts=texts,
        basis=values["basis"],
        channels=form.channels,
        category=values["category"],
        balancing_note=values["balancing_note"].strip(),
        validity=values["validity"].strip().upper(),
        retention=values["retention"].strip(),
        recipients=tuple(line.strip() for line in values["recipients"].split("\n") if line.strip()),
        compatible=form.compatible or purpose is None,
        listed=form.listed,
        special_category=form.special_category,
    )
    if purpose is None:
        return replace(fresh, dpv_purpose=TERMS.get(values["category"], fresh.dpv_purpose))
    return replace(fresh, dpv_purpose=purpose.declared.dpv_purpose, personal_data=purpose.declared.personal_data)


# Which term of the vocabulary a receipt uses for a purpose that an administrator words.
TERMS = {"marketing": "DirectMarketing", "profiling": "Personalisation", "service": "CustomerCare"}


def rows_of(posted: FormData, fixed: Mapping[str, Wording]) -> tuple[TextRow, ...]:
    """In the order of the form; `_add` appends an empty one, `_remove` leaves one out."""
    numbers = sorted({int(found[1]) for name in posted.names() if (found := ROW.match(name))})
    removed = posted.get("_remove").removeprefix("texts-") if "_remove" in posted else ""
    rows = [
        TextRow(
            language=posted.get(f"text-{n}-language").strip(),
            title=posted.get(f"text-{n}-title"),
            description=posted.get(f"text-{n}-description"),
            retention=posted.get(f"text-{n}-retention"),
            balancing_note=posted.get(f"text-{n}-balancing_note"),
        )
        for n in numbers[:MOST_LANGUAGES]
        if str(n) != removed
    ]
    if "_add" in posted or not (rows or fixed):
        rows.append(TextRow(language="" if rows or fixed else "en"))
    return tuple(rows)


def texts_of(rows: tuple[TextRow, ...], fixed: Mapping[str, Wording]) -> tuple[dict[str, Wording], dict[str, str]]:
    """Rows that nobody wrote in are left out."""
    texts, errors = dict[str, Wording](), dict[str, str]()
    for n, row in enumerate(rows):
        if not (row.language != "en" and not row.title.strip() and not row.description.strip()):
            if not row.language:
                errors[f"text-{n}-language"] = "Say which language this is."
            elif row.language in texts or row.language in fixed:
                errors[f"text-{n}-language"] = "This language is there already."
            for name in ("title", "description"):
                if not getattr(row, name).strip():
                    errors[f"text-{n}-{name}"] = "Please write this in plain words."
            words = {name: getattr(row, name).strip() for name in ("retention", "balancing_note")}
            texts.setdefault(row.language, Wording(title=row.title, description=row.description, **words))
    return texts, errors
