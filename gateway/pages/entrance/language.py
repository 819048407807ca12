"""Choosing the language; remembered in a cookie of its own, also before signing in."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from gateway.pages.entrance.guard import LANGUAGE_COOKIE, Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.words import Language

router = APIRouter()

REMEMBERED = timedelta(days=365)


@router.post("/language")
def post_language(
    visit: Visitor, language: Annotated[Language, Form()], then: Annotated[str, Form(max_length=500)] = "/"
) -> Response:
    """Remember the language and lead back."""
    response = see_other(then)
    visit.pages.origins.set_cookie(response, LANGUAGE_COOKIE, language, age_max=REMEMBERED)
    return response
