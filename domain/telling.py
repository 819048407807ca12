"""How a fault is told in Japanese and English: its field before the sentence, the values that made it one behind it."""

from collections.abc import Iterable, Mapping

Words = tuple[str, str]
"""Japanese and English."""


def name_field(fields: Mapping[str, str], field: str, words: Words) -> str:
    """Give words with their field before them: ``鍵: 貸出中です。… / key: it is out; …``.

    Args:
        fields: the Japanese names of fields; in English a field bears its own name.
        field: whose fault it is.
        words: what is wrong and what to do.
    """
    japanese, english = words
    return f"{fields.get(field, field)}: {japanese} / {field}: {english}"


def add_values(words: Words, values: Iterable[tuple[Words, Words]]) -> Words:
    """Give words with labelled values in brackets behind them, each as its label and how it is written."""
    japanese, english = words
    told = list(values)
    details = "、".join(f"{label} {text}" for (label, _), (text, _) in told)
    particulars = ", ".join(f"{label} {text}" for (_, label), (_, text) in told)
    return (
        f"{japanese}{f'（{details}）' if details else ''}",
        f"{english}{f' ({particulars})' if particulars else ''}",
    )
