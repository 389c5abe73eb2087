"""What handlers hold in their hands, for `async def` handlers; `_sync` is its twin, for plain functions."""
