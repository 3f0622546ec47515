"""Hosts that are network namespaces of this machine, joined by a bridge: each has an address, a host
name and its own loopback. Needs root and iproute2."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

NETWORK = "10.77.0"


def why_not():
    """Why there can be no such hosts here, or None."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    for tool in ("ip", "tc", "nsenter", "unshare", "mpirun"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    probe = f"bh-probe-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode != 0:
        return "this kernel lets nobody make network namespaces"
    entered = subprocess.run(["ip", "netns", "exec", probe, "true"], capture_output=True,
                             text=True)
    subprocess.run(["ip", "netns", "del", probe], check=True)
    if entered.returncode != 0:
        return f"network namespaces can be made here, but not entered: {entered.stderr.strip()}"
    return None


class Hosts:
    def __init__(self, names):
        self.prefix = f"bh{os.getpid()}"
        self.names = list(names)
        self.address = {name: f"{NETWORK}.{i + 1}" for i, name in enumerate(self.names)}

    def namespace(self, name):
        return f"{self.prefix}-{name}"

    def __enter__(self):
        switch = self.namespace("switch")
        self.ip("netns", "add", switch)
        self.ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        self.ip("-n", switch, "link", "set", "bridge", "up")
        for name in self.names:
            host = self.namespace(name)
            self.ip("netns", "add", host)
            self.ip("-n", host, "link", "set", "lo", "up")
            self.ip("-n", switch, "link", "add", name, "type", "veth", "peer", "name", "eth0",
                    "netns", host)
            self.ip("-n", switch, "link", "set", name, "master", "bridge", "up")
            self.ip("-n", host, "addr", "add", f"{self.address[name]}/24", "dev", "eth0")
            self.ip("-n", host, "link", "set", "eth0", "up")
        return self

    def __exit__(self, *_):
        for name in ["switch", *self.names]:
            subprocess.run(["ip", "netns", "del", self.namespace(name)], capture_output=True)

    @staticmethod
    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    def entered(self, name, command):
        """`command` as it is run on the host `name`."""
        return ["nsenter", f"--net=/run/netns/{self.namespace(name)}", "unshare", "--uts", "sh",
                "-c", f'hostname {name} && exec "$@"', "sh", *command]

    @contextlib.contextmanager
    def far_away(self, name, milliseconds, loss_percent):
        """All that the host sends comes late, and some of it never."""
        at = ["tc", "-n", self.namespace(name), "qdisc"]
        netem = subprocess.run([*at, "add", "dev", "eth0", "root", "netem", "delay",
                                f"{milliseconds}ms", "loss", f"{loss_percent}%"],
                               capture_output=True)
        if netem.returncode == 0:
            yield
            subprocess.run([*at, "del", "dev", "eth0", "root"], check=True)
            return
        print("this kernel has no netem: a program carries the frames both ways, late", flush=True)
        with self.delay_line(name, milliseconds / 2000, loss_percent / 200):
            yield

    @contextlib.contextmanager
    def delay_line(self, name, seconds, loss_share):
        switch = self.namespace("switch")
        self.ip("-n", switch, "link", "add", "line", "type", "veth", "peer", "name", "line-end")
        self.ip("-n", switch, "link", "set", name, "nomaster")
        self.ip("-n", switch, "link", "set", "line", "master", "bridge", "up")
        self.ip("-n", switch, "link", "set", "line-end", "up")
        line = subprocess.Popen(
            ["ip", "netns", "exec", switch, sys.executable,
             str(pathlib.Path(__file__).with_name("delay_line.py")), name, "line-end",
             str(seconds), str(loss_share)], stdout=subprocess.PIPE, text=True)
        try:
            if line.stdout.readline().strip() != "ready":
                raise RuntimeError("the delay line did not start")
            yield
        finally:
            line.kill()
            line.communicate()
            self.ip("-n", switch, "link", "del", "line")
            self.ip("-n", switch, "link", "set", name, "master", "bridge")

    def pids(self, name):
        found = subprocess.run(["ip", "netns", "pids", self.namespace(name)], check=True,
                               capture_output=True, text=True).stdout
        return [int(pid) for pid in found.split()]

    def write_agent(self, path):
        """What mpirun calls instead of ssh: agent HOST COMMAND..."""
        text = "#!/bin/sh\nhost=$1\nshift\n"
        text += f'exec nsenter --net=/run/netns/{self.prefix}-$host unshare --uts '
        # Without exec: the command of Open MPI 5 is a list, which first sets variables.
        text += 'sh -c "hostname $host && $*"\n'
        path.write_text(text)
        path.chmod(0o755)

    def mpirun(self, agent, *arguments):
        """mpirun on the first host, with all of them at hand."""
        network = f"{NETWORK}.0/24"
        # Open MPI 5: otherwise a rank that is killed takes the first with it, at once.
        bear_losses = ["--with-ft", "ulfm"] if shutil.which("prterun") else []
        return self.entered(self.names[0], [
            "mpirun", *bear_losses, "--bind-to", "none", "--mca", "plm_rsh_agent", str(agent),
            "--mca", "oob_tcp_if_include", network, "--mca", "btl", "self,tcp",
            "--mca", "btl_tcp_if_include", network, *arguments])
