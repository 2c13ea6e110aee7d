"""What plugins may use of web; everything else may change without notice.

Re-exports only: web itself imports from where a thing lives. Handlers, requests and responses come from Litestar (`get`,
`post`, `Request`, `Response`). `Errors` maps the name of a form's field to one sentence.

Templates of plugins know the same names as ours, without importing anything: `page`, `frame`, `f` (dates, numbers and
money for the reader), `_`, `ngettext`, `icon(name)`, `static(name)`, and the macros `ui` (buttons, notices, links, `ui.csrf`),
`fields` (form fields), `lists` and `story`.
"""

from __future__ import annotations

from confida_web.contacts.head import open_contact
from confida_web.contacts.pages import ConfidenceChip
from confida_web.declarations import ContactPanel, DashboardWidget, NavDeclaration
from confida_web.display import Errors, FormState, Option, Paging, Panel, PersonRef, Tab
from confida_web.formatting import Formatter, formatter
from confida_web.forms import FormData, SavedFile, UploadedFile, parse_form, read_json, whole_number
from confida_web.frame import Frame, NavItem, Toast
from confida_web.languages import gettext, mark, ngettext
from confida_web.multipart import BadBody
from confida_web.page import Page, page
from confida_web.redirect import own_path, redirect
from confida_web.security.access import access_for

__all__ = [
    "BadBody",
    "ConfidenceChip",
    "ContactPanel",
    "DashboardWidget",
    "Errors",
    "FormData",
    "FormState",
    "Formatter",
    "Frame",
    "NavDeclaration",
    "NavItem",
    "Option",
    "Page",
    "Paging",
    "Panel",
    "PersonRef",
    "SavedFile",
    "Tab",
    "Toast",
    "UploadedFile",
    "access_for",
    "formatter",
    "gettext",
    "mark",
    "ngettext",
    "open_contact",
    "own_path",
    "page",
    "parse_form",
    "read_json",
    "redirect",
    "whole_number",
]
