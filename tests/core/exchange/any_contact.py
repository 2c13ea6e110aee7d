"""Every contact that may be stored, for round trips."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.contacts.validation import InvalidContent, validate_content

# Letters of several scripts, and every character that means something to one of the formats.
TEXT = st.text(st.sampled_from("aBc Zoë花ü,;:\\\"'=+-@|\n\t{}[]<>^#1 2"), max_size=25) | st.text(max_size=12)
LABEL = st.sampled_from(["", "work", "home", "mobile", "work fax", "pager", "school", "Grand Central", "x;y", "a,b"])
EMAIL = st.builds(
    EmailAddress, address=st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,5})?@example\.org", fullmatch=True), label=LABEL
)
NUMBER = st.one_of(
    st.from_regex(r"\+4420794600[0-9]{2}(;ext=[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["020 7946 0018", "=1+2", "ask, at; desk", "+abc", "-1"]),
)
PHONE = st.builds(PhoneNumber, number=NUMBER, label=LABEL)
ADDRESS = st.builds(
    PostalAddress,
    label=LABEL,
    street=TEXT,
    post_office_box=TEXT,
    locality=TEXT,
    region=TEXT,
    postal_code=TEXT,
    country=st.sampled_from(["", "DE", "GB", "US", "XK", "TR"]),
)
LINK = st.builds(
    Link, url=st.from_regex(r"https?://example\.org/[a-z0-9,;:?&=%~.-]{0,12}", fullmatch=True), label=LABEL
)
YEAR = st.none() | st.integers(1800, 2200).filter(lambda year: year != 1604)
BIRTHDAY = st.none() | st.builds(Birthday, month=st.integers(1, 12), day=st.integers(1, 28), year=YEAR)
CUSTOM = st.dictionaries(
    st.sampled_from(["colour", "size", "member_since", "is_new"]),
    st.one_of(
        TEXT.filter(str.strip),
        st.sampled_from(["12", "true", "null", '"x"', "[1]", "{}", "=1"]),
        st.integers(-(2**62), 2**62),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.lists(TEXT, max_size=3),
    ),
    max_size=3,
)


@st.composite
def contacts(draw: st.DrawFn) -> tuple[ContactKind, ContactContent]:
    """A valid contact of either kind. Where its own name stands a second time, as employer, is left out."""
    name = st.builds(StructuredName, prefix=TEXT, given=TEXT, additional=TEXT, family=TEXT, suffix=TEXT)
    content = ContactContent(
        display_name=draw(TEXT),
        name=draw(name),
        nickname=draw(TEXT),
        organisation=draw(TEXT),
        job_title=draw(TEXT),
        department=draw(TEXT),
        emails=draw(st.lists(EMAIL, max_size=5)),
        phones=draw(st.lists(PHONE, max_size=6)),
        addresses=draw(st.lists(ADDRESS, max_size=4)),
        links=draw(st.lists(LINK, max_size=4)),
        birthday=draw(BIRTHDAY),
        language=draw(st.sampled_from(["", "de", "pt-BR", "zh-Hant-TW"])),
        tags=draw(st.lists(TEXT, max_size=4)),
        custom=draw(CUSTOM),
        note=draw(TEXT),
    )
    try:
        valid = validate_content(content)
    except InvalidContent:
        assume(False)
    assume(valid.organisation != valid.display_name)
    # A custom text that is empty after cleaning says nothing, and no exchange format keeps it.
    assume("" not in [value for value in valid.custom.values() if isinstance(value, str)])
    return draw(st.sampled_from(ContactKind)), valid
