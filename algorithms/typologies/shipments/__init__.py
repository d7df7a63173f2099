"""What shows on shipments that infringe rights, by their senders, goods and destinations."""
