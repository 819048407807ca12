"""The visitor's part: a few cards to choose from and the readers to hold them to."""

from collections.abc import Mapping, Sequence

from demo.hands import Hands
from demo.population import DEPARTMENTS, Member
from gateway.pages.stage.stage import StageAccount, StageCard, StageReader

UNKNOWN_CARD = bytes.fromhex("01ffffffffffff01")


class DemoStage:
    """What the demo lends to the pages; see :class:`gateway.pages.stage.stage.Stage`."""

    def __init__(
        self, members: Sequence[Member], accounts: Mapping[str, str], readers: Sequence[str], hands: Hands
    ) -> None:
        staff = [member for member in members if not member.is_manager]
        shown = [
            next(member for member in staff if member.department == name) for name in ("zeimu", "joho", "shisetsu")
        ]
        self._cards = {member.id: member.card for member in shown} | {"unknown": UNKNOWN_CARD}
        self._shown = [
            StageCard(member.id, member.id, member.name, _department(member.department)) for member in shown
        ] + [StageCard("unknown", "", "登録のないカード", "Unknown card")]
        self._accounts = [StageAccount(login, password) for login, password in accounts.items()]
        self._readers = [StageReader(reader) for reader in readers]
        self._hands = hands

    def accounts(self) -> Sequence[StageAccount]:
        """Give the accounts that the sign-in page offers."""
        return self._accounts

    def cards(self) -> Sequence[StageCard]:
        """Give the cards, in the order to show them."""
        return self._shown

    def readers(self) -> Sequence[StageReader]:
        """Give the readers, in the order to show them."""
        return self._readers

    def tap(self, card_id: str, reader_id: str) -> None:
        """Hold the card to the reader; the door answers by the ordinary path."""
        self._hands.tap(reader_id, self._cards[card_id])


def _department(id_: str) -> str:
    return dict(DEPARTMENTS)[id_]
