"""Labels of keys, to be printed: the number that is stamped, what the key is called, and a QR that names one copy."""

from http import HTTPStatus
from typing import Annotated, Literal, NamedTuple

import segno
from fastapi import APIRouter, HTTPException, Query
from markupsafe import Markup
from starlette.responses import Response

from contract.key_labels import encode_key_label
from domain.keys.custody import CustodyState
from gateway.custody.standing import Hanging, list_hangings
from gateway.pages.entrance.guard import Visitor
from gateway.pages.keys.key_scope import read_key_scope
from store.keys import list_cabinets

router = APIRouter()

LABELS_MAX = 150
"""A few sheets of paper; more are drawn cabinet by cabinet."""

Id = Annotated[str, Query(max_length=63)]


class Label(NamedTuple):
    """One label; ``text`` is what its QR holds."""

    hanging: Hanging
    text: str
    image: Markup


@router.get("/keys/labels")
def get_labels(
    visit: Visitor, key: Id = "", copy: Id = "", cabinet: Id = "", names: Literal["on", ""] = ""
) -> Response:
    """Show the labels of a key, of one copy, of a cabinet, or of all; with ``names`` what the keys are called, too."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        hangings = list_hangings(tx, read_key_scope(tx, visit).seen)
        cabinets = list_cabinets(tx)
    wanted = [
        each
        for each in hangings
        if each.custody.state is not CustodyState.retired
        and key in ("", each.key.id)
        and copy in ("", each.copy.id)
        and cabinet in ("", each.copy.home.cabinet_id)
    ]
    if (key or copy or cabinet) and not wanted:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    wanted.sort(key=lambda each: (each.copy.home.cabinet_id, each.copy.home.position or 0, each.key.name))
    return visit.render(
        "keys/labels.html",
        labels=[_draw(each) for each in wanted[:LABELS_MAX]],
        more=max(0, len(wanted) - LABELS_MAX),
        cabinets=cabinets,
        chosen=cabinet,
        key=key,
        names=bool(names),
        back=f"/keys/{wanted[0].key.id}" if key or copy else "/keys",
    )


def _draw(hanging: Hanging) -> Label:
    text = encode_key_label(hanging.copy.id)
    drawn = segno.make_qr(text, error="m").svg_inline(svgclass="key-code", lineclass=None, omitsize=True)
    return Label(hanging, text, Markup(drawn))  # noqa: S704 (segno's own drawing of a text that holds an id)
