"""What is sold: products, variants, bundles, prices."""
