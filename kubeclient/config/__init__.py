"""Where a client connects and as whom: kubeconfig files, the in-cluster mount, and the values they come to.

Text and files in, values out. Nothing here opens a connection or runs a plugin.
"""
