"""Read a provider's file of payouts by its layout: whole, or refused with every fault by line and column."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy, refuse
from domain.facilities.payouts import PayoutLine
from gateway.payouts.layout import Marks, PayoutLayout

BYTES_MAX = 20_000_000
FAULTS_MAX = 100
REFERENCE_LENGTH_MAX = 100
YEN_MAX = 1_000_000_000
_AMOUNT = re.compile(r"(?P<sign>[-−▲△]?)[¥￥\\]?(?P<inner>-?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,10})円?")

Row = Mapping[str, str]


def read_payout_file(data: bytes, layout: PayoutLayout) -> tuple[tuple[int, PayoutLine], ...]:
    """Give the lines of a file, each with its number in it (the first is 1).

    A line's id comes from what it says and how often the file has said the same before, so that a file that overlaps
    another one brings nothing twice, and what one file tells twice stays two.

    Raises:
        FeeFaultsError: it is too large, in another encoding, lacks a column, or has cells that cannot be read.
    """
    rows = _split(data, layout)
    head = layout.lines_before
    headings = [cell.strip() for cell in rows[head]] if head < len(rows) else []
    if missing := [name for name in layout.headings if headings.count(name) != 1]:
        raise refuse("file", FeeWhy.headings_missing, line=head + 1, name="、".join(missing))
    found: list[tuple[int, PayoutLine]] = []
    faults: list[FeeFault] = []
    seen = Counter[tuple[object, ...]]()
    for number, cells in enumerate(rows[head + 1 :], start=head + 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(headings):
            faults.append(FeeFault("file", FeeWhy.columns_missing, {"line": number}))
            continue
        row = {name: cell.strip() for name, cell in zip(headings, cells, strict=False)}
        if layout.only is not None and not _is_marked(row, layout.only):
            continue
        try:
            found.append((number, _line(row, layout, seen)))
        except FeeFaultsError as error:
            faults += [FeeFault(each.field, each.why, {"line": number, **each.values}) for each in error.faults]
    if faults:
        raise FeeFaultsError(faults[:FAULTS_MAX])
    return tuple(found)


def hash_file(data: bytes) -> str:
    """Give the SHA-256 of a file, by which it is known when it comes again."""
    return hashlib.sha256(data).hexdigest()


def _split(data: bytes, layout: PayoutLayout) -> list[list[str]]:
    if len(data) > BYTES_MAX:
        raise refuse("file", FeeWhy.out_of_range, last=BYTES_MAX)
    try:
        text = data.decode(layout.codec)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise refuse("file", FeeWhy.unreadable, name=layout.encoding) from None


def _line(row: Row, layout: PayoutLayout, seen: Counter[tuple[object, ...]]) -> PayoutLine:
    reference = row[layout.reference]
    if len(reference) > REFERENCE_LENGTH_MAX:
        raise refuse(layout.reference, FeeWhy.too_long, most_characters=REFERENCE_LENGTH_MAX)
    back = layout.refunds is not None and _is_marked(row, layout.refunds)
    gross = _yen(row, layout.gross) * (-1 if back else 1)
    commission = _commission(row, layout.commission, back=back)
    net = gross - commission if layout.net is None else _yen(row, layout.net) * (-1 if back else 1)
    if gross - commission != net:
        raise refuse(layout.gross, FeeWhy.sums_differ, gross_yen=gross, commission_yen=commission, net_yen=net)
    used_on = _day(row, layout.used_on, layout.used_form)
    paid = layout.paid_on
    paid_on = None if paid is None or not row[paid] else _day(row, paid, layout.paid_form)
    told = (layout.name, reference, gross, commission, net, used_on, paid_on)
    seen[told] += 1
    id_ = hashlib.sha256("\x1f".join(map(str, (*told, seen[told]))).encode()).hexdigest()
    return PayoutLine(id_, reference, gross, commission, net, used_on, paid_on)


def _commission(row: Row, headings: Sequence[str], *, back: bool) -> int:
    """Sum the columns of commission; of money that went back it comes back too."""
    return sum(_yen(row, heading) for heading in headings) * (-1 if back else 1)


def _is_marked(row: Row, marks: Marks) -> bool:
    return row[marks.heading] in marks.words


def _yen(row: Row, heading: str) -> int:
    """Read whole yen: ``1,234``, ``¥1,234``, ``-500``, ``▲500``; nothing is 0."""
    text = row[heading]
    if not text:
        return 0
    match = _AMOUNT.fullmatch(text)
    if match is None or (match["sign"] and match["inner"]):
        raise refuse(heading, FeeWhy.unreadable, name=text[:20])
    yen = int(match["digits"].replace(",", ""))
    if yen > YEN_MAX:
        raise refuse(heading, FeeWhy.out_of_range, last=YEN_MAX)
    return -yen if match["sign"] or match["inner"] else yen


def _day(row: Row, heading: str, form: str) -> date:
    try:
        return datetime.strptime(row[heading], form).date()  # noqa: DTZ007 (a civil day as their file has it)
    except ValueError:
        raise refuse(heading, FeeWhy.unreadable, name=row[heading][:20]) from None
