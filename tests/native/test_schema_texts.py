"""How texts of the Python classes become texts of all languages."""

from __future__ import annotations

import pytest

from tools.schema.texts import attribute_texts, first_paragraph, in_all_languages, strings_below


class Sample:
    """A sample.

    Attributes:
        app_id: The app's id.
        on_busy: What to do: `wait`, or
            `stop`.

    More about it.
    """

    app_id: str
    """The id
    of an app."""
    on_busy: str
    plain = "x"
    """A value."""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Whether it is `app_id`.", "Whether it is `appId`."),
        ("An app_id that is no name stays.", "An app_id that is no name stays."),
        ("One. In Python also a `datetime`. Two.", "One. Two."),
        ("One, `s3://a.zip` too. In Python another.", "One, `s3://a.zip` too."),
        ("Default: the stack's `aws:region`.", "Default: the provider's `region`."),
        ("The stack's `amplify-job:x` is another.", "The stack's `amplify-job:x` is another."),
        ("As the stack's `amplify-job:logLines`.", "As the provider's `logLines`."),
    ],
)
def test_a_text_is_said_for_all_languages(text: str, told: str) -> None:
    """Names are in camelCase, settings are the provider's, and sentences about Python are left out."""
    assert in_all_languages(text, ["app_id"]) == told


def test_texts_are_found_in_a_class() -> None:
    """The section of attributes ends with a blank line; strings belong to what stands above them."""
    assert attribute_texts(Sample) == {
        "app_id": "The app's id.",
        "on_busy": "What to do: `wait`, or `stop`.",
    }
    assert strings_below(Sample) == {"app_id": "The id of an app.", "plain": "A value."}
    assert first_paragraph(Sample) == "A sample."
