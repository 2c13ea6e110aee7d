"""The readable receipt: one page for the person and for whoever prints it for them."""
