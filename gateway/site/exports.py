"""Exports in a site's description: of which class of information each kind is, and between which tiers it goes."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

from contract.fields import Id
from domain.validity import share_days
from domain.zones.export import Export, ExportRule
from domain.zones.tier import TierId
from gateway.site.findings import Finding, find_undefined
from gateway.site.places import Description

if TYPE_CHECKING:
    from gateway.site.description import Site


class ExportDescription(Description):
    """書き出し · A kind of files that leave. Two rows of one kind may follow each other by their days of force."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: Export
    """種類 · Which kind."""
    class_id: Annotated[str, Field(alias="class", min_length=1, max_length=63)]
    """情報の分類 · Its class of information, by id."""
    from_tier: Annotated[Id, Field(alias="from")]
    """つくる系 · The tier in which it is made: where the gateway stands."""
    to_tier: Annotated[Id, Field(alias="to")]
    """届く系 · The tier in which it arrives: where the pages are read."""
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def name(self) -> str:
        """What a plan of changes calls it."""
        return self.id.value


def derive_export_rules(site: "Site") -> tuple[ExportRule, ...]:
    """Give the site's rows as the exports obey them."""
    return tuple(
        ExportRule(
            each.id, each.class_id, TierId(each.from_tier), TierId(each.to_tier), each.valid_from, each.valid_until
        )
        for each in site.exports
    )


def check_exports(site: "Site") -> Iterator[Finding]:
    """Yield what does not fit together: tiers that are not there, rows of the same days, kinds that have no row."""
    tiers = [each.id for each in site.tiers]
    for index, row in enumerate(site.exports):
        yield from find_undefined(("exports", index, "from"), row.from_tier, "tiers", tiers)
        yield from find_undefined(("exports", index, "to"), row.to_tier, "tiers", tiers)
        if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
            yield Finding(
                ("exports", index, "valid_until"),
                f"valid_from（{row.valid_from}）より前です。同じ日か、後の日にしてください",
                f"lies before valid_from ({row.valid_from}); expected that day or a later one",
            )
        elif any(each.id is row.id and share_days(each, row) for each in site.exports[:index]):
            yield Finding(
                ("exports", index, "id"),
                f"{row.id} の行の期間が重なっています。期間を分けるか、一方を消してください",
                f"another row of {row.id} holds on the same days; part their days or remove one",
            )
    missing = [kind.value for kind in Export if kind not in {each.id for each in site.exports}]
    if site.exports and missing:
        yield Finding(
            ("exports",),
            f"行のない種類があります: {', '.join(missing)}。一つでも書くときは、すべての種類を書いてください",
            f"kinds without a row: {', '.join(missing)}; once one is said, every kind needs its row",
        )
