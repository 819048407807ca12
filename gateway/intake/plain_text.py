"""Words that came from outside, made fit for a table, a log line and a rejection."""

LENGTH_MAX = 200
"""What :data:`contract.fields.Words` allows."""


def plain_text(text: str) -> str:
    """Give the text in one line without control characters, cut to LENGTH_MAX."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[:LENGTH_MAX]
    )
