"""Electronic invoices by EN 16931: the business terms, made from our own papers, written in two syntaxes and read from one."""
