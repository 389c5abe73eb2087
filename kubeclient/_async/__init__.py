"""The drivers: clients that obey the machines, written once for asyncio; the twin for threads is generated from them."""
