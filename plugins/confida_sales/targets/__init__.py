"""What is to be won and what it earns: targets, forecast, quotas and commissions."""
