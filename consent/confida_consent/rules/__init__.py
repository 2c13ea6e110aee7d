"""What the law of each country asks of direct marketing: data with the statute beside each rule, never code."""
