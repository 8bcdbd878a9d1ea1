"""Words that tie a question to the one before, by language; CJK and Arabic ones folded."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPENERS: dict[str, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:and what about|and how about|what about|how about|what of|and|but|or|then|also"
        r"|same for|the same for)\b(?! (?:if|when) )",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "(?:那么|那麼|那(?!次|个|個|些|种|種|年)|而(?!且)|还有|還有|以及|另外|至于|至於)"
    ),
    "ja": re.compile("(?:それでは|それなら|では|じゃあ|また|あと|そして|ちなみに)[、,]?"),
    "ar": re.compile(
        r"(?:و?ماذا عن|و?ماذا بشأن|و?بالنسبة إلى|وهل|وما(?=\s)|وماذا|وكم|وكيف|ومتى|ولماذا|وأين|وأي"
        r"|ومن(?=\s)|وفي(?=\s)|وعن(?=\s)|وإلى|و(?=ال))"
    ),
}
"""How a follow-up begins."""

TIES: dict[str, re.Pattern[str]] = {
    **OPENERS,
    "ar": re.compile(r"(?:و?ماذا عن|و?ماذا بشأن|و?بالنسبة إلى|و)\s*"),
}
"""What of it says nothing by itself."""

TOPIC_ENDS: dict[str, re.Pattern[str]] = {
    "zh": re.compile("呢[?？。]*$"),
    "ja": re.compile("(?:については|に関しては|の場合は|では|には|とは|は|も)[?？。]*$"),
}
"""How something ends that is put forward without a question of its own."""

OPENING_PRONOUNS: dict[str, frozenset[str]] = {
    "en": _words("it its they them their he she his her him this that these those there so"),
    "zh": _words("它 他们 她们 他 她 其中 这 那次 那个 那些 那种 那年 上述 该 此"),
    "ja": _words("それ その これ この そこ 彼 同社 同国 同じ 両者 当该"),
    "ar": _words(
        """هو هي هم ذلك هذا هذه تلك هناك اليها اليه عليها عليه منها منه فيها فيه بها به لها له
        لهم"""
    ),
}
"""Pronouns that, before anything they could stand for, point to the question before."""

EMPTY_SUBJECT: dict[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\bit (?:takes?|took|is|was)\b.*\bto\b|\b(?:is|are|was|were) there\b", re.IGNORECASE
    ),
    "ar": re.compile(r"\b(?:ما|من|كم) (?:هو|هي|هم)\b"),
}
"""Pronouns that stand for nothing."""

ZERO_SUBJECT = re.compile(
    "(?:什么时候|何时|多久|有?多少|过了|持续|被|为什么|为何|怎么|如何|有几|是否|有没有|花了|需要|要多久)"
)
"""How a Chinese question begins that does not say of what it asks, folded."""

ASKING: dict[str, frozenset[str]] = {
    "en": _words(
        """what when where why how who whom whose which is are was were do does did has have had can
        could may might must shall should will would many much long often explain describe list
        compare tell give show define summarise summarize name"""
    ),
    "zh": _words(
        """什么 甚么 怎么 怎样 如何 为何 为什么 何时 哪 谁 几 多少 多久 多长 多大 多高 是否 有没有
        吗 几成 比例是 指"""
    ),
    "ja": _words(
        """何 いくつ いくら どれ どの どう どこ どんな なぜ いつ 谁 だれ ですか ますか るか たか
        か。 教えて 说明"""
    ),
    "ar": _words("ما ماذا من كم كيف متي لماذا هل اين اي ايه ماهو ماهي اذكر اشرح قارن"),
}
"""Words that ask, folded."""

_KINDS = (
    # Institutions.
    """banks|bank|insurers|insurance companies|brokers|securities firms|payment institutions
    |exchanges|auditors""",
    "银行|銀行|保险公司|保險公司|证券公司|證券公司|消费金融公司|虚拟资产交易平台|保険会社|証券会社|全社"
    "|資金移動業者",
    "المصارف|البنوك|شركات التأمين|منصات التداول",
    # Countries and places with supervisors of their own.
    """Japan|China|Korea|South Korea|Singapore|Hong Kong|Taiwan|India|Indonesia|Malaysia|Thailand
    |Vietnam|Australia|New Zealand|Germany|France|Italy|Spain|Switzerland|Ireland|Luxembourg
    |the Netherlands|the United Kingdom|the UK|the United States|the US|Canada|Mexico|Brazil
    |South Africa|Nigeria|Kenya|Egypt|Saudi Arabia|the UAE|Qatar|Kuwait|Bahrain|Oman|Jordan
    |Turkey|Israel|Russia|Ukraine|Poland|Sweden|Norway|Denmark|Finland""",
    "日本|中国|中國|韩国|韓國|韓国|新加坡|シンガポール|香港|台湾|台灣|臺灣|印度|インド|印尼|马来西亚|馬來西亞"
    "|泰国|泰國|タイ|越南|ベトナム|澳大利亚|澳洲|オーストラリア|德国|德國|ドイツ|法国|法國|フランス|瑞士|スイス"
    "|英国|英國|美国|美國|米国|加拿大|カナダ|巴西|埃及|沙特|沙烏地|阿联酋|阿聯|卡塔尔|科威特|巴林|约旦|約旦"
    "|土耳其|以色列|俄罗斯|俄羅斯|欧盟|歐盟",
    "اليابان|الصين|كوريا|سنغافورة|هونغ كونغ|تايوان|الهند|إندونيسيا|ماليزيا|تايلاند|أستراليا"
    "|ألمانيا|فرنسا|سويسرا|المملكة المتحدة|بريطانيا|الولايات المتحدة|كندا|البرازيل|مصر"
    "|السعودية|الإمارات|قطر|الكويت|البحرين|عُمان|الأردن|تركيا|روسيا",
)


def _kind(alternatives: str) -> re.Pattern[str]:
    names = sorted(
        (name.strip() for name in alternatives.replace("\n", "").split("|")), key=len, reverse=True
    )
    joined = "|".join(re.escape(" ".join(name.split())) for name in names if name)
    return re.compile(rf"\b(?:{joined})\b" if joined[0].isascii() else joined)


KINDS: tuple[re.Pattern[str], ...] = tuple(map(_kind, _KINDS))
"""Names of one kind each: one of them is put in another's place."""
