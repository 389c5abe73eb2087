"""The nouns of the Kubernetes API machinery: pure values, no I/O, no clock. Import the modules, not this package."""
