"""The doctor's look at ``gateway.toml`` and ``sync.toml`` side by side: what both say has to be the same.

Two programs count, seal and let out by their own files. Where these part, no program sees it: an attendance book would
show other figures than payroll gets.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from domain.zones.export import Export, find_export_rule
from gateway.settings import GatewaySettings
from gateway.site.description import Site
from gateway.site.exports import derive_export_rules
from sekisho.doctor_findings import Finding, Mark, judge
from sync.settings import SyncSettings

STANDARD_PORT = ":5432"
"""PostgreSQL's, which need not be said."""

_SAME, _OTHER = "同じ · the same", "違います · they differ"

_CHANGES = {
    "database_url": "同じデータベースにしてください（役割は別で可） / name the same database, by a role of each",
    "site_key_file": (
        "同じ鍵のファイルを置いてください。違うと、取り込んだカードで扉が開きません"
        " / give both the same key: with another, cards that are brought in open nothing"
    ),
    "profile, [[profiles]]": (
        "gateway.toml の [attendance] と sync.toml の profile を同じにしてください"
        " / name the same profiles in [attendance] of gateway.toml and in sync.toml"
    ),
    "leave_kinds_file": "同じ休暇の種類のファイルを指定してください / name the same file of kinds of leave",
}
"""What both files say, and what to do where they part."""


def compare_settings(gateway: GatewaySettings, sync: SyncSettings, site: Site, on: date) -> list[Finding]:
    """Hold the two files against each other, and the payroll file's class against the site's row of the day."""
    attendance = gateway.attendance
    said = {
        "database_url": (_place(gateway.database_url), _place(sync.database_url)),
        "site_key_file": (_key(gateway.site_key_file), _key(sync.site_key_file)),
        "profile, [[profiles]]": (attendance.read_profiles().rules, sync.read_rules()),
        "leave_kinds_file": (attendance.read_leave_rules(), sync.read_leave_rules()),
    }
    found = [
        judge(subject, ours == theirs, _SAME if ours == theirs else _OTHER, _CHANGES[subject])
        for subject, (ours, theirs) in said.items()
    ]
    return [*found, *_judge_payroll(sync, site, on)]


def _judge_payroll(sync: SyncSettings, site: Site, on: date) -> Iterator[Finding]:
    rule = find_export_rule(derive_export_rules(site), Export.payroll, on)
    if rule is None:
        return
    seen = f"exports: {rule.class_id or '—'} · sync.toml: {sync.payroll_class or '—'}"
    if sync.payroll_class or sync.payroll_tier:
        change = f'payroll_class = "{rule.class_id}" にしてください / make it payroll_class = "{rule.class_id}"'
        yield judge("payroll_class", sync.payroll_class == rule.class_id, seen, change)
        return
    unasked = (
        "給与ファイルは分類を問わずに置かれます。payroll_class と payroll_tier を書けば、分類に従います"
        " / the payroll file is laid unasked; with payroll_class and payroll_tier it obeys its class"
    )
    yield Finding("payroll_class", Mark.noted, seen, unasked)


def _place(database_url: str) -> str:
    """Give where a database is, without who asks it."""
    url = urlsplit(database_url)
    if url.scheme == "sqlite":
        return f"sqlite {url.path}"
    server = url.netloc.rpartition("@")[2] or "".join(parse_qs(url.query).get("host", ["localhost"]))
    return f"postgresql {server.removesuffix(STANDARD_PORT)}{url.path}"


def _key(file: Path) -> bytes:
    return file.read_bytes().strip().lower()
