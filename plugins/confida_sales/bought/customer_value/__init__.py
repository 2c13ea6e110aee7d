"""Who is valuable, who slips away: figures from purchases, computed without opening anything personal."""
