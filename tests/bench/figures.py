"""What is measured beside what was promised, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Reads = Callable[[float], str]


def milliseconds(value: float) -> str:
    return f"{value:.1f} ms"


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def pages(value: float) -> str:
    return f"{value:,.0f}/s"


def megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f} MB"


def kilobytes(value: float) -> str:
    return f"{value / 1e3:.1f} kB"


def percent(value: float) -> str:
    return f"{value * 100:.0f} %"


def plain(value: float) -> str:
    return f"{value:,.0f}"


@dataclass(frozen=True)
class Line:
    """highest, lowest: what the value may be; a line without either is told, not judged."""

    key: str
    label: str
    show: Reads
    highest: float | None = None
    lowest: float | None = None

    @property
    def target(self) -> str:
        if self.highest is not None:
            return f"≤ {self.show(self.highest)}"
        return f"> {self.show(self.lowest)}" if self.lowest is not None else ""

    def verdict(self, value: float) -> str:
        if self.highest is not None:
            return "" if value <= self.highest else " MISSED"
        return " MISSED" if self.lowest is not None and value <= self.lowest else ""


def load_lines(workers: int, rate: float) -> list[Line]:
    several = "one process" if workers == 1 else f"{workers} workers"
    lines = []
    for kind in ("lists", "searches", "contacts", "mixed"):
        name, key = f"{kind}, {several}", f"{kind}.{workers}"
        lines += [
            Line(f"{key}.p50", f"{name}: median", milliseconds),
            Line(f"{key}.p95", f"{name}: 95 %", milliseconds, highest=50),
            Line(f"{key}.rate", f"{name}: pages", pages, lowest=rate if kind == "mixed" else None),
            Line(f"{key}.cpu", f"{name}: server's processor time a page", milliseconds),
        ]
    return lines


LINES = (
    *load_lines(1, 200),
    *load_lines(2, 500),
    Line("health.1", "for comparison: /healthz, one process", pages),
    Line("health.2", "for comparison: /healthz, two workers", pages),
    Line("others.1", "processors taken by others meanwhile, one process", percent),
    Line("others.2", "processors taken by others meanwhile, two workers", percent),
    Line("create.p50", "create a contact, one process: median", milliseconds),
    Line("create.p95", "create a contact, one process: 95 %", milliseconds, highest=60),
    Line("api.p50", "API: list of 100 contacts, one process: median", milliseconds),
    Line("api.p95", "API: list of 100 contacts, one process: 95 %", milliseconds, highest=40),
    Line("api.rate", "API: lists of 100 contacts, one process", pages),
    Line("api.cpu", "API: server's processor time a list", milliseconds),
    Line("api.others", "processors taken by others (and by the programs) meanwhile", percent),
    Line("memory.1", "memory after the load, one process", megabytes, highest=300e6),
    Line("memory.2", "memory after the load, two workers", megabytes, highest=300e6),
    Line("memory.database", "memory of the database server (beside it)", megabytes),
    Line("start.login", "cold start to the first log-in page", seconds, highest=2),
    Line("start.list", "cold start to the first list", seconds, highest=2),
    Line("import", "import of 10,000 CSV rows", seconds, highest=15),
    Line("reindex", "rebuild of the index (`confida reindex`)", seconds, highest=10),
    Line("consent.append", "10,000 consent events, sealed and in the ledger", seconds, highest=10),
    Line("consent.single.p50", "one consent event with order and checkpoint, median", milliseconds),
    Line("consent.audit", "opening 10,000 events for the audit", seconds),
    Line("ledger.append", "ledger: 10,000 entries and their checkpoint", seconds, highest=5),
    Line("ledger.single.p50", "ledger: one entry and its checkpoint, median", milliseconds),
    Line("ledger.proof.p50", "ledger of 1,000,000: proof of one entry, median", milliseconds),
    Line("ledger.proof.p95", "ledger of 1,000,000: proof of one entry, 95 %", milliseconds, highest=5),
    Line("ledger.verify", "ledger of 1,000,000: `confida ledger verify`", seconds, highest=60),
    Line("gate.list", "the gate for a list of all contacts: consent", seconds, highest=2),
    Line("gate.suppressed", "the same with addresses on the suppression list", seconds, highest=2),
    Line("gate.offers", "the same for existing customers, by the rules of their countries", seconds, highest=2),
    Line("gate.single", "the gate for one contact: median", milliseconds, highest=1),
    Line("answer", "answer about one person with 5,000 interactions: sealed package", seconds, highest=10),
    Line("answer.cpu", "of that, processor time", seconds),
    # The page cache of the connection that reads takes up to 32 MB; what we hold ourselves does not grow.
    Line("answer.memory", "memory it takes beyond that of an answer with 500", megabytes, highest=45e6),
    Line("answers.slowest", "20 such answers in a row: the slowest", seconds, highest=10),
    Line("answers.growth", "what memory grows by after the third of them", megabytes, highest=20e6),
    Line("erasure.plan", "erasure of one person: the plan, median", seconds),
    Line("erasure.p50", "erasure of one person with new keys and ledger entry, median", seconds, highest=2),
    Line("erasure.max", "the slowest of eleven", seconds, highest=2),
    Line("backup", "backup with its trial restore, while writes go on", seconds, highest=60),
    Line("backup.stall", "longest write meanwhile", milliseconds, highest=250),
    Line("backup.quiet", "for comparison: longest write before it", milliseconds),
    Line("backup.size", "size of the encrypted backup", megabytes),
    Line("backup.restore", "restore of that backup", seconds, highest=120),
    Line("plugins.start", "20 enabled plugins: longer start", seconds, highest=1),
    Line("plugins.without.p50", "contact page without them: median", milliseconds),
    Line("plugins.with.p50", "contact page with their 20 panels: median", milliseconds),
    Line("plugins.more.p50", "what they add to it: median", percent, highest=0.2),
    Line("plugins.without.p95", "contact page without them: 95 %", milliseconds),
    Line("plugins.with.p95", "contact page with their 20 panels: 95 %", milliseconds),
    Line("plugins.more.p95", "what they add to it: 95 %", percent, highest=0.2),
    Line("plugins.without.cpu", "contact page without them: processor time", milliseconds),
    Line("plugins.with.cpu", "contact page with their 20 panels: processor time", milliseconds),
    Line("plugins.more.cpu", "what they add to it: processor time", percent, highest=0.2),
    Line("calls.quiet", "eight colleagues wait for calls, two processes: processor time it takes", percent),
    Line("calls.p50", "50 calls a minute: from the message to the person on the screen, median", milliseconds),
    Line("calls.p95", "the same, 95 %", milliseconds, highest=1_000),
    Line("calls.max", "the slowest of them", milliseconds, highest=1_000),
    Line("tickets.queue.p95", "service, 50,000 tickets: a queue, 95 %", milliseconds, highest=80),
    Line("tickets.queue.eight.p95", "service: a queue, eight at once, 95 %", milliseconds),
    Line("tickets.done.p95", "service: tickets that are done, 95 %", milliseconds, highest=80),
    Line("tickets.ticket.p95", "service: one ticket, 95 %", milliseconds, highest=80),
    Line("tickets.figures.p95", "service: figures of twelve months, 95 %", milliseconds),
    Line("mail.queued", "mail to many: put at the door, with the gate", pages),
    Line("mail.sent", "mail to many: at a mail server on this machine", pages, lowest=100),
    Line("mail.cpu", "the same: processor time a message", milliseconds),
    Line("mail.growth", "the same: memory more at the end", megabytes, highest=100e6),
    Line("mail.twice", "the same: messages sent twice", plain, highest=0),
    Line("mail.alone", "a mail to one person, while thousands wait", seconds, highest=5),
    Line("mail.taken", "1,000 mails fetched, routed and threaded", seconds, highest=60),
    Line("segments.count.p95", "segments: count of five conditions, 95 %", milliseconds, highest=200),
    Line("segments.gate", "segments: the gate asked about 50,000", seconds, highest=5),
    Line("segments.members", "segments: everybody in one, with the gate", seconds, highest=5),
    Line("segments.holds", "segments: which of 10,000 are in one", seconds),
    Line("journeys.begin", "journeys: the longest tick while 10,000 people begin", seconds, highest=5),
    Line("journeys.tick", "journeys: the longest tick while all of them are due", seconds, highest=5),
    Line("journeys.whole", "journeys: until all went on, mails queued among it", seconds),
    Line("journeys.idle", "journeys: a tick in which nobody is due", seconds),
    Line("campaigns.list", "campaigns, 50,000 people: the list, with the gate", seconds, highest=5),
    Line("campaigns.sent", "campaigns: until the mail server has the last one", pages, lowest=100),
    Line("campaigns.processor", "campaigns: messages for each second of one processor", pages),
    Line("campaigns.twice", "campaigns: people who got it twice, or not at all", plain, highest=0),
    Line("campaigns.memory", "campaigns: memory of the whole process at most", megabytes),
    Line("campaigns.growth", "campaigns: memory gained after the first tenth", megabytes, highest=60e6),
    Line(
        "sales.board.p95", "sales, 100,000 opportunities and 500,000 lines: the board, 95 %", milliseconds, highest=100
    ),
    Line("sales.forecast.p95", "sales: the forecast, 95 %", milliseconds, highest=100),
    Line("sales.revenue.p95", "sales: revenue by month, 95 %", milliseconds, highest=100),
    Line("sales.products.p95", "sales: revenue by product, 95 %", milliseconds, highest=100),
    Line("sales.owners.p95", "sales: revenue by owner, 95 %", milliseconds, highest=100),
    Line("sales.receivables.p95", "sales: receivables by age, 95 %", milliseconds, highest=100),
    Line("sales.pipeline.p95", "sales: pipeline by stage, 95 %", milliseconds, highest=100),
    Line("sales.funnel.p95", "sales: conversion funnel, 95 %", milliseconds),
    Line("sales.win-rate.p95", "sales: win rate, 95 %", milliseconds),
    Line("sales.invoices.p95", "sales: list of invoices, 95 %", milliseconds, highest=100),
    Line("sales.customers.p95", "sales: most valuable customers, 95 %", milliseconds, highest=100),
    Line("sales.board.eight.p95", "sales: the board, eight people at once, 95 %", milliseconds),
    Line("sales.forecast.eight.p95", "sales: the forecast, eight people at once, 95 %", milliseconds),
    Line("sales.revenue.eight.p95", "sales: revenue by month, eight people at once, 95 %", milliseconds),
    Line("sales.rules", "sales: what is bought together, over all lines", seconds, highest=10),
    Line("sales.value", "sales: customer value of everybody, the first time", seconds),
    Line("sales.value_again", "sales: the same where nothing changed", seconds),
    Line("sales.bgnbd", "BG/NBD: the parameters of CDNOW", seconds, highest=1),
    Line("visit.compressed", "first visit of the list with everything it loads", kilobytes, highest=60e3),
    Line("visit.whole", "the same with the heads of the answers (HTTP/1.1)", kilobytes),
    Line("visit.hosts", "other hosts it asks", plain, highest=0),
    Line("size.data", "size of the data", megabytes),
    Line("size.keyring", "size of the keyring", megabytes),
    Line("size.index", "size of the index", megabytes),
)


@dataclass
class Figures:
    """One engine's."""

    engine: str
    values: dict[str, float] = field(default_factory=dict)

    def note(self, key: str, value: float) -> None:
        self.values[key] = value
        line = next((one for one in LINES if one.key == key), None)
        if line is not None:
            print(f"  {line.label}: {line.show(value)}{line.verdict(value)}", flush=True)

    def shown(self, line: Line) -> str:
        value = self.values.get(line.key)
        return "" if value is None else line.show(value) + line.verdict(value)


def table(measured: list[Figures]) -> str:
    """Every line that at least one engine has, in Markdown."""
    rows = [("", "target", *(one.engine for one in measured))]
    for line in LINES:
        shown = [one.shown(line) for one in measured]
        if any(shown):
            rows.append((line.label, line.target, *shown))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)


def missed(measured: list[Figures]) -> int:
    return sum("MISSED" in one.shown(line) for one in measured for line in LINES)
