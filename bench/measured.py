"""What the measurements of this folder have in common."""
import argparse
import contextlib
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def number(pattern, text):
    found = re.search(pattern, text)
    return float(found.group(1)) if found else None


def arguments(description, connections, seconds, rounds):
    """A parser with the flags that all of them take; the other arguments are their defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--connections", default=connections)
    parser.add_argument("--seconds", type=int, default=seconds)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("--client-cpu", type=int, default=0)
    parser.add_argument("--server-cpu", type=int, default=1)
    return parser


def programs(build):
    """benchhost and bench_load; and as many open files as this may have, for them."""
    found = [str(build / name) for name in ("benchhost", "bench_load")]
    for needed in found:
        if not os.access(needed, os.X_OK):
            sys.exit(f"{needed} is missing: build the preset release first")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return found


@contextlib.contextmanager
def server(*command):
    """The URL of a server that says its port first, as those of bench_load do."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        port = process.stdout.readline().strip()
        if not port:
            sys.exit(f"{' '.join(command)} did not say its port")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def peak_kib(pid):
    """Not ru_maxrss: that holds the peak of the process before exec, which was this script."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return None
    return number(r"VmHWM:\s+(\d+) kB", status)


def measure(command, requests, cpu, seconds):
    """requests/s, CPU us/request and peak KiB of one run; None when the tool failed. CPU and memory
    are what the kernel counted for the whole process, so that no tool reports on itself."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(["taskset", "-c", str(cpu)] + command, stdout=output)
        time.sleep(seconds * 0.9)
        peak = peak_kib(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    try:
        count = requests(text)
    except (ValueError, KeyError):
        count = None
    if process.returncode != 0 or not count or peak is None:
        return None
    spent = usage.ru_utime + usage.ru_stime
    return {"rate": count / seconds, "cpu": spent / count * 1e6, "rss": peak}


def load(benchhost, url, connections, seconds, *flags):
    return [benchhost, "load", url, "-c", str(connections), "-t", "1", "-d", f"{seconds}s",
            "--json", "--no-progress", *flags]


def requests_of_benchhost(text):
    trial = json.loads(text)
    failed = sum(trial["requests"]["failed"].values())
    return trial["requests"]["ok"] if failed == 0 else None


def requests_of_wrk(text):
    return number(r"(\d+) requests in", text)
