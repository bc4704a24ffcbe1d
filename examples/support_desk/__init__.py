"""What a support agent is, whichever framework speaks: request, shared memory, hand-over, reply."""
