"""What comes from outside is text on a page, whatever signs it holds."""

import pytest
from markdown_it import MarkdownIt

from synergycore.book import escape, paths

HOSTILE = [
    "<script>x</script>", "a `b` | c", "``", "` `", "[x](javascript:y)", "![x](y)", "# x", "- x",
    "1. x", "2026) x", "> x", "    x", "---", "+++", "% x", "(x)=", ":::{note}", "{{ x }}", "$x$",
    "{raw}`x`", "**x** _x_ ~~x~~", "&lt;", r"\( x \)", "https://x.org", "www.x.org", "a\n\n# b",
]  # fmt: skip


def shown(markdown):
    """The text that CommonMark makes of it; fails where it makes anything but text or code."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {part.type for part in tokens[1].children} <= {"text", "text_special", "code_inline"}
    return "".join(part.content for part in tokens[1].children)


@pytest.mark.parametrize("write", [escape.literal, escape.code])
@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_it_is_in_one_line(write, text):
    assert shown(write(text)) == " ".join(text.split())
    assert shown(f"said {write(text)} here") == f"said {' '.join(text.split())} here"


@pytest.mark.parametrize("text", ["smollm2-135m", "z_norm", "it's 1.5 of 2, a-b (c)", "of 1.5"])
def test_plain_text_stays_as_it_is(text):
    assert escape.literal(text) == text
    assert escape.title(text) == text
    assert escape.code(text) == f"`{text}`"


def test_what_is_not_seen_is_left_out():
    assert escape.literal("a\u202eb\x1b[0m\ud800") == "ab&#91;0m"
    assert escape.code("\u200b") == ""


def test_a_title_has_no_sign_of_html():
    assert escape.title("<img src=x> & *y*") == "‹img src=x› ＆ &#42;y&#42;"


@pytest.mark.parametrize("name", ["<img src=x>", "..", "models/-x", "'; rm -r ~ #", "x" * 255])
def test_the_slug_of_a_folder_stands_for_itself(name):
    slug = paths.slug(f"/somewhere/{name}")
    assert paths.slug(slug) == slug
    assert len(slug) < 120
