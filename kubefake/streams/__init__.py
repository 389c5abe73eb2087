"""Carries out what goes both ways between a client and a container: commands, terminals, connections to ports.

An endpoint speaks one protocol, message by message, without a colour and without a socket; front doors move its messages. A
stage runs the handlers of a script, wherever they are to run. Decides nothing about who may do what: verbs have done that.
"""
