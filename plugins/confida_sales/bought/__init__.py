"""What somebody has bought, what they may want next, and how much they are worth."""
