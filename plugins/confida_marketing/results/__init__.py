"""What came of it: delivered, answered, unsubscribed, reached, and compared with those who got nothing."""
