"""What people ask, report and complain about at an invented garden shop, for `confida demo`."""
