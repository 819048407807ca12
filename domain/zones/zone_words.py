"""What is said of a fault in tiers and rules, in Japanese and English: the field, what was expected, what to do."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.zones.decide_tier import Built
from domain.zones.rule import Saying
from domain.zones.zone_fault import ZoneFault, ZoneWhy

_WORDS: Mapping[ZoneWhy, tuple[str, str]] = MappingProxyType(
    {
        ZoneWhy.unexpected: (
            "{at}文字目の「{found}」が読めません。ここには {expected} を書いてください。",
            "Mark {at} ({found!r}) cannot be read. Expected here: {expected}.",
        ),
        ZoneWhy.unknown_fact: (
            "{at}文字目の「{found}」という項目はありません。使えるのは {known} です。",
            "Mark {at}: there is no fact {found!r}. Known ones: {known}.",
        ),
        ZoneWhy.unknown_word: (
            "「{fact}」が '{found}' になることはありません。{known} のどれかを書いてください。",
            "{fact} is never {found!r}. Write one of {known}.",
        ),
        ZoneWhy.not_comparable: (
            "「{found}」は {sign} で比べられません。種類の合うもの同士を書いてください。",
            "{found} cannot be compared by {sign}. Compare things of one kind.",
        ),
        ZoneWhy.not_a_truth: (
            "「{found}」だけでは正しいかどうかが決まりません。== や in で何と比べるかを書いてください。",
            "{found} alone is neither true nor false. Say what it is compared with, by == or in.",
        ),
        ZoneWhy.too_long: ("{most}文字までで書いてください。", "Write at most {most} marks."),
        ZoneWhy.too_deep: (
            "かっこと not の重なりは{most}段までにしてください。",
            "Nest brackets and not at most {most} deep.",
        ),
        ZoneWhy.malformed: ("{expected} の形で入力してください。", "Enter it as {expected}."),
        ZoneWhy.taken: (
            "符号 {code} は、同じ期間に別の規則が使っています。期間をずらすか、別の符号にしてください。",
            "The code {code} is another rule's on the same days. Move the days or choose another code.",
        ),
        ZoneWhy.no_words: (
            "何が足りないか、どうすればよいかを、日本語と英語の両方で書いてください。",
            "Say what is missing and what to do, in Japanese and in English.",
        ),
        ZoneWhy.unknown_tier: (
            "「{found}」という系はありません。登録してある系から選んでください。",
            "There is no tier {found!r}. Choose one that is registered.",
        ),
        ZoneWhy.no_tiers: ("どの系の規則かを選んでください。", "Choose the tiers that the rule is for."),
        ZoneWhy.same_person: (
            "作成した人と承認する人は別の人にしてください。",
            "Whoever approves must be somebody other than the author.",
        ),
        ZoneWhy.bad_vlan: ("VLAN番号は {least} から {most} までです。", "A VLAN is a number from {least} to {most}."),
        ZoneWhy.shared_vlan: (
            "VLAN {vlan} は別の系のものです。系ごとに別のVLANを決めてください。",
            "VLAN {vlan} is another tier's. Give each tier a VLAN of its own.",
        ),
        ZoneWhy.no_methods: (
            "認証の方法が一つもないため、だれも接続できません。方法を選んでください。",
            "Without a method nobody can connect. Choose how a terminal may show itself.",
        ),
        ZoneWhy.no_age: (
            "判定できないときに直前の判定を使う場合だけ、何分前までの判定を使うかを決めてください。",
            "Say how old, in minutes, a last decision may be, and only where last decisions are used.",
        ),
        ZoneWhy.forbidden: (
            "この区分の情報には認められていません。区分と行き先を確かめてください。",
            "The class of this information does not allow it. Check the class and where it is to go.",
        ),
        ZoneWhy.no_reason: ("理由または方法を書いてください。", "Say why, or by what means."),
        ZoneWhy.over: (
            "期限が過ぎています。期限を決めて、もう一度申請してください。",
            "Its time is over. Set a time that is to come, and apply again.",
        ),
        ZoneWhy.moved_on: (
            "状態が変わっています。画面を読み直して、今の状態を確かめてください。",
            "It has moved on. Load the page again and see where it stands.",
        ),
        ZoneWhy.not_yours: ("取り下げられるのは申請した人だけです。", "Only whoever applied can withdraw it."),
        ZoneWhy.unknown_person: (
            "「{found}」に当たる職員が見つからないか、何人もいます。職員番号で指定してください。",
            "Nobody, or several people, are called {found!r}. Give the staff number.",
        ),
        ZoneWhy.unknown_training: (
            "「{found}」という研修はありません。登録してある研修の番号を書いてください。",
            "There is no training {found!r}. Write the id of one that is registered.",
        ),
        ZoneWhy.unknown_point: (
            "「{found}」という読取機の場所はありません。登録してある場所を選んでください。",
            "No reader stands at {found!r}. Choose a place that is registered.",
        ),
        ZoneWhy.unknown_terminal: (
            "「{found}」という端末は台帳にありません。先に端末を登録してください。",
            "No terminal {found!r} is registered. Register it first.",
        ),
        ZoneWhy.no_column: (
            "「{name}」の列がありません。見出しの行にこの名前の列を加えてください。",
            "The column {name} is missing. Add it, with its name in the first line.",
        ),
        ZoneWhy.no_rows: ("登録する行がありません。", "There is nothing in it to enter."),
        ZoneWhy.ahead: ("今日より後の日です。実施した日を書いてください。", "The day is to come. Write when it was."),
        ZoneWhy.ends_first: (
            "終わりの日が始まりの日より前です。後の日にしてください。",
            "The last day lies before the first. Choose a later one.",
        ),
        ZoneWhy.stands: (
            "この人のこの系の認定は、同じ期間にもうあるか、承認を待っています。",
            "The same person's clearance for this tier stands on these days already, or waits for approval.",
        ),
        ZoneWhy.was_ended: (
            "「{found}」は使用を終えた端末です。もう一度使うときは、別の番号で登録してください。",
            "The terminal {found!r} was ended. To use it again, register it under another id.",
        ),
        ZoneWhy.taken_address: (
            "MACアドレス {found} は端末 {other} のものです。どちらかを直してください。",
            "The MAC address {found} is the terminal {other}'s. Correct one of them.",
        ),
        ZoneWhy.private_key: (
            "秘密鍵が入っているため読み込みませんでした。証明書だけのファイルを選んでください。秘密鍵は端末の外に出しません。",
            "It holds a private key and was not read. Choose a file of certificates; keys stay on terminals.",
        ),
        ZoneWhy.for_oneself: (
            "自分の認定は申請も承認もできず、自分についての例外は承認できません。別の人が行ってください。",
            "Nobody proposes or approves the own clearance, or grants an exception for themselves. Somebody else must.",
        ),
        ZoneWhy.unchanged: (
            "今の規則と同じ内容です。変えるところを直してから申請してください。",
            "It says what holds already. Make the change first, then propose it.",
        ),
        ZoneWhy.not_waivable: (
            "規則「{found}」は外せません。外してよいと定めた規則から選んでください。",
            "The rule {found!r} cannot be set aside. Choose from those that may be.",
        ),
        ZoneWhy.too_long_time: (
            "1時間から{most}時間までで選んでください。",
            "Choose from one hour to {most} hours.",
        ),
    }
)

BUILT_WORDS: Mapping[Built, Saying] = MappingProxyType(
    {
        Built.no_tier: Saying(
            "その系は使われていません。",
            "That tier is not in use.",
            "端末の設定を情報システム担当に確かめてください。",
            "Ask the information systems desk to look at the terminal's setting.",
        ),
        Built.no_rules: Saying(
            "この系にはまだ規則がないため、だれも接続できません。",
            "This tier has no rules yet, so nobody can connect.",
            "情報システム担当にお知らせください。",
            "Tell the information systems desk.",
        ),
        Built.rules_old: Saying(
            "規則が今日のものではありません。",
            "The rules are not today's.",
            "少し待ってもう一度つないでください。続くときは情報システム担当にお知らせください。",
            "Wait a moment and connect again. If it stays so, tell the information systems desk.",
        ),
        Built.method: Saying(
            "この系では使えない方法で接続しようとしました。",
            "The terminal showed itself in a way this tier does not take.",
            "支給された端末の証明書で接続してください。パスワードでの接続はできません。",
            "Connect with the certificate of an issued terminal. Passwords are not taken.",
        ),
        Built.stranger: Saying(
            "登録されていないネットワーク機器から接続しようとしました。",
            "The terminal asked by a switch that is not registered.",
            "別の場所でつないでください。続くときは情報システム担当にお知らせください。",
            "Connect elsewhere. If it stays so, tell the information systems desk.",
        ),
    }
)
"""What is said of the reasons that are built in; all others are said by their rules."""


def describe_zone_fault(fault: ZoneFault) -> tuple[str, str]:
    """Say a fault in Japanese and English."""
    ja, en = _WORDS[fault.why]
    return ja.format(**fault.values), en.format(**fault.values)
