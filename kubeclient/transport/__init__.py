"""How a request travels: the protocol every transport keeps, and the network transport behind it."""
