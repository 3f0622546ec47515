"""waitress on a socket it inherits (its command line knows no such option). usage: ... MODULE"""
import importlib
import sys

import waitress

import payload

app = importlib.import_module(sys.argv[1]).app
waitress.serve(app, sockets=[payload.inherited_socket()])
