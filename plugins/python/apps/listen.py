"""Makes a listening socket and executes a server that adopts it: option bind = fd.

usage: listen.py HOST PORT PROGRAM [ARGUMENT...]    {fd} in an argument becomes the descriptor.

The process stays the same one; the server does not choose the backlog.
"""
import os
import socket
import sys

BACKLOG = 511

host, port, *command = sys.argv[1:]
family = socket.AF_INET6 if ":" in host else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(BACKLOG)
listener.set_inheritable(True)
os.environ["BENCHHOST_FD"] = str(listener.fileno())
command = [argument.replace("{fd}", str(listener.fileno())) for argument in command]
os.execv(command[0], command)
