"""What plugins may use of core; everything else may change without notice.

Re-exports only: core itself imports from where a thing lives. How long a name stays is said in docs/plugins/compatibility.md.
Names without words of their own: `API` is the number of this surface, which a plugin repeats in its `PluginInfo`.
`DATA` is the engine that every table of a plugin names (`class Member(Table, tablename="membership_member", db=DATA)`); `Table`
and the columns come from Piccolo. `EVERYBODY`, `WORKERS`, `PRIVACY` and `ADMINISTRATORS` are sets of roles for permissions.
`ShortText`, `LineText` and `LongText` bound the texts of a sealed struct (200, 500 and 20,000 characters), and `Secret` marks
a setting that is never shown. `LARGEST_AMOUNT` is in minor units: any program can read so much back as a JSON number.
`SENDING_REASONS` says in a sentence why the sending door refused or failed, by code. `Row` is one row of a table, by column.
`Condition` is a question in the condition language, as `read_condition` returns it: a tree of `FieldTest`,
`AllOf`, `AnyOf` and `Negation`, whose JSON form is its `condition_tree`;
`FIELD_OPERATORS` says what each type of field may be asked.
`pass_program` hands a command of the command line its `Program`.
"""

from __future__ import annotations

from confida_core.accounts.audit import record_event as record_audit_event
from confida_core.accounts.roles import ADMINISTRATORS, EVERYBODY, PRIVACY, WORKERS, Role
from confida_core.accounts.signing_in import address_of
from confida_core.accounts.staff import StaffAccount, account_names, active_accounts
from confida_core.cli.program import Program, pass_program, print_json
from confida_core.clock import now
from confida_core.contacts.channels import normal_phone
from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    LineText,
    Link,
    LongText,
    PhoneNumber,
    PostalAddress,
    Sealed,
    ShortText,
    StructuredName,
)
from confida_core.contacts.custom_fields import FieldDefinition, custom_fields
from confida_core.contacts.indexing import catch_up_index, values_of_contact
from confida_core.contacts.lists import (
    contacts_with_address,
    contacts_with_number,
    count_matching,
    likely_contacts,
    matching_ids,
    possible_duplicates,
    select_ids,
)
from confida_core.contacts.lists import opened_in_order as open_contacts
from confida_core.contacts.people import (
    NewContact,
    create_contact,
    create_many,
    display_names,
    touch,
    update_contact,
    visible_contact,
)
from confida_core.contacts.relationships import Related, add_relationship, relationships_of, remove_relationship
from confida_core.contacts.teams import TeamOf, teams
from confida_core.contacts.text import clean_line, clean_text
from confida_core.contacts.trash import restore_contact, trash_contact
from confida_core.contacts.validation import InvalidContent, validate_content
from confida_core.declarations import (
    API,
    CLICommand,
    InAnswer,
    IndexField,
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    PurposeDeclaration,
    RecordDeclaration,
    SelfCheck,
    SettingsModel,
    StoreDeclaration,
    StoredItem,
    TableDeclaration,
    TimelineSource,
    TrashGuard,
)
from confida_core.demo.declarations import DemoData
from confida_core.doctor import Finding
from confida_core.events.declarations import Event, EventField, EventHandler, EventKind
from confida_core.exchange.declarations import Exporter, Importer
from confida_core.exchange.draft import ContactDraft, RowError, UnreadableFile
from confida_core.exchange.formula_guard import guarded as guarded_cell
from confida_core.exchange.named_columns import NamedRow, NamedTable, read_named_columns
from confida_core.hookspecs import hookimpl
from confida_core.ids import new_id
from confida_core.inbound.declarations import InboundRefused, InboundWebhook
from confida_core.index.conditions import OPERATORS as FIELD_OPERATORS
from confida_core.index.conditions import All as AllOf
from confida_core.index.conditions import Any as AnyOf
from confida_core.index.conditions import Condition, InvalidCondition
from confida_core.index.conditions import Not as Negation
from confida_core.index.conditions import Test as FieldTest
from confida_core.index.conditions import fields_of as condition_fields
from confida_core.index.conditions import to_tree as condition_tree
from confida_core.index.cursors import InvalidCursor
from confida_core.index.explain import explain
from confida_core.index.in_python import matches
from confida_core.index.plan import Scope
from confida_core.index.query import IndexPage, IndexQuery
from confida_core.index.reading import read_condition
from confida_core.installation import Installation
from confida_core.interactions.bulk import log_many
from confida_core.interactions.content import Attachment, InteractionContent, InteractionDraft
from confida_core.interactions.interactions import log_interaction, visible_interaction
from confida_core.interactions.tasks import complete_task, reopen_task
from confida_core.interactions.timeline import Place, TimelineItem, TimelinePage, read_timeline
from confida_core.jobs.arguments import ArgumentRefused
from confida_core.jobs.declarations import JobDeclaration, Listener
from confida_core.jobs.queue import UnknownJob, enqueue, enqueue_many
from confida_core.loaded_plugin import PluginError, listed
from confida_core.money import (
    LARGEST_AMOUNT,
    InvalidAmount,
    as_decimal,
    from_decimal,
    minor_digits,
    read_amount,
    read_number,
    rounded_amount,
    shared_amount,
    shown_amount,
    summed_amounts,
    typed_amount,
)
from confida_core.outbound.content import REASONS as SENDING_REASONS
from confida_core.outbound.content import AttachedFile, MessageState, OutboundMessage, Permitted, SendResult
from confida_core.outbound.declarations import Delivery, SendingGate, Transport, Verdict
from confida_core.outbound.disclosures import Disclosure, Handover, disclosures_of, record_disclosures
from confida_core.outbound.log import OutboundEntry, cancel_many, cancel_message, messages_shown
from confida_core.outbound.returned import Returned, any_returned_for, note_returned, returned_by
from confida_core.outbound.sender import permitted, send, send_batch
from confida_core.outbound.transporting import Undeliverable
from confida_core.outbound.transporting import not_ready as not_ready_to_send
from confida_core.outbound.web_servers import WebAnswer, WebRequest, WebServerFailed, ask_web_server
from confida_core.piccolo_app import tables_of
from confida_core.plugin_settings.model import Secret
from confida_core.plugin_settings.reading import plugin_settings
from confida_core.settings import Settings
from confida_core.storage.changes import Change
from confida_core.storage.database import DatabaseError, Row, UniqueViolation, VersionConflict
from confida_core.storage.engine import DATA
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.pictures import NoPicture
from confida_core.storage.sealed_files import (
    OpenFile,
    ReceivedFile,
    delete_files,
    discard_files,
    keep_files,
    open_file,
    open_picture,
    receive_file,
    receive_picture,
)
from confida_core.vault.access import Access, Actor, Forbidden, NotFound, system_access
from confida_core.vault.door import Opened, PurposeRefused

__all__ = [
    "ADMINISTRATORS",
    "API",
    "DATA",
    "EVERYBODY",
    "FIELD_OPERATORS",
    "LARGEST_AMOUNT",
    "PRIVACY",
    "SENDING_REASONS",
    "WORKERS",
    "Access",
    "Actor",
    "AllOf",
    "AnyOf",
    "ArgumentRefused",
    "AttachedFile",
    "Attachment",
    "Birthday",
    "CLICommand",
    "Change",
    "Condition",
    "ContactContent",
    "ContactDraft",
    "ContactKind",
    "DatabaseError",
    "Delivery",
    "DemoData",
    "Disclosure",
    "EmailAddress",
    "Event",
    "EventField",
    "EventHandler",
    "EventKind",
    "Exporter",
    "FieldDefinition",
    "FieldTest",
    "Finding",
    "Forbidden",
    "Handover",
    "Importer",
    "InAnswer",
    "InboundRefused",
    "InboundWebhook",
    "IndexField",
    "IndexPage",
    "IndexQuery",
    "Installation",
    "InteractionContent",
    "InteractionDraft",
    "InvalidAmount",
    "InvalidCondition",
    "InvalidContent",
    "InvalidCursor",
    "JobDeclaration",
    "LineText",
    "Link",
    "Listener",
    "LongText",
    "MessageState",
    "NamedRow",
    "NamedTable",
    "Negation",
    "NewContact",
    "NoPicture",
    "NotFound",
    "OpenFile",
    "Opened",
    "OutboundEntry",
    "OutboundMessage",
    "PermissionDeclaration",
    "Permitted",
    "PhoneNumber",
    "PiccoloApp",
    "Place",
    "PluginError",
    "PluginInfo",
    "PostalAddress",
    "Program",
    "PurposeDeclaration",
    "PurposeRefused",
    "ReceivedFile",
    "RecordDeclaration",
    "Related",
    "Returned",
    "Role",
    "Row",
    "RowError",
    "Scope",
    "Sealed",
    "Secret",
    "SelfCheck",
    "SendResult",
    "SendingGate",
    "Settings",
    "SettingsModel",
    "ShortText",
    "StaffAccount",
    "StoreDeclaration",
    "StoredItem",
    "StructuredName",
    "TableDeclaration",
    "TeamOf",
    "TimelineItem",
    "TimelinePage",
    "TimelineSource",
    "TooLarge",
    "Transport",
    "TrashGuard",
    "Undeliverable",
    "UniqueViolation",
    "UnknownJob",
    "UnreadableFile",
    "Verdict",
    "VersionConflict",
    "WebAnswer",
    "WebRequest",
    "WebServerFailed",
    "account_names",
    "active_accounts",
    "add_relationship",
    "address_of",
    "any_returned_for",
    "as_decimal",
    "ask_web_server",
    "cancel_many",
    "cancel_message",
    "catch_up_index",
    "clean_line",
    "clean_text",
    "complete_task",
    "condition_fields",
    "condition_tree",
    "contacts_with_address",
    "contacts_with_number",
    "count_matching",
    "create_contact",
    "create_many",
    "custom_fields",
    "delete_files",
    "discard_files",
    "disclosures_of",
    "display_names",
    "enqueue",
    "enqueue_many",
    "explain",
    "from_decimal",
    "guarded_cell",
    "hookimpl",
    "keep_files",
    "likely_contacts",
    "listed",
    "log_interaction",
    "log_many",
    "matches",
    "matching_ids",
    "messages_shown",
    "minor_digits",
    "new_id",
    "normal_phone",
    "not_ready_to_send",
    "note_returned",
    "now",
    "open_contacts",
    "open_file",
    "open_picture",
    "pass_program",
    "permitted",
    "plugin_settings",
    "possible_duplicates",
    "print_json",
    "read_amount",
    "read_condition",
    "read_named_columns",
    "read_number",
    "read_timeline",
    "receive_file",
    "receive_picture",
    "record_audit_event",
    "record_disclosures",
    "relationships_of",
    "remove_relationship",
    "reopen_task",
    "restore_contact",
    "returned_by",
    "rounded_amount",
    "select_ids",
    "send",
    "send_batch",
    "shared_amount",
    "shown_amount",
    "summed_amounts",
    "system_access",
    "tables_of",
    "teams",
    "touch",
    "trash_contact",
    "typed_amount",
    "update_contact",
    "validate_content",
    "values_of_contact",
    "visible_contact",
    "visible_interaction",
]
