"""What the invented people are made of, in three languages, one of them written from right to left.

Names are common ones, combined at random. Telephone numbers come from ranges that are reserved for fiction: Ofcom's and the
Bundesnetzagentur's, and 555-01xx of North America, because no Arabic-speaking country reserves any.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """given, family: (as written, in Latin letters for the mail address). towns: (town, postal code)."""

    language: str
    country: str
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    organisations: tuple[tuple[str, str], ...]
    jobs: tuple[str, ...]
    phone: str
    mobile: str
    note: str


def plain(words: str) -> tuple[tuple[str, str], ...]:
    """Names that are written in Latin letters; umlauts are spelt out in addresses."""
    spelt = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "'": ""}
    return tuple((word, "".join(spelt.get(letter, letter) for letter in word.casefold())) for word in words.split())


def pairs(words: str) -> tuple[tuple[str, str], ...]:
    """`written/latin` pairs; a space within a name is written as `_`."""
    parted = (word.replace("_", " ").split("/") for word in words.split())
    return tuple((written, latin) for written, latin in parted)


ENGLISH = Locale(
    language="en",
    country="GB",
    given=plain(
        "Alice Benjamin Charlotte Daniel Eleanor Fergus Grace Harry Imogen Jacob Katherine Liam Megan Nathan Olivia Patrick "
        "Rosalind Samuel Tabitha Victor Winifred Zachary"
    ),
    family=plain(
        "Ashworth Bancroft Carlisle Davenport Ellison Fairfax Goodwin Hartley Ingram Jessop Kendrick Langley Merriweather "
        "Northcott Osborne Pemberton Radcliffe Sinclair Thornton Underhill Whitfield Yardley"
    ),
    towns=(("London", "SW1A 1AA"), ("Leeds", "LS1 1AA"), ("Bristol", "BS1 1AA"), ("Edinburgh", "EH1 1AA")),
    streets=("Orchard Lane", "Mill Road", "Station Road", "Church Street", "Meadow View"),
    organisations=(
        ("Example Garden Trust", "garden-trust"), ("Riverside Reading Club", "reading-club"), ("Harbour Youth Choir", "choir"),
        ("Northfield Food Bank", "food-bank"), ("Open Door Advice Centre", "advice"), ("Lantern Theatre Friends", "theatre"),
        ("Hillside Allotment Society", "allotments"), ("Canal Walkers", "walkers"), ("Bright Start Nursery", "nursery"),
        ("Second Life Bicycles", "bicycles"),
    ),
    jobs=("Treasurer", "Volunteer", "Coordinator", "Teacher", "Fundraiser", "Trustee", "Gardener"),
    phone="+44207946{:04}",
    mobile="+447700900{:03}",
    note="Invented person; part of the demo data.",
)  # fmt: skip

GERMAN = Locale(
    language="de",
    country="DE",
    given=plain(
        "Anneliese Bernd Clara Dietmar Elke Friedrich Greta Hannes Ilse Jürgen Käthe Lukas Marlene Norbert Ottilie Paul "
        "Renate Sönke Theresa Ulrich Verena Wolfgang"
    ),
    family=plain(
        "Ackermann Böhm Christiansen Dreyer Eberhardt Fröhlich Grünwald Hoffmeister Imhof Jansen Köhler Lindner Müllerschön "
        "Neubauer Oppermann Petersen Rößler Schäfer Thiemann Uhlig Vogelsang Winterfeld"
    ),
    towns=(("Berlin", "10115"), ("Hamburg", "20095"), ("Köln", "50667"), ("Görlitz", "02826")),
    streets=("Lindenstraße", "Am Mühlbach", "Schillerplatz", "Gartenweg", "Bahnhofstraße"),
    organisations=(
        ("Beispiel Nachbarschaftshilfe e. V.", "nachbarn"), ("Lesepaten am Fluss", "lesepaten"),
        ("Bürgerchor Süd", "buergerchor"), ("Tafel Nordviertel", "tafel"), ("Beratungsstelle Offene Tür", "beratung"),
        ("Freunde des Kammertheaters", "kammertheater"), ("Kleingartenverein Abendsonne", "abendsonne"),
        ("Wanderfreunde Elbe", "wandern"), ("Kita Regenbogen", "regenbogen"), ("Radwerkstatt Zweites Leben", "radwerkstatt"),
    ),
    jobs=("Kassenwart", "Ehrenamtliche", "Koordinatorin", "Lehrer", "Spendenreferentin", "Vorstand", "Gärtner"),
    phone="+493023125{:03}",
    mobile="+4917604069{:03}",
    note="Erfundene Person; gehört zu den Beispieldaten.",
)  # fmt: skip

ARABIC = Locale(
    language="ar",
    country="JO",
    given=pairs(
        "أحمد/ahmad بسمة/basma جمال/jamal دانة/dana رامي/rami زينب/zaynab سامر/samer شيماء/shaima طارق/tariq عائشة/aisha "
        "فادي/fadi كريمة/karima ليلى/layla مازن/mazin نور/nour هالة/hala وسيم/wasim ياسمين/yasmin يوسف/yusuf منى/mona "
        "خالد/khalid رنا/rana"
    ),
    family=pairs(
        "الحداد/al-haddad النجار/al-najjar الخطيب/al-khatib العطار/al-attar البستاني/al-bustani الصباغ/al-sabbagh "
        "المصري/al-masri الشامي/al-shami القاسم/al-qasim الزيتون/al-zaytun السعدي/al-saadi الحكيم/al-hakim "
        "النعيم/al-naim الرفاعي/al-rifai الكاتب/al-katib الخياط/al-khayyat الفارس/al-faris الجندي/al-jundi "
        "المنصور/al-mansur الطويل/al-tawil الوردي/al-wardi الياسين/al-yasin"
    ),
    towns=(("عمّان", "11110"), ("إربد", "21110"), ("العقبة", "77110"), ("مادبا", "17110")),
    streets=("شارع الزيتون", "شارع المدرسة", "شارع السوق", "شارع الجامعة", "شارع الحديقة"),
    organisations=(
        ("جمعية المثال للبستنة", "bustan"), ("نادي القراءة على النهر", "qiraa"), ("جوقة الميناء", "jawqa"),
        ("بنك الطعام الشمالي", "taam"), ("مركز الباب المفتوح", "bab"), ("أصدقاء مسرح الفانوس", "fanous"),
        ("جمعية الحدائق", "hadaiq"), ("نادي المشي", "mashy"), ("روضة قوس قزح", "qaws"), ("ورشة الدراجات", "darraja"),
    ),
    jobs=("أمين الصندوق", "متطوعة", "منسق", "معلمة", "عضو المجلس", "بستاني"),
    phone="+120255501{:02}",
    mobile="+120255501{:02}",
    note="شخص مُختلَق، من بيانات العرض.",
)  # fmt: skip

LOCALES = (ENGLISH, GERMAN, ARABIC)
TAGS = ("donor", "member", "newsletter", "volunteer")

# Language -> kind -> (subject, body) of interactions.
TALK: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "en": {
        "call": (
            ("Asked about volunteering", "Has time on Tuesdays. Would like to start in the **garden group**."),
            ("Thanked for the donation", "Prefers to be called in the evening."),
            ("Question about the membership fee", "Sent the list of fees afterwards."),
        ),
        "meeting": (
            ("Planning the summer fair", "Agreed:\n\n- tents: us\n- music: the choir\n- next meeting in two weeks"),
            ("Getting to know each other", "A good hour over tea. Interested in the reading club."),
        ),
        "note": (("Prefers letters", "Reads e-mail rarely."), ("Allergic to nuts", "Mind this at the fair.")),
        "email": (
            ("Invitation to the annual meeting", "Sent with the agenda."),
            ("Minutes sent", "No questions so far."),
        ),
        "task": (("Call back about the tents", "Ask for two more."), ("Send the annual report", "By post, please.")),
    },
    "de": {
        "call": (
            ("Frage zur Mitgliedschaft", "Beitragsordnung **zugeschickt**."),
            ("Dank für die Spende", "Bitte abends anrufen."),
            ("Möchte mithelfen", "Dienstags ab 16 Uhr, am liebsten im Garten."),
        ),
        "meeting": (
            (
                "Vorbereitung Sommerfest",
                "Vereinbart:\n\n- Zelte: wir\n- Musik: Chor\n- nächstes Treffen in zwei Wochen",
            ),
            ("Kennenlernen", "Eine gute Stunde bei Kaffee. Interessiert sich für die Lesepaten."),
        ),
        "note": (("Lieber Briefe", "Liest selten E-Mails."), ("Verträgt keine Nüsse", "Beim Fest daran denken.")),
        "email": (
            ("Einladung zur Jahresversammlung", "Mit Tagesordnung."),
            ("Protokoll verschickt", "Bisher keine Fragen."),
        ),
        "task": (
            ("Wegen der Zelte zurückrufen", "Zwei mehr erfragen."),
            ("Jahresbericht schicken", "Bitte mit der Post."),
        ),
    },
    "ar": {
        "call": (
            ("سؤال عن التطوع", "متاح أيام الثلاثاء، ويفضّل **مجموعة الحديقة**."),
            ("شكر على التبرع", "يفضّل الاتصال مساءً."),
            ("سؤال عن رسوم العضوية", "أُرسلت القائمة بعد المكالمة."),
        ),
        "meeting": (
            ("التحضير لمهرجان الصيف", "اتفقنا على:\n\n- الخيام: نحن\n- الموسيقى: الجوقة"),
            ("لقاء تعارف", "ساعة طيبة مع الشاي."),
        ),
        "note": (("يفضّل الرسائل", "نادرًا ما يقرأ البريد."), ("حساسية من المكسرات", "للانتباه في المهرجان.")),
        "email": (("دعوة إلى الاجتماع السنوي", "مع جدول الأعمال."), ("أُرسل المحضر", "لا أسئلة حتى الآن.")),
        "task": (("معاودة الاتصال بشأن الخيام", "السؤال عن خيمتين."), ("إرسال التقرير السنوي", "بالبريد.")),
    },
}
