"""CEL as the server speaks it: parsing, checking, costs and evaluation of expressions over objects.

Pure: an expression and values go in, a value, a cost or an error comes out. Knows nothing of requests or storage. Follows
the language definition and the behaviour of cel-go 0.26 with Kubernetes' libraries.
"""
