"""Gunicorn's settings that are not on its command line; older releases ignore what they lack."""
import os

control_socket_disable = True  # one thread and one socket less than by default, as before 25.0
loglevel = "warning"
accesslog = "-" if os.environ["BENCHHOST_ACCESS_LOG"] == "on" else None
# By default 30 s, which a worker that waits for the request of an idle connection uses up.
graceful_timeout = 3
# By default 30 s, less than /wait may ask a synchronous worker to sleep.
timeout = 120
