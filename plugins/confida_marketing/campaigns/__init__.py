"""Campaigns: a goal, an audience, a channel, and messages that go out once to those who may get them."""
