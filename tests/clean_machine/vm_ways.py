#!/usr/bin/env python3
"""The ways in which people start benchhost on a machine with systemd, each looked at from outside:
what the rows say, in which control groups the servers ran, and what is left afterwards.

    vm_ways.py BENCHHOST_FOLDER [WAY...]

To be run by root in a login session of a machine that may be spoilt: see `vm`. Exit status 1 when
something is not as it has to be.
"""
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

GROUPS = "/sys/fs/cgroup"
HERE = pathlib.Path(__file__).resolve().parent
SCOPE = ["systemd-run", "--scope", "--quiet", "--collect"]
# A login of an ordinary user, with a user manager and a bus of its own.
LOGIN = ["systemd-run", "--wait", "--pipe", "--quiet", "--collect", "-p", "PAMName=login",
         "-p", "User=guest", "-E", "HOME=/home/guest"]
USER_SCOPE = LOGIN + ["systemd-run", "--user", "--scope", "--quiet", "--collect"]
MADE_BY_HAND = f"{GROUPS}/q"
NATIVE = ["--servers", "asio,beast,poco"]
HOG = ["--servers", "hog", "--set", "limits.memory=64MiB"]
ENFORCED = r"\d+ \(cgroup v2\)"
BY_QUOTA = "machine-bound: the control group's quota stopped"
REFUSED = r"not enforced: .*systemd-run"


class Way:
    """How benchhost is started, and what has to come of it."""

    def __init__(self, start, arguments=(), row="ok", limits=None, stays_in=None, verdict="",
                 in_force=None):
        self.start, self.arguments, self.row = list(start), list(arguments or NATIVE), row
        self.limits, self.stays_in, self.verdict = limits or {}, stays_in, verdict
        self.in_force = in_force  # pids.max and memory.max of one and the same group


def named(scope, *properties):
    options = [option for text in properties for option in ("-p", text)]
    return [f"--unit={scope}", *options]


WAYS = {
    "root login session": Way([], limits={"processes": ENFORCED}),
    "root login session, memory": Way(
        [], NATIVE + ["--set", "limits.memory=512MiB", "--set", "limits.processes=500"],
        limits={"processes": r"500 \(cgroup v2\)", "memory": r"512MiB \(cgroup v2\)"},
        in_force=("500", str(512 << 20))),
    "user's login session": Way(LOGIN, limits={"processes": ENFORCED}),
    "user's delegated scope": Way(USER_SCOPE + named("ours", "Delegate=yes"), stays_in="ours.scope",
                                  limits={"processes": ENFORCED}),
    "delegated scope": Way(SCOPE + named("ours", "Delegate=yes"), stays_in="ours.scope",
                           limits={"processes": ENFORCED}),
    "delegated scope, by a script": Way(
        SCOPE + named("ours", "Delegate=yes") + ["sh", "-c", '"$0" "$@"; exit $?'],
        limits={"processes": ENFORCED}),
    "systemd does not answer": Way(
        ["unshare", "--mount", "sh", "-c", f"printf '#!/bin/sh\\nsleep 60\\n' >{HERE}/slow && "
         f"chmod +x {HERE}/slow && mount --bind {HERE}/slow /usr/bin/busctl && exec \"$0\" \"$@\""],
        limits={"processes": REFUSED}),
    "scope": Way(SCOPE + named("ours"), limits={"processes": ENFORCED}),
    "su": Way(["su", "guest", "-c", 'exec "$0" "$@"', "--"], limits={"processes": REFUSED},
              stays_in="user-0.slice"),
    "group made by hand": Way(
        ["sh", "-c", f'echo $$ >{MADE_BY_HAND}/cgroup.procs && exec "$0" "$@"'],
        NATIVE + ["--set", "limits.memory=512MiB"], stays_in="q", verdict=BY_QUOTA,
        limits={"processes": REFUSED, "memory": REFUSED}),
    "quota": Way(SCOPE + named("ours", "CPUQuota=60%"), stays_in="ours.scope",
                 limits={"processes": REFUSED}, verdict=BY_QUOTA),
    "quota, delegated": Way(SCOPE + named("ours", "CPUQuota=60%", "Delegate=yes"),
                            stays_in="ours.scope", limits={"processes": ENFORCED},
                            verdict=BY_QUOTA),
    "scope with MemoryMax": Way(
        SCOPE + named("ours", "MemoryMax=1G", "AllowedCPUs=0"),
        NATIVE + ["--set", "limits.memory=512MiB"], stays_in="ours.scope",
        limits={"processes": REFUSED, "memory": REFUSED}),
    "out of memory": Way([], HOG, row="out of memory: limit 64MiB"),
    "out of memory, delegated": Way(SCOPE + named("ours", "Delegate=yes"), HOG,
                                    row="out of memory: limit 64MiB", stays_in="ours.scope"),
}


def read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def group_of(pid):
    return "".join(line[3:] for line in read(f"/proc/{pid}/cgroup").splitlines()
                   if line.startswith("0::"))


def processes(name):
    return [int(path.split("/")[2]) for path in glob.glob("/proc/[0-9]*/comm")
            if read(path).strip() == name]


def parent_of(pid):
    found = re.search(r"^PPid:\s*(\d+)", read(f"/proc/{pid}/status"), re.MULTILINE)
    return int(found.group(1)) if found else None


def left_behind():
    """What must not be there when no benchhost runs."""
    found = [f"process {pid}" for pid in processes("benchhost-serve") + processes("benchhost")]
    for folder, _, _ in os.walk(GROUPS):
        if re.search(r"benchhost-\d", os.path.basename(folder)):
            found.append(folder)
        if read(f"{folder}/cgroup.type").strip() not in ("", "domain"):
            found.append(f"{folder} is {read(f'{folder}/cgroup.type').strip()}")
    return found


def settle(seconds=30):
    """systemd takes a moment to forget a scope that has ended."""
    until = time.monotonic() + seconds
    while (left := left_behind()) and time.monotonic() < until:
        time.sleep(0.2)
    return left


class Watch(threading.Thread):
    """The groups in which servers and their supervisors were seen."""

    def __init__(self):
        super().__init__(daemon=True)
        self.groups, self.done = {}, threading.Event()

    def run(self):
        while not self.done.wait(0.1):
            for pid in processes("benchhost-serve"):
                if group := group_of(pid):
                    self.groups[group] = (read(f"{GROUPS}{group}/pids.max").strip(),
                                          read(f"{GROUPS}{group}/memory.max").strip())


def command(folder, out, way):
    return way.start + ["env", f"LD_LIBRARY_PATH={folder}/lib", f"{folder}/bin/benchhost",
                        "--config", f"{folder}/ways.ini", "--out", str(out), "--no-progress",
                        *way.arguments]


def row_of(trial):
    return "ok" if trial["outcome"] == "ok" else trial.get("reason", "?")


def wrong_rows(way, trials):
    wanted = 1 if way.row != "ok" else 3
    if len(trials) != wanted:
        yield f"{len(trials)} rows instead of {wanted}"
    for trial in trials:
        if not row_of(trial).startswith(way.row):
            yield f"{trial['server']}: {row_of(trial)}"
        for limit, pattern in way.limits.items():
            text = trial.get("effective_limits", {}).get(limit, "absent")
            if not re.match(pattern, text):
                yield f"{trial['server']}: {limit}: {text}"
        said = f"{trial.get('verdict')}: {trial.get('verdict_why')}"
        if not said.startswith(way.verdict):
            yield f"{trial['server']}: {said}"


def own_state():
    own = f"{GROUPS}{group_of(os.getpid())}"
    return own, read(f"{own}/cgroup.type"), read(f"{own}/cgroup.subtree_control")


def start_way(folder, way):
    out = pathlib.Path("/home/guest/results")
    shutil.rmtree(out, ignore_errors=True)
    watch = Watch()
    watch.start()
    return out, watch, subprocess.Popen(command(folder, out, way), stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, cwd="/home/guest")


def measure(folder, way):
    before = own_state()
    out, watch, run = start_way(folder, way)
    printed = run.communicate(timeout=300)[0]
    watch.done.set()
    watch.join()
    results = out / "results.json"
    trials = json.loads(results.read_text())["trials"] if results.exists() else []
    wrong = list(wrong_rows(way, trials)) + settle()
    if own_state() != before:
        wrong.append(f"{before} has become {own_state()}")
    if not trials:
        wrong.append(printed[-2000:])
    for group, limits in sorted(watch.groups.items()):
        print(f"    seen in {group}: pids.max, memory.max {limits}")
        if way.stays_in and way.stays_in not in group.split("/"):
            wrong.append(f"{group} is not below {way.stays_in}")
    if way.in_force and way.in_force not in watch.groups.values():
        wrong.append(f"nobody was in a group with {way.in_force}")
    for trial in trials:
        print(f"    {trial['server']}: {row_of(trial)}; {trial.get('verdict')}; "
              f"{trial.get('verdict_why')}; {trial.get('effective_limits')}; "
              f"{trial.get('notes', [])}")
    return wrong


def kill_while_measuring(folder, way, victim):
    """kill -9 of benchhost, of a supervisor, or of both: nothing may be left."""
    before = own_state()
    long = ["--servers", "asio", "--set", "profile.text.duration=8s"]
    _, watch, run = start_way(folder, Way(way.start, long))
    until = time.monotonic() + 120
    while time.monotonic() < until and not any(
            re.search(r"/benchhost-\d+-\d+$", group_of(pid)) for pid in processes("benchhost-serve")):
        time.sleep(0.1)
    time.sleep(1)
    supervisors = [pid for pid in processes("benchhost-serve")
                   if parent_of(pid) in processes("benchhost")]
    victims = (supervisors[:1] if "supervisor" in victim else []) + (
        processes("benchhost") if "benchhost" in victim else [])
    subprocess.run(["kill", "-9", *map(str, victims)], check=False)
    printed = run.communicate(timeout=300)[0]
    watch.done.set()
    wrong = settle() + ([] if victims else [f"nobody was there to be killed: {printed[-500:]}"])
    print(f"    killed {len(victims)}; seen in {', '.join(sorted(watch.groups))}")
    if own_state() != before:
        wrong.append(f"{before} has become {own_state()}")
    return wrong


def prepare(folder):
    subprocess.run(["useradd", "-m", "-s", "/bin/bash", "guest"], check=False)
    os.chmod("/home/guest", 0o777)
    os.mkdir(MADE_BY_HAND)
    pathlib.Path(MADE_BY_HAND, "cpu.max").write_text("50000 100000")
    pathlib.Path(folder, "ways.ini").write_text(f"""[suite]
name = ways
repeats = 1
calm = 0s
servers = *
retries = 0
[profile.text]
load = closed
connections = 8
duration = 1s
warmup = 200ms
timeout = 20s
[server.hog]
plugin = command
argv = python3 {HERE}/memory_hog.py {{port}}
env.TEXT_FILE = {{text_file}}
env.JSON_FILE = {{json_file}}
env.ABOUT_FILE = {{about_file}}
env.FILE = {{file}}
""")


def main(folder, wanted):
    prepare(folder)
    failed = []
    looks = {name: lambda way=way: measure(folder, way) for name, way in WAYS.items()}
    for name in ("root login session", "delegated scope"):
        for victim in ("benchhost", "supervisor", "benchhost and supervisor"):
            looks[f"kill -9 of {victim}, {name}"] = (
                lambda name=name, victim=victim: kill_while_measuring(folder, WAYS[name], victim))
    for name, look in looks.items():
        if wanted and name not in wanted:
            continue
        began = time.monotonic()
        print(f"==> {name}", flush=True)
        wrong = look()
        for line in wrong:
            print(f"    WRONG: {line}")
        print(f"    {'failed' if wrong else 'passed'} after {time.monotonic() - began:.0f} s",
              flush=True)
        failed += [name] if wrong else []
    print(f"{len(failed)} ways failed: {failed}" if failed else "all ways passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
