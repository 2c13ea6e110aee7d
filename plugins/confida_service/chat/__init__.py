"""Messages from a box on the organisation's own site, and the way in for other messengers."""
