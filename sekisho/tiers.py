"""``sekisho tiers``: check rules of the network tiers, propose them, and prove the book of decisions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from contract.tier_rule_file import BYTES_MAX, TierRuleFileError, read_rule_toml
from domain.zones.rule import RuleSet, check_rules
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError
from domain.zones.zone_words import describe_zone_fault

if TYPE_CHECKING:
    from gateway.zones.replay import Misfit

app = typer.Typer(no_args_is_help=True)

RulesPath = Annotated[Path, typer.Argument(help="規則 · the rules (TOML)", dir_okay=False)]
TELL_EVERY = 50_000
"""After so many decisions a line says how far the proof has come."""

Config = Annotated[Path, typer.Option("--config", help="gateway.toml", dir_okay=False)]


@app.callback()
def tiers() -> None:
    """ネットワークの系 · network tiers."""


@app.command()
def check(
    file: RulesPath,
    site: Annotated[Path | None, typer.Option("--site", help="site.yaml", dir_okay=False)] = None,
) -> None:
    """規則を検証する · Check rules and name everything that is wrong; with --site their tiers too."""
    from gateway.site.description import load_site
    from gateway.site.source import SiteError

    rules, _ = _read(file, by="check")
    known = frozenset[str]().union(*(rule.tiers for rule in rules))
    if site is not None:
        try:
            known = frozenset(tier.id for tier in load_site(site).tiers)
        except SiteError as error:
            _refuse(str(error))
    if faults := check_rules(rules, known):
        _refuse(_tell(file, faults))
    print(f"{file.name}: {len(rules)} 件 rules: 正しい規則です / valid")


@app.command("import")
def import_file(
    file: RulesPath,
    config: Config,
    by: Annotated[str, typer.Option("--by", help="申請者のID · the login of whoever proposes them")],
    note: Annotated[str, typer.Option("--note", help="変更の理由 · why")] = "",
) -> None:
    """規則を申請する · Propose rules; they hold once another person approved them on the page."""
    from contract.chain import chain_step
    from gateway.operations.zones.propose_rules import WishedRules, propose_rules
    from gateway.settings import SettingsError, load_gateway_settings
    from gateway.site.description import load_site
    from gateway.site.source import SiteError
    from store.accounts import load_account
    from store.migrate import SchemaError, require_schema
    from store.tier_rules import load_latest_hash
    from store.tx import Store

    rules, said = _read(file, by=by)
    now = datetime.now(UTC)
    try:
        settings = load_gateway_settings(config)
        known = frozenset(tier.id for tier in load_site(settings.site_file).tiers)
        store = Store(settings.database_url)
        try:
            with store.transaction(now) as tx:
                require_schema(tx)
                if load_account(tx, by) is None:
                    _refuse(f"--by {by}: その ID はありません / there is no such login")
                base = load_latest_hash(tx) or ""
                id_ = chain_step(base.encode(), f"{now.isoformat()} {by}".encode()).hex()[:16]
                wish = WishedRules(id_, rules, note or said, base)
                proposal = propose_rules(tx, wish, known, by=by)
        finally:
            store.close()
    except ZoneFaultsError as error:
        _refuse(_tell(file, error.faults))
    except (SettingsError, SiteError, SchemaError) as error:
        _refuse(str(error))
    print(
        f"{len(rules)} 件を申請しました。別の人が「規則」の画面で承認すると有効になります"
        f" / proposed; they hold once another person approves them: /tier-rules/proposals/{proposal.id}"
    )


@app.command()
def verify(config: Config) -> None:
    """判定の記録を検証する · Prove the book of decisions: the whole chain, and each made again to the same codes.

    The command ends with 1 at the first decision that does not fit.
    """
    from gateway.settings import SettingsError, load_gateway_settings
    from gateway.zones.replay import prove_decisions
    from store.migrate import SchemaError, require_schema
    from store.tx import Store

    def tell(fitting: int) -> None:
        if fitting % TELL_EVERY == 0:
            typer.echo(f"{fitting} …", err=True)

    try:
        store = Store(load_gateway_settings(config).database_url)
        try:
            with store.reading(datetime.now(UTC)) as tx:
                require_schema(tx)
                proof = prove_decisions(tx, tell)
        finally:
            store.close()
    except (SettingsError, SchemaError) as error:
        _refuse(str(error))
    if proof.misfit is None:
        print(
            f"{proof.fitting} 件の判定はすべて鎖のとおりで、同じ答えになります / all decisions fit. {proof.head.hex()}"
        )
        return
    typer.echo(f"{proof.fitting} 件までは合っています / fit up to here. {_tell_misfit(proof.misfit)}", err=True)
    raise typer.Exit(1)


def _tell_misfit(misfit: "Misfit") -> str:
    at = f"{misfit.position} 件目 / number {misfit.position}"
    if misfit.written is not None:
        decision = misfit.written.decision
        at += f" ({decision.decided_at.isoformat()}, {decision.facts.tier}, {misfit.written.person_id or '-'})"
    if misfit.is_broken:
        return (
            f"{at}: 前の記録とつながりません。消されたか書き換えられています / does not follow the one before: changed"
        )
    if misfit.written is None:
        return f"{at}: 判定として読めません / cannot be read as a decision"
    if misfit.again is None:
        return f"{at}: 規則 {misfit.written.decision.rules_hash} がありません / the rules that it names are not kept"
    said = " ".join(misfit.written.decision.failed) or "permit"
    return f"{at}: 記録は {said}、もう一度判定すると {' '.join(misfit.again) or 'permit'} / decided otherwise now"


def _read(file: Path, *, by: str) -> tuple[RuleSet, str]:
    try:
        with file.open("rb") as source:
            return read_rule_toml(source.read(BYTES_MAX + 1), by=by)
    except OSError as error:
        _refuse(f"{file.name}: 読めません / cannot be read: {error.strerror}")
    except TierRuleFileError as error:
        _refuse("\n".join(f"{file.name}: {line}" for line in str(error).splitlines()))


def _tell(file: Path, faults: tuple[ZoneFault, ...]) -> str:
    lines = []
    for fault in faults:
        japanese, english = describe_zone_fault(fault)
        lines.append(f"{file.name}: {fault.field}: {japanese} / {english}")
    return "\n".join(lines)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
