"""The commands of docs/coming-from.md, each against a server that counts what comes to it.

    coming_from_test.py SOURCE_FOLDER BUILD_FOLDER

What benchhost says it sent is what came, to the request; so is what h2load was told to send. Other
generators do not count what is under way when they end, or what came before they began to count.
Those that are not on this machine are skipped, and it says so.
"""
import collections
import http.client
import json
import os
import pathlib
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from page import Page

SOURCE = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
BUILD = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "build/release").resolve()
BENCHHOST = BUILD / "bin" / "benchhost"
PLUGIN = BUILD / "tests" / "plugins" / "counts_requests.so"
PATIENCE = 120  # s, for one command on a busy machine

# How a tool says how many answers it counted, and what it leaves out: nothing, what is under way at
# its beginning and end, or whole parts of its run. Exit codes other than 0: a bound that a busy
# machine breaks.
Rival = collections.namedtuple("Rival", "counted leaves_out exits", defaults=[(0,)])
RIVALS = {
    "wrk": Rival(r"(\d+) requests in", "under way"),
    "techempower": Rival(r"(\d+) requests in", "under way"),
    "oha": Rival(r"\[200\]\s+(\d+) responses", "under way"),
    "hey": Rival(r"\[200\]\s+(\d+) responses", "under way"),
    "k6": Rival(r"http_reqs\.*:\s+(\d+)", "under way", (0, 99)),
    "locust": Rival(r"Aggregated\s+(\d+)\s", "parts", (0, 1)),
    "h2load": Rival(r"(\d+) done", "under way"),
    "gcannon": Rival(r"requests in \S+, (\d+) responses", "parts"),
}


class CountingServer:
    """Of benchhost's own, in a process of its own; ended with its scope."""

    def __enter__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [BUILD / "bin" / "benchhost-serve", PLUGIN, "--port", "0"], stdout=subprocess.PIPE,
            stderr=self.log, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if ready else ""
        told = re.fullmatch(r"ready http://(\S+)\n", line)
        if not told:
            self.__exit__()
            raise RuntimeError(f"no server: {line}{self.said}")
        self.address = told[1]
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.seek(0)
        self.said = self.log.read()
        self.log.close()

    def came(self):
        """How many requests, whoever sent them."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        connection.request("GET", "/about")
        count = int(connection.getresponse().read())
        connection.close()
        return count


def run(argv, folder):
    return subprocess.run([str(argument) for argument in argv], cwd=folder, capture_output=True,
                          text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, check=False)


def number_behind(flag, argv):
    return int(argv[argv.index(flag) + 1]) if flag in argv else None


def connections_of(command):
    given = re.search(r"-c ?(\d+)", command)
    return int(given[1]) if given else 64  # as steady.js has it


class ComingFrom(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="benchhost-coming-from-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "body.bin").write_bytes(os.urandom(1000))

    def check_rival(self, command):
        rival = RIVALS[command.tool]
        with CountingServer() as server:
            page.write_files(self.folder, server.address)
            line = command.adapted(server.address)
            argv = shlex.split(line)
            if shutil.which(argv[0]) is None:
                print(f"skipped: {argv[0]} is not on this machine: {command.line}")
                return
            ran = run(argv, self.folder)
            came = server.came()
        out = ran.stdout + ran.stderr
        self.assertIn(ran.returncode, rival.exits, out)
        found = re.findall(rival.counted, out)
        self.assertTrue(found, f"{argv[0]} does not say how many answers it counted: {out}")
        counted = int(found[-1])
        print(f"{argv[0]} counted {counted} of {came} that came: {line}")
        self.assertGreater(counted, 0)
        self.assertLessEqual(counted, came)
        if command.tool == "h2load" and "-n" in argv:
            self.assertEqual(counted, number_behind("-n", argv))
            self.assertEqual(came, counted)
        elif rival.leaves_out == "under way":
            self.assertLessEqual(came - counted, 4 * connections_of(line))

    def check_load(self, command):
        with CountingServer() as server:
            page.write_files(self.folder, server.address)
            line = command.adapted(server.address)
            argv = [BENCHHOST, *shlex.split(line)[1:]]
            # How fast this machine answers is not what is looked at.
            ran = run([*argv, "--timeout", "60s", "--json", "--no-progress"], self.folder)
            came = server.came()
        # 1 may say that the machine was too busy for its verdict.
        self.assertIn(ran.returncode, (0, 1), ran.stdout + ran.stderr)
        self.assertTrue(ran.stdout, ran.stderr)
        requests = json.loads(ran.stdout)["requests"]
        print(f"benchhost sent {requests['sent']} of {came} that came: {line}")
        self.assertEqual(requests["failed"], {})
        self.assertEqual(requests["ok"], requests["sent"])
        # One looks at the server beforehand, and so does the first of each user.
        before = 1 + (number_behind("--users", argv) or 0)
        self.assertEqual(came, requests["sent"] + before)
        if "-n" in argv:
            self.assertEqual(requests["sent"], number_behind("-n", argv))

    def check_suite(self, command):
        page.write_files(self.folder, "no server is asked")
        argv = [BENCHHOST, *shlex.split(command.line)[1:]]
        out = self.folder / "results"
        ran = run([*argv, "--no-progress", "--repeats", "1", "--set", "suite.calm=0", "--set",
                   "suite.retries=0", "--out", out], self.folder)
        self.assertIn(ran.returncode, (0, 1), ran.stdout + ran.stderr)
        trials = json.loads((out / "results.json").read_text())["trials"]
        self.assertGreater(len(trials), 0)
        for trial in trials:
            print(f"benchhost sent {trial['requests']['sent']} in {trial['profile']}: "
                  f"{command.line}")
            self.assertEqual(trial["outcome"], "ok", trial)
            self.assertEqual(trial["requests"]["failed"], {})

    def test_each_command_counts_what_came(self):
        for command in page.commands:
            with self.subTest(command.line):
                if command.tool != "benchhost":
                    self.check_rival(command)
                elif command.line.startswith("benchhost load "):
                    self.check_load(command)
                else:
                    self.check_suite(command)

    def test_the_page_has_both_for_each_tool(self):
        tools = [command.tool for command in page.commands]
        self.assertEqual(set(tools), {"benchhost", *RIVALS})
        # Each command of another has ours below it.
        for here, below in zip(tools, [*tools[1:], ""]):
            self.assertNotEqual(here == "benchhost", below == "benchhost")

    def test_the_page_starts_a_server_as_this_does(self):
        self.assertEqual([shlex.split(line)[0] for line in page.starts], ["benchhost-serve"])


if __name__ == "__main__":
    page = Page(SOURCE / "docs" / "coming-from.md")
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[3:]])
