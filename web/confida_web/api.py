"""What plugins may use of web; everything else may change without notice.

Re-exports only: web itself imports from where a thing lives. Handlers, requests and responses come from Litestar (`get`,
`post`, `Request`, `Response`). `Errors` maps the name of a form's field to one sentence. `Instant` is
the type of times in shapes of the REST API: aware. A `PrintOrder` becomes a PDF by `print_pdf`; its picture stands where the page
says `PRINTED_LOGO`, and `NO_PRESS` is the sentence for who has not installed the extra for it. `PERIODS` are the words for the
periods that a report may be asked for, by key; `PART` is by how much percents and days of reports are finer than whole ones.

Templates of plugins know the same names as ours, without importing anything: `page`, `frame`, `f` (dates, numbers and
money for the reader), `_`, `ngettext`, `icon(name)`, `static(name)`, and the macros `ui` (buttons, notices, links, `ui.csrf`),
`fields` (form fields), `charts` (`charts.figure(chart, f)` draws a `Chart` with its table), `reports`, `lists` and `story`.
"""

from __future__ import annotations

from confida_core.accounts.attempts import TooManyAttempts
from confida_web.charts.chart import Chart
from confida_web.charts.chart import Series as ChartSeries
from confida_web.contacts.contact_page import panels as contact_panels
from confida_web.contacts.filters import (
    checked_rows,
    filter_fields,
    operator_options,
    parts_of,
    rows_of_condition,
    rows_of_form,
    source_of,
)
from confida_web.contacts.head import open_contact
from confida_web.contacts.listing import FilterField, FilterRow
from confida_web.contacts.pages import ConfidenceChip
from confida_web.declarations import (
    Command,
    ContactPanel,
    DashboardWidget,
    Found,
    ListAction,
    NavDeclaration,
    PageScript,
    PortalItem,
    SearchSource,
)
from confida_web.display import Errors, FormState, Option, Paging, Panel, PersonRef, Tab
from confida_web.files.routes import disposition
from confida_web.formatting import Formatter, formatter, formatter_of
from confida_web.forms import FormData, SavedFile, UploadedFile, parse_form, read_json, whole_number
from confida_web.frame import Frame, NavItem, Toast
from confida_web.interactions.markdown import rendered as rendered_markdown
from confida_web.languages import gettext, mark, ngettext
from confida_web.multipart import BadBody
from confida_web.page import Page, is_fragment_request, page
from confida_web.portal.entering import client_of, note_attempt
from confida_web.portal.showing import show as show_portal
from confida_web.portal.signal import is_signalled
from confida_web.portal.visit import Person
from confida_web.printing.press import LOGO as PRINTED_LOGO
from confida_web.printing.press import Order as PrintOrder
from confida_web.printing.printing import MISSING as NO_PRESS
from confida_web.printing.printing import NoPDF, can_embed, can_print, press_is_busy, print_pdf
from confida_web.redirect import own_path, redirect
from confida_web.reports.answers import csv_answer, excel_answer
from confida_web.reports.export import excel_is_there, note_export
from confida_web.reports.periods import PERIODS, Period, month_days, month_label, read_period
from confida_web.reports.report import (
    PART,
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
    share_of,
    shown_percent,
)
from confida_web.reports.showing import ShownSection, shown_section, written_short
from confida_web.rest.cursors import open_place, seal_place
from confida_web.rest.declarations import ApiResource, Entity, Given, Instant, ListPage, ListQuery, Parameter
from confida_web.rest.record_resource import record_resource
from confida_web.search.words import matches_words, words_of
from confida_web.security.access import access_for
from confida_web.security.limits import Meter, Policy, TooManyRequests, granted
from confida_web.security.origins import origin_of

__all__ = [
    "NO_PRESS",
    "PART",
    "PERIODS",
    "PRINTED_LOGO",
    "ApiResource",
    "BadBody",
    "Chart",
    "ChartSeries",
    "Command",
    "ConfidenceChip",
    "ContactPanel",
    "DashboardWidget",
    "Entity",
    "Errors",
    "FilterField",
    "FilterRow",
    "FormData",
    "FormState",
    "Formatter",
    "Found",
    "Frame",
    "Given",
    "Instant",
    "ListAction",
    "ListPage",
    "ListQuery",
    "Meter",
    "NavDeclaration",
    "NavItem",
    "NoPDF",
    "Option",
    "Page",
    "PageScript",
    "Paging",
    "Panel",
    "Parameter",
    "Period",
    "Person",
    "PersonRef",
    "Policy",
    "PortalItem",
    "PrintOrder",
    "Report",
    "ReportColumn",
    "ReportLine",
    "ReportSection",
    "SavedFile",
    "SearchSource",
    "ShownSection",
    "Tab",
    "Toast",
    "TooManyAttempts",
    "TooManyRequests",
    "UploadedFile",
    "access_for",
    "can_embed",
    "can_print",
    "checked_rows",
    "client_of",
    "contact_panels",
    "csv_answer",
    "disposition",
    "excel_answer",
    "excel_is_there",
    "filter_fields",
    "formatter",
    "formatter_of",
    "gettext",
    "granted",
    "is_fragment_request",
    "is_signalled",
    "mark",
    "matches_words",
    "month_days",
    "month_label",
    "ngettext",
    "note_attempt",
    "note_export",
    "open_contact",
    "open_place",
    "operator_options",
    "origin_of",
    "own_path",
    "page",
    "parse_form",
    "parts_of",
    "press_is_busy",
    "print_pdf",
    "read_json",
    "read_period",
    "record_resource",
    "redirect",
    "rendered_markdown",
    "rows_of_condition",
    "rows_of_form",
    "seal_place",
    "share_of",
    "show_portal",
    "shown_percent",
    "shown_section",
    "source_of",
    "whole_number",
    "words_of",
    "written_short",
]
