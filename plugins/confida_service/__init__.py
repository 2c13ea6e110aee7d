"""Service: every request answered, from mail to satisfied customer. What it declares stands in `plugin`."""
