"""Samples of the pages of consent, with the reasons and the lengths that real ones have."""

from __future__ import annotations

from datetime import datetime, timedelta

from confida_web.consents import editing, listing
from confida_web.consents import pages as consents
from confida_web.contacts.pages import ContactHead
from confida_web.display import Option, PersonRef, Tab
from confida_web.page import Page

ADA = ContactHead(id="1", name="Ada Lovelace", kind="person")
NOTICE = (
    "Newsletter\n\nWe send you news about our work. You can stop this at any time, as easily as you began it.\n\n"
    "Who: Lindenau e. V., Karl-Heine-Straße 1, Leipzig\nGround: your consent (GDPR Art. 6(1)(a))\n"
    "How long: until you withdraw; the proof of your consent for three more years.\n"
)
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
CHECKPOINT = (
    "confida/0199f3b2-7c41-7000-8000-000000000001/0\n1284\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— confida/0199f3b2 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def lines(now: datetime) -> tuple[consents.PurposeLines, ...]:
    def one(
        tone: consents.Tone, word: str, channels: tuple[str, ...], ground: str, sentence: str, **more: object
    ) -> consents.ConsentLine:
        return consents.ConsentLine(tone=tone, word=word, channels=channels, ground=ground, sentence=sentence, **more)  # type: ignore[arg-type]

    return (
        consents.PurposeLines(
            key="newsletter",
            title="Newsletter",
            basis="on consent",
            lines=(
                one(
                    "may",
                    "May",
                    ("E-mail",),
                    "Consent",
                    "Said yes on paper.",
                    since=now - timedelta(days=200),
                    until=now + timedelta(days=530),
                    proof_href="/contacts/1/consents/7",
                ),
                one(
                    "must-not",
                    "Must not",
                    ("Telephone",),
                    "",
                    "Withdrew.",
                    since=now - timedelta(days=3),
                    proof_href="/contacts/1/consents/8",
                ),
                one("ask", "Ask first", ("SMS", "Post", "Messenger"), "", "Nobody has asked yet."),
            ),
        ),
        consents.PurposeLines(
            key="customer_offers",
            title="Angebote für Bestandskundinnen und Bestandskunden",
            basis="on legitimate interest",
            lines=(
                one(
                    "may",
                    "May",
                    ("E-mail",),
                    "Legitimate interest",
                    "Existing customer; every message says how to object.",
                    since=now - timedelta(days=90),
                    citation="UWG § 7(3)",
                    proof_href="/contacts/1/consents/9",
                ),
                one(
                    "ask",
                    "Ask first",
                    ("Telephone", "SMS"),
                    "",
                    "Calls to consumers need a consent here.",
                    citation="UWG § 7(2) no. 1",
                ),
            ),
        ),
        consents.PurposeLines(
            key="agreement",
            title="What we have agreed with you",
            basis="on contract",
            lines=(
                one(
                    "may",
                    "May",
                    ("E-mail", "Telephone", "SMS", "Post", "Messenger"),
                    "Contract",
                    "What the agreement needs.",
                ),
            ),
        ),
    )


def events(now: datetime) -> tuple[consents.EventRow, ...]:
    return (
        consents.EventRow(
            id="8",
            at=now - timedelta(days=3),
            purpose="Newsletter",
            channel="Telephone",
            what="Withdrew",
            tone="must-not",
            how="by telephone",
            who="Olga Petrova",
            basis="Consent",
            href="/contacts/1/consents/8",
            correct_href="/contacts/1/consents/8/correct",
        ),
        consents.EventRow(
            id="7",
            at=now - timedelta(days=200),
            purpose="Newsletter",
            channel="E-mail",
            what="Said yes",
            tone="may",
            how="on paper",
            who="Mats",
            basis="Consent",
            valid_until=now + timedelta(days=530),
            href="/contacts/1/consents/7",
            corrects=True,
        ),
        consents.EventRow(
            id="6",
            at=now - timedelta(days=201),
            purpose="Newsletter",
            channel="E-mail",
            what="Refused",
            tone="must-not",
            how="on paper",
            who="Mats",
            corrected=True,
            href="/contacts/1/consents/6",
        ),
        consents.EventRow(
            id="5",
            at=now - timedelta(days=202),
            purpose="Newsletter",
            channel="E-mail",
            what="Was asked",
            how="by the program",
            href="/contacts/1/consents/5",
        ),
    )


def choices(**labels: str) -> tuple[Option, ...]:
    return tuple(Option(value=key, label=label, chosen=n == 0) for n, (key, label) in enumerate(labels.items()))


CHANNELS = choices(email="E-mail", phone="Telephone", sms="SMS", post="Post", messenger="Messenger")
PURPOSES = choices(newsletter="Newsletter", customer_offers="Offers to existing customers")
METHODS = choices(paper="On paper", phone="By telephone", in_person="Face to face")


def person_samples(now: datetime) -> dict[str, Page]:
    text = consents.NoticeText(
        title="Newsletter", language="English", number=2, text=NOTICE, sha256=SHA, href="/consents/notices/3"
    )
    ledger = consents.LedgerPlace(index=1282, size=1284, proved=True, commitment=SHA, checkpoint=CHECKPOINT)
    downloads = (
        consents.Download(
            label="Everything, as one file", href="/contacts/1/consents/7/receipt.zip", hint="for the person to keep"
        ),
        consents.Download(
            label="JSON-LD", href="/contacts/1/consents/7/receipt.jsonld", hint="ISO/IEC TS 27560, for programs"
        ),
    )
    return {
        "consents-history": consents.ConsentHistoryPage(
            contact=ADA,
            lines=lines(now),
            events=events(now),
            may_record=True,
            may_see_reads=True,
            askable=PURPOSES,
            ask_channels=CHANNELS,
            purposes=(
                Tab(label="Everything", href="/contacts/1/consents", current=True),
                Tab(label="Newsletter", href="/contacts/1/consents?purpose=newsletter"),
            ),
            older_href="/contacts/1/consents?before=5",
            link="https://crm.example.org/my/p/3b1f5c9d8e7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f",
            link_until=now + timedelta(days=30),
            errors={"purpose": "This purpose does not ask for consent."},
        ),
        "consents-history-none": consents.ConsentHistoryPage(
            contact=ADA,
            lines=lines(now)[2:],
            may_record=True,
            problem="A file with the rules of a country cannot be read.",
        ),
        "consents-proof": consents.ProofPage(
            contact=ADA,
            event=events(now)[0],
            notice=text,
            ledger=ledger,
            downloads=downloads,
            corrects="/contacts/1/consents/6",
            corrected_by="/contacts/1/consents/9",
            facts=(
                ("What", "Said yes"),
                ("Purpose", "Newsletter, version 2"),
                ("By", "E-mail"),
                ("When", "22 Nov 2026, 14:05"),
                ("Ground", "Consent (Art. 6(1)(a))"),
            ),
            evidence=(
                ("Who said it", "Ada Lovelace"),
                ("Script", "“May we send you our newsletter by e-mail?”\nShe said yes."),
            ),
            scan=consents.ScanFile(
                name="Anmeldebogen Ada (unterschrieben) – Scan.pdf", href="/contacts/1/consents/7/scan", size=482_113
            ),
            correct_says="The state before it holds again.",
            errors={"reason": "Say what went wrong."},
            may_see_reads=True,
        ),
        "consents-proof-bare": consents.ProofPage(contact=ADA, event=events(now)[3]),
        "consents-record": consents.RecordPage(
            contact=ADA,
            purposes=PURPOSES,
            channels=CHANNELS,
            methods=METHODS,
            languages=choices(en="English", de="Deutsch"),
            today="2026-11-22",
            values={"script": "May we write to you?"},
            errors={"day": "This day is still to come.", "channels": "Choose at least one."},
            max_size_bytes=25_000_000,
        ),
        "consents-customer": consents.CustomerPage(
            contact=ADA,
            purpose="Offers to existing customers",
            channel="E-mail",
            purpose_key="customer_offers",
            channel_key="email",
            facts=choices(
                sale="They gave us the address themselves when they bought something from us.", told="They were told."
            ),
            citations=(
                (
                    "Germany: UWG, § 7(3)",
                    "Mail about similar goods is allowed to customers who were told they may object.",
                ),
            ),
            errors={"facts": "Each of these facts must hold."},
        ),
        "consents-customer-nothing": consents.CustomerPage(
            contact=ADA,
            purpose="Offers",
            channel="SMS",
            purpose_key="customer_offers",
            channel_key="sms",
            nothing="Only consent helps.",
        ),
        "consents-record-no": consents.RecordPage(
            contact=ADA, answer="no", purposes=PURPOSES, channels=CHANNELS, methods=METHODS, today="2026-11-22"
        ),
    }


def list_samples(now: datetime) -> dict[str, Page]:
    charts = (
        listing.PurposeChart(
            key="newsletter",
            title="Newsletter",
            finding="412 people get it; most of them by e-mail.",
            basis="Consent",
            asks=True,
            most=389,
            channels=(
                listing.ChannelCounts(channel="E-mail", given=389, withdrawn=31, expiring=12),
                listing.ChannelCounts(channel="Telephone", given=4, withdrawn=9),
                listing.ChannelCounts(channel="SMS"),
                listing.ChannelCounts(channel="Post", given=120),
                listing.ChannelCounts(channel="Messenger", given=1),
            ),
        ),
        listing.PurposeChart(
            key="customer_offers",
            title="Offers to existing customers",
            finding="17 people object.",
            basis="Legitimate interest",
            asks=False,
            most=389,
            channels=(
                listing.ChannelCounts(channel="E-mail", objected=15),
                listing.ChannelCounts(channel="Telephone", objected=2),
            ),
        ),
    )
    soon = tuple(
        listing.ExpiringRow(
            value=str(n),
            contact=PersonRef(name=name, href="/contacts/1"),
            purpose="Newsletter",
            channel="E-mail",
            until=now + timedelta(days=9 * n + 2),
            proof_href="/contacts/1/consents/7",
        )
        for n, name in enumerate(("Ada Lovelace", "", "محمد عبد الرحمن الخطيب"))
    )
    why = {
        "refused": "She withdrew on 19 Nov 2026.",
        "failed": "The mail server says that this address does not exist.",
    }
    messages = tuple(
        listing.MessageRow(
            id=str(n),
            at=now - timedelta(hours=n),
            contact=PersonRef(name="Ada Lovelace", href="/contacts/1"),
            purpose="Newsletter",
            channel="E-mail",
            state=state,
            subject="News in November",
            why=why.get(state, ""),
            proof_href="/contacts/1/consents/8" if state == "refused" else None,
            may_retry=state == "failed",
            may_cancel=state == "queued",
        )
        for n, state in enumerate(("refused", "failed", "queued", "sending", "sent", "cancelled"))
    )
    good = listing.LedgerStatus(
        size=1284,
        checkpoint=CHECKPOINT,
        key="confida+a1b2c3d4+AQ==",
        state="good",
        verdict="All 1,284 entries are as they were written.",
        checked_at=now,
    )
    bad = listing.LedgerStatus(
        size=1284,
        state="bad",
        verdict="Something was changed.",
        findings=("Entry 17: the event differs from what was committed to.",),
        checked_at=now,
    )
    links = (Tab(label="Overview", href="/consents", current=True), Tab(label="Purposes", href="/consents/purposes"))
    tabs = (
        Tab(label="All", href="/consents/messages", current=True, count=6),
        Tab(label="Refused", href="/consents/messages?state=refused", count=1),
    )
    return {
        "consents": listing.OverviewPage(
            charts=charts,
            expiring=soon,
            expiring_count=12,
            refused=messages[:1],
            ledger=good,
            links=links,
            may_manage=True,
            may_record=True,
        ),
        "consents-none": listing.OverviewPage(links=links),
        "consents-ledger": listing.LedgerPage(ledger=bad, may_manage=True),
        "consents-ledger-running": listing.LedgerPage(
            ledger=listing.LedgerStatus(size=1284, state="running", done=400, total=1284)
        ),
        "consents-expiring": listing.ExpiringPage(
            rows=soon,
            count=12,
            may_ask=True,
            spans=(
                Tab(label="30 days", href="/consents/expiring?days=30"),
                Tab(label="60 days", href="/consents/expiring", current=True),
            ),
        ),
        "consents-expiring-none": listing.ExpiringPage(),
        "consents-suppressions": listing.SuppressionsPage(
            rows=(
                listing.SuppressionRow(
                    channel="E-mail", scope="All marketing", count=48, first_at=now - timedelta(days=400), last_at=now
                ),
            ),
            channels=CHANNELS[:4],
            scopes=choices(all="All marketing", everything="Everything"),
            answer="This address is on the list, for all marketing.",
            found=True,
            values={"address": "ada@example.org"},
            errors={"reason": "Say why it may be used again."},
            reasons=choices(asked_by_person="The person asked us to.", mistake="It was put on the list by mistake."),
            registers=choices(robinson="Liste Robinson"),
            action="lift",
        ),
        "consents-suppressions-none": listing.SuppressionsPage(
            channels=CHANNELS[:4], scopes=choices(all="All marketing")
        ),
        "consents-messages": listing.MessagesPage(tabs=tabs, rows=messages, older_href="/consents/messages?before=1"),
        "consents-messages-none": listing.MessagesPage(tabs=tabs),
    }


def office_samples(now: datetime) -> dict[str, Page]:
    rows = (
        editing.PurposeRow(
            key="newsletter",
            title="Newsletter",
            basis="Consent",
            channels=("E-mail", "Telephone"),
            version=2,
            languages=("en", "de"),
        ),
        editing.PurposeRow(
            key="profiling",
            title="Knowing what interests you",
            basis="Legitimate interest",
            channels=("Profiling",),
            version=1,
            languages=("en",),
            origin="Consent",
        ),
        editing.PurposeRow(
            key="old", title="Faxes", basis="Consent", channels=("Telephone",), version=1, retired=True, listed=False
        ),
    )
    bases = choices(
        consent="Consent: people say yes, and may take it back",
        legitimate_interest="Legitimate interest: people may object",
    )
    text = consents.NoticeText(title="Newsletter", language="English", number=2, text=NOTICE, sha256=SHA)
    others = (
        editing.NoticeRow(
            language="Deutsch", number=1, href="/consents/notices/4", sha256=SHA, created_at=now, purpose_version=1
        ),
    )
    reasons = (
        editing.ReasonCount(reason="Said no before", count=31),
        editing.ReasonCount(reason="No e-mail address is known", count=4),
    )
    report = (
        editing.ImportedRow(number=2, outcome="taken"),
        editing.ImportedRow(number=3, outcome="refused", why="Withdrew after the day in this row."),
    )
    run = editing.ImportRow(
        id="3", name="Newsletter-Anmeldungen 2022–24.csv", at=now, who="Olga Petrova", rows=412, taken=380, refused=32
    )

    def imported(state: editing.RunState) -> Page:
        return editing.ConsentImportPage(
            id="3",
            name=run.name,
            at=now,
            who=run.who,
            state=state,
            statement="The forms lie in the office, shelf 3.",
            collected="Website, 2022 to 2024",
            rows=412,
            done=120,
            taken=380,
            refused=32,
            counts=reasons,
            report=report,
            more=True,
        )

    return {
        "consents-purposes": editing.PurposesPage(purposes=rows, may_manage=True),
        "consents-purposes-none": editing.PurposesPage(may_manage=True),
        "consents-purpose-new": editing.PurposePage(
            action="/consents/purposes/new",
            texts=(editing.TextRow(language="en"), editing.TextRow(language="de", title="Einladungen")),
            bases=bases,
            channels=CHANNELS,
            categories=choices(marketing="Marketing", service="Service"),
            may_manage=True,
            errors={
                "key": "This name is taken.",
                "balancing_note": "Say why your interest prevails.",
                "text-0-title": "English is needed.",
            },
        ),
        "consents-purpose": editing.PurposePage(
            action="/consents/purposes/newsletter",
            key="newsletter",
            new=False,
            version=2,
            shown_title="Newsletter",
            origin="Consent",
            texts=(
                editing.TextRow(language="en", title="Newsletter", description="We send you news."),
                editing.TextRow(language="ar", title="النشرة", description="نرسل لكم الأخبار"),
            ),
            bases=bases,
            channels=CHANNELS,
            categories=choices(marketing="Marketing"),
            previews=(text,),
            notices=others,
            may_manage=True,
            values={"validity": "P24M", "retention": "Until you withdraw.", "recipients": "Print shop Leipzig"},
        ),
        "consents-notice": editing.NoticePage(
            notice=text,
            purpose_key="newsletter",
            purpose_version=2,
            created_at=now,
            bytes_href="/consents/notices/3/bytes",
            size=len(NOTICE),
            others=others,
        ),
        "consents-ask": editing.AskPage(
            groups=choices(expiring="Whose consent ends within 60 days", all="Everybody"),
            purposes=PURPOSES,
            channels=CHANNELS,
            counted=True,
            asked=312,
            left_out=reasons,
        ),
        "consents-ask-first": editing.AskPage(
            groups=choices(all="Everybody"),
            purposes=PURPOSES,
            channels=CHANNELS,
            errors={"purpose": "Choose what for."},
            chosen=("1",),
            warning="No mail server is set up.",
        ),
        "consents-ask-running": editing.AskRunPage(
            id="1",
            purpose="Newsletter",
            channel="E-mail",
            state="running",
            started_at=now,
            done=40,
            total=343,
            asked=38,
            left_out=reasons,
        ),
        "consents-ask-done": editing.AskRunPage(
            id="1",
            purpose="Newsletter",
            channel="E-mail",
            state="finished",
            started_at=now,
            done=343,
            total=343,
            asked=312,
            left_out=reasons,
        ),
        "consents-import": editing.ConsentImportsPage(
            imports=(run,),
            columns=(("email", "The address the person has here."), ("purpose", "Short name of the purpose.")),
            errors={"attested": "Without this nothing is imported."},
        ),
        "consents-import-none": editing.ConsentImportsPage(),
        "consents-import-preview": imported("preview"),
        "consents-import-running": imported("running"),
        "consents-import-done": imported("finished"),
        "consents-import-failed": imported("failed"),
    }


def consent_samples(now: datetime) -> dict[str, Page]:
    """Every sample of this module by name."""
    return person_samples(now) | list_samples(now) | office_samples(now)
