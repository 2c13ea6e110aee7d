"""Articles that answer questions before they are asked."""
