"""What tests of the pages need beside the fixtures of the test kit."""

from __future__ import annotations

from confida_web.testing.browser import Browser, browser_of, make_account, signed_in_browser, token_in
from confida_web.testing.clients import AsRole

__all__ = ["PASSWORD", "AsRole", "Browser", "browser_of", "make_account", "signed_in_browser", "token_in"]

PASSWORD = "sieben Boote im Nebel"
