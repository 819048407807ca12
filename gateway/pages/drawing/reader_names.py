"""Readers of the site as a visitor chooses among them."""

from gateway.pages.entrance.visit import Visit
from gateway.pages.words import Language


def list_readers(visit: Visit, *, at_desks: bool = False) -> list[tuple[str, str]]:
    """Give the readers, or those at desks alone, by id and name, in the order of the site's file.

    In English one is called like the door or desk that it stands at: readers have Japanese names alone.
    """
    site, in_japanese = visit.pages.context.site, visit.language is Language.ja
    return [
        (each.id, each.name if in_japanese else site.access_point(each.access_point).name_en)
        for each in site.readers
        if each.desk or not at_desks
    ]
