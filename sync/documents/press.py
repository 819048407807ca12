"""PDF by typst: a template of ours, and words handed over as JSON, so that no name is ever read as markup.

Fonts are the machine's, chosen by name: one with the glyphs of Japanese names and their variants (IVS, JIS X 0213). The
same words and the same day give the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

from domain.zones.my_number import MyNumberError, refuse_my_numbers, spell_texts
from sync.documents.selectors import is_selector

Template = Literal["attendance_book", "overtime_orders", "receipt", "takings_day"]
FONTS = ("Noto Serif CJK JP", "Noto Sans CJK JP")
"""Either draws Adobe-Japan1 variants; the first that is installed is taken."""


class PressError(Exception):
    """No paper can be made; the text says what to do, Japanese first."""


class Press:
    """Fonts looked for once, then any number of papers; one thread at a time."""

    def __init__(self, fonts: Sequence[str] = FONTS) -> None:
        """Look for the fonts.

        Raises:
            PressError: none of them is installed.
        """
        import typst

        self._fonts = typst.Fonts(include_embedded_fonts=False)
        installed = set(self._fonts.families())
        self._names = [name for name in fonts if name in installed]
        if not self._names:
            raise PressError(
                f"日本語の書体がありません。fonts-noto-cjk を入れてください / no Japanese font: install fonts-noto-cjk "
                f"(expected one of {', '.join(fonts)})"
            )
        self._compilers = {
            name: typst.Compiler(_template(name), font_paths=self._fonts, ignore_system_fonts=True)
            for name in get_args(Template)
        }

    def find_undrawable(self, text: str) -> tuple[str, ...]:
        """Give the characters, each with its selector, that would be an empty box or another variant on paper."""
        from sync.documents.glyphs import find_undrawable, load_glyphs

        return find_undrawable(text, load_glyphs(self._fonts, self._names))

    def print_pdf(self, template: Template, sheets: Iterable[dict[str, Any]], made_at: datetime) -> bytes:
        """Give one PDF of these sheets, each beginning a page; ``made_at`` is the day that the file tells.

        Raises:
            PressError: there is no sheet, one holds what may be a 個人番号, or the typesetter cannot take one.
        """
        import typst

        told = {"font": self._names, "sheets": [_clean(sheet) for sheet in sheets]}
        if not told["sheets"]:
            raise PressError("印刷する人がいません / expected at least one person's sheet")
        try:
            refuse_my_numbers(spell_texts(told["sheets"]), is_ours=True)
        except MyNumberError as error:
            raise PressError(str(error)) from None
        words = json.dumps(told, ensure_ascii=False)
        try:
            made = self._compilers[template].compile(
                _template(template), sys_inputs={"told": words}, timestamp=made_at.replace(microsecond=0)
            )
        except typst.TypstError as error:
            raise PressError(f"組版できません / cannot be typeset: {error.message}") from None
        if not isinstance(made, bytes):
            raise PressError("組版できません / cannot be typeset: no single file")
        return made


@lru_cache
def _template(name: str) -> bytes:
    return (files("sync.documents") / "templates" / f"{name}.typ").read_bytes()


def _clean(value: Any) -> Any:
    # Controls and lone surrogates have no place on paper, and the second no UTF-8.
    if isinstance(value, str):
        return "".join(each if each.isprintable() or is_selector(each) else " " for each in value)
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
