"""Marketing: the right message, only to those who want it. What it declares stands in `plugin`."""
