"""Staff's pages of requests: the queue, one request, and every decision about it."""
