"""A fault's words with its field and its values, in both languages."""

from domain.telling import add_values, name_field

OUT = ("貸出中です。", "it is out.")


def test_values_stand_in_brackets_behind_the_words() -> None:
    values = [(("借りている人", "holder"), ("青木 太郎", "Aoki")), (("刻印番号", "stamped"), ("7", "7"))]
    assert add_values(OUT, values) == (
        "貸出中です。（借りている人 青木 太郎、刻印番号 7）",
        "it is out. (holder Aoki, stamped 7)",
    )
    assert add_values(OUT, []) == OUT


def test_a_field_bears_its_japanese_name_and_its_own() -> None:
    assert name_field({"copy": "鍵"}, "copy", OUT) == "鍵: 貸出中です。 / copy: it is out."
    assert name_field({}, "copy", OUT) == "copy: 貸出中です。 / copy: it is out."
