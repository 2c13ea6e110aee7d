"""Webhooks: other systems are told what happened, as Standard Webhooks says (https://www.standardwebhooks.com)."""
