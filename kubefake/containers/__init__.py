"""What runs in pods, as far as a test tells: scripts of containers and what they have logged. No kubelet, no processes.

Decides nothing about requests and carries nothing: verbs look scripts up, front doors carry streams out.
"""
