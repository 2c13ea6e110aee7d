"""Mail in HTML is cleaned so that it can do nothing, in bounded time."""

from __future__ import annotations

import pytest

from confida_service.tickets.html_mail import ALL_PICTURES, REST, TOO_DEEP, cleaned, with_pictures


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ('<img src="http://x.example.org/a.gif" alt="A">', '<img alt="A">'),
        ('<img src="cid:one">', '<img src="cid:one">'),
        ('<img srcset="http://x.example.org/a 2x">', "<img>"),
        ('<p style="background:url(http://x.example.org)" data-hx-get="/x">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', '<a target="_blank" rel="noopener noreferrer nofollow">a</a>'),
        ("<style>p{color:red}</style><title>t</title><form><input name=a>b</form>", "b"),
        ('<svg><image href="http://x.example.org"/></svg><iframe src="http://x.example.org"></iframe>c', "c"),
        ('<base href="http://x.example.org"><link rel=stylesheet href="http://x.example.org"><meta http-equiv=refresh>d', "d"),
    ],
)  # fmt: skip
def test_html_of_strangers_is_cleaned(html: str, clean: str) -> None:
    assert cleaned(html) == clean


@pytest.mark.parametrize("bomb", ["<div>", "<div></p></x>", "<b><div></b>", "<UL><LI>", "<blockquote><p>"])
def test_mail_of_boxes_within_boxes_is_not_built_up(bomb: str) -> None:
    assert cleaned(bomb * 40_000) == TOO_DEEP


def test_long_mail_is_shown_to_where_it_can_be_and_says_so() -> None:
    long = cleaned("<p>" + "<p>Dear you</p><br>" * 20_000)
    picture = cleaned(f'<img src="data:image/png;base64,{"QUJD" * 100_000}"><p>Dear you</p>')
    assert (long.startswith("<p></p><p>Dear you</p><br>"), long.endswith(REST), picture) == (
        True, True, "<img><p>Dear you</p>",
    )  # fmt: skip


def test_one_picture_shown_ten_thousand_times_makes_no_page_that_fills_the_memory() -> None:
    picture = "data:image/png;base64," + "A" * 1_000_000
    shown = with_pictures('<img src="cid:a">' * 10_000, {"a": picture})
    assert (shown.count(picture), len(shown) < 2 * ALL_PICTURES) == (11, True)
    assert (
        with_pictures('<img src="cid:a"><img src="cid:b">', {"a": "data:x"}) == '<img src="data:x"><img src="data:,">'
    )
