"""Sales: from a lead to a paid invoice. What it declares stands in `plugin`."""
