"""What may wait, run and tell the time: the one place where asyncio and threads differ."""
