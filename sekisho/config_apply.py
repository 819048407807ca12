"""``sekisho config apply``: device keys and the schema at once; a changed description of the site by a roll-out."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.access.rollout import Phase
from gateway.operations.access.enroll_devices import (
    Enrolled,
    KeyChangedError,
    enroll_devices,
    read_device_keys,
    revoke_devices,
)
from gateway.operations.access.propose_revision import (
    ProposalFault,
    ProposalFaultError,
    propose_revision,
    settle_revision,
)
from gateway.operations.access.publish_policy import publish_policy
from gateway.rollouts.revision_plan import plan_revision
from gateway.rollouts.revisions import Revision, load_settled, read_revision
from gateway.settings import SettingsError, load_gateway_settings
from gateway.site.source import SiteError
from sekisho.config_plan import describe_plan
from sekisho.config_refusal import refuse
from store.accounts import load_account
from store.devices import list_device_statuses
from store.migrate import migrate
from store.rollouts import REASON_LENGTH_MAX, load_live_rollout, load_settled_rollout
from store.tx import Store, Tx

FAULTS = {
    ProposalFault.holds_already: "もうこの設定です / this description holds already",
    ProposalFault.another_is_live: "別の配信が終わっていません。終わるか止めてからにしてください /"
    " another roll-out is live: wait for its end or stop it",
    ProposalFault.moved_on: "計画のあとで別の設定になりました。もう一度実行してください /"
    " another description has been settled since: run it again",
    ProposalFault.long_reason: "--reason は200文字以内にしてください / --reason: at most 200 characters",
}


def apply(
    settings_file: Annotated[Path, typer.Argument(help="gateway.toml")],
    site_file: Annotated[
        Path | None, typer.Argument(help="変えた庁舎の設定ファイル · the changed site file; else the settings' own")
    ] = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="変わった鍵を受け入れる · take changed keys")] = False,
    revoke_others: Annotated[
        bool, typer.Option("--revoke-others", help="設定にない装置を失効させる · revoke devices that the site lacks")
    ] = False,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="段階を踏まずに全装置へ · to every device at once, without stages")
    ] = False,
    by: Annotated[str, typer.Option("--by", help="提案する人のログイン名 · the proposer's login")] = "",
    reason: Annotated[str, typer.Option("--reason", help="理由 · why")] = "",
) -> None:
    """装置の鍵を登録し、設定を配信する · Enroll the devices' keys; publish the policy, or roll out a changed site."""
    now = datetime.now(UTC)
    try:
        settings = load_gateway_settings(settings_file)
        coming = read_revision(site_file or settings.site_file)
        found = read_device_keys(settings.site_file.parent / "device-keys")
    except (SettingsError, SiteError, ValueError) as error:
        refuse(str(error))
    known = {described.id for described in coming.site.devices}
    migrate(settings.database_url)
    store = Store(settings.database_url)
    try:
        with store.transaction(now) as tx:
            enrolled = enroll_devices(
                tx, {device: key for device, key in found.items() if device in known}, replace=replace
            )
            # A device of the site without a key file enrolled itself; it is nobody's leftover.
            others = tuple(device for device in enrolled.others if device not in known)
            if revoke_others:
                revoke_devices(tx, others)
            told = _publish(tx, coming, at_once=at_once, now=now)
            if told is None:
                _demand_proposer(tx, by, reason)
        if told is None:
            told = _propose(store, coming, by=by, reason=reason, now=now)
    except (KeyChangedError, SiteError) as error:
        refuse(str(error))
    except ProposalFaultError as error:
        refuse(FAULTS[error.fault])
    finally:
        store.close()
    _tell_enrolled(
        dataclasses.replace(enrolled, others=others),
        others="失効させました / revoked" if revoke_others else "設定にない装置です / not of this site",
    )
    print(told)


def _publish(tx: Tx, coming: Revision, *, at_once: bool, now: datetime) -> str | None:
    """Publish what holds or may hold at once; None where it has to go out by stages."""
    settled = load_settled_rollout(tx)
    holds = None if settled is None else settled.proposal.revision_id
    if load_live_rollout(tx) is not None:
        if holds == coming.id:
            return "方針は変わりません / policy unchanged"  # its keeper looks after both descriptions
        raise ProposalFaultError(ProposalFault.another_is_live)
    if holds not in (None, coming.id) and list_device_statuses(tx) and not at_once:
        held = load_settled(tx)
        same = held is not None and held.site == coming.site  # written otherwise, saying the same
        return "方針は変わりません / policy unchanged" if same else None
    if holds != coming.id:
        settle_revision(tx, coming, by="config apply")
    policy = publish_policy(tx, coming, now=now)
    if policy is None:
        return "方針は変わりません / policy unchanged"
    return f"方針 第{policy.version}版を公開しました / policy {policy.version} published"


def _demand_proposer(tx: Tx, by: str, reason: str) -> None:
    """Refuse before anything is kept: a second person can only be another one if the first is known."""
    if load_account(tx, by) is None:
        refuse("--by に画面のログイン名を指定してください / --by: name the login of whoever proposes this")
    if len(reason) > REASON_LENGTH_MAX:
        refuse(FAULTS[ProposalFault.long_reason])


def _propose(store: Store, coming: Revision, *, by: str, reason: str, now: datetime) -> str:
    with store.reading(now) as tx:
        former = load_settled(tx)
        if former is None:
            raise ProposalFaultError(ProposalFault.moved_on)
        plan = plan_revision(tx, former, coming, now)
    with store.transaction(now) as tx:
        rollout = propose_revision(tx, former, coming, plan, by=by, reason=" ".join(reason.split()))
    for line in describe_plan(plan, former, {}):
        print(line)
    waits = rollout.state.phase is Phase.proposed
    return f"配信 {rollout.id}: " + (
        "別の人の承認を待ちます（画面「配信」）/ waits for a second person's approval (page: Delivery)"
        if waits
        else "始めました / begun"
    )


def _tell_enrolled(enrolled: Enrolled, *, others: str) -> None:
    told = (
        (enrolled.added, "登録しました / enrolled"),
        (enrolled.replaced, "鍵を入れ替えました / key replaced"),
        (enrolled.revoked, "失効中のままです / still revoked"),
        (enrolled.others, others),
    )
    for devices, words in told:
        for device in devices:
            print(f"{device}: {words}")
