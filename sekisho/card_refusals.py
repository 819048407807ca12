"""How the card desk refuses: wrong input ends with 2, a card, reader or register that hinders it with 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from readers.cards.desk import DeskRefusedError
from readers.cards.port import NotGenuineError
from readers.keys.port import KeyUnavailableError
from readers.whole_file import FileHeldError
from sekisho.card_register import RegisterError
from sekisho.card_settings import DeskSettingsError

WRONG_INPUT, NOT_DONE = 2, 1


class WrongInputError(Exception):
    """An option is missing or wrong; the text says what was expected."""


class NotDoneError(Exception):
    """A card could not be done; the text says why and what to do."""


@contextmanager
def refusals() -> Iterator[None]:
    """Tell an error to the person at the desk and end with its code."""
    try:
        yield
    except (WrongInputError, DeskSettingsError, RegisterError, KeyUnavailableError, FileHeldError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_INPUT) from None
    except NotGenuineError as error:
        typer.echo(f"鍵が合わないカードです / the card's keys are not as they should be: {error}", err=True)
        raise typer.Exit(NOT_DONE) from None
    except (NotDoneError, DeskRefusedError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(NOT_DONE) from None
