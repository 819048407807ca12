"""A letter for the tests of ways."""

from datetime import UTC, datetime

from sync.notify.way import Letter

NOW = datetime(2025, 11, 4, 3, tzinfo=UTC)


def letter(number: int = 1, **said: str) -> Letter:
    words = {
        "id": f"msg_{number}_mail",
        "target": "hagi@city.example",
        "kind": "application_waiting",
        "title": "決裁を待つ申請があります",
        "text": "休暇（2025-11-04）の申請が決裁を待っています。\n\n開く: https://city.example/attendance/inbox/a1\n",
        "short": "決裁を待つ申請があります。",
        "link": "https://city.example/attendance/inbox/a1",
    }
    return Letter(**{**words, **said}, created_at=NOW)
