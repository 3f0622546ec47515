"""benchhost-mpi on three hosts: one runs the servers, two generate load.

    cluster_test.py BUILD_FOLDER [TEST...]
"""
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import hosts as hosts_module

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release").resolve()
BENCHHOST = BUILD / "bin" / "benchhost-mpi"
LOADS = ("load1", "load2")
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
PATIENCE = 180  # s, for one run on a busy machine

CONFIG = """[suite]
name = cluster
servers = {servers}
repeats = 1
retries = 0
calm = 0
[cluster]
server_host = server
interface = eth0
[profile.p]
route = text
timeout = 20s
{profile}
"""


class OnThreeHosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hosts = hosts_module.Hosts(["server", *LOADS])
        cls.addClassCleanup(cls.hosts.__exit__)  # before: what is made halfway goes as well
        cls.hosts.__enter__()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="benchhost-cluster-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.agent = self.folder / "agent"
        self.hosts.write_agent(self.agent)
        self.out = self.folder / "out"

    def tearDown(self):
        self.assertEqual(self.left_running(), {}, "something was left running")

    def left_running(self):
        """What still runs on the hosts a minute after mpirun has ended."""
        limit = time.monotonic() + 60
        while True:
            left = {name: [self.command_of(pid) for pid in self.hosts.pids(name)]
                    for name in self.hosts.names}
            left = {name: commands for name, commands in left.items() if commands}
            if not left or time.monotonic() > limit:
                return left
            time.sleep(0.05)

    @staticmethod
    def command_of(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except FileNotFoundError:
            return "gone meanwhile"

    def config(self, profile, servers="asio", name="cluster.ini"):
        path = self.folder / name
        path.write_text(CONFIG.format(servers=servers, profile=profile))
        return str(path)

    def start(self, *arguments):
        command = self.hosts.mpirun(self.agent, *arguments)
        return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, cwd=self.folder)

    def run_on_all(self, *arguments, expected=0):
        ranks = ("--host", ",".join(self.hosts.names))
        child = self.start(*ranks, *arguments)
        out, err = child.communicate(timeout=PATIENCE)
        self.assertEqual(child.returncode, expected, out + err)
        return out, err

    def measure(self, config, *flags, expected=0):
        out, err = self.run_on_all(str(BENCHHOST), "--config", config, "--out", str(self.out),
                                   *flags, expected=expected)
        return out, err, json.loads((self.out / "results.json").read_text())

    def check_parts(self, trial):
        """The whole is the sum of its parts."""
        parts = trial["parts"]
        self.assertEqual([part["host"] for part in parts], list(LOADS))
        for key in ("planned", "sent", "ok", "shed", "unsent", "unfinished"):
            self.assertEqual(sum(part["requests"].get(key, 0) for part in parts),
                             trial["requests"].get(key, 0), key)
        for part in parts:
            self.assertGreater(part["requests"]["ok"], 0)
            self.assertIn("clock_uncertainty_us", part)
        requests = trial["requests"]
        self.assertEqual(requests["planned"],
                         requests["sent"] + requests["shed"] + requests.get("unsent", 0))
        self.assertEqual(requests["sent"], requests["ok"] + sum(requests["failed"].values()) +
                         requests["unfinished"])
        self.assertEqual(sum(second["ok"] for second in trial["series"]) > 0, True)

    def check_lost_rank(self, blow):
        config = self.config("load = closed\nconnections = 16\nduration = 2s\nwarmup = 500ms",
                             servers="asio, beast, poco")
        # On a busy machine a second is over before the coordinator has written down who was lost.
        child = self.start("--mca", "odls_base_sigkill_timeout", "5", "--host",
                           ",".join(self.hosts.names), str(BENCHHOST), "--config", config, "--out",
                           str(self.out))
        journal = self.out / "journal"
        kept, victim = self.rank_in_its_second_trial(child)
        os.kill(victim, blow)
        out, err = child.communicate(timeout=PATIENCE)
        self.assertNotEqual(child.returncode, 0, out + err)
        self.assertEqual(self.left_running(), {}, out + err)
        for name in kept:
            self.assertTrue((journal / name).exists(), name)
        told = [path for path in journal.glob("0*.json")
                if "load2 (rank 2) was lost" in path.read_text()]
        self.assertEqual(len(told), 1, out + err)
        self.run_on_all(str(BENCHHOST), "--resume", str(self.out))
        trials = json.loads((self.out / "results.json").read_text())["trials"]
        whole = [trial["server"] for trial in trials if not trial.get("superseded")]
        self.assertEqual(sorted(whole), ["asio", "beast", "poco"])
        lost = [trial for trial in trials if trial.get("superseded")]
        self.assertEqual(["load2 (rank 2) was lost" in trial["reason"] for trial in lost], [True])

    def rank_in_its_second_trial(self, child):
        """What the journal holds by then, and the rank on load2 while it generates load."""
        journal = self.out / "journal"
        self.wait_for(lambda: any(journal.glob("0*.json")), child)
        kept = sorted(path.name for path in journal.glob("0*.json"))
        rank = self.rank_on("load2")
        resting = self.cpu_of(rank)
        self.wait_for(lambda: self.cpu_of(rank) > resting + 0.1, child)
        return kept, rank

    def wait_for(self, condition, child):
        limit = time.monotonic() + PATIENCE
        while not condition():
            self.assertIsNone(child.poll(), "mpirun ended early")
            self.assertLess(time.monotonic(), limit)
            time.sleep(0.02)

    def rank_on(self, name):
        return next(pid for pid in self.hosts.pids(name)
                    if self.command_of(pid).startswith(str(BENCHHOST)))

    @staticmethod
    def cpu_of(pid):
        """Seconds; a rank that waits for orders uses next to nothing."""
        ticks = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def serve(self, *flags):
        """A server on the host `server`, and its URL."""
        serve = subprocess.Popen(self.hosts.entered("server", [
            str(BUILD / "bin" / "benchhost-serve"), str(BUILD / "bin" / "plugins" / "asio.so"),
            "--server", "asio", *flags]), stdout=subprocess.PIPE, text=True)
        self.addCleanup(serve.wait, PATIENCE)
        self.addCleanup(serve.terminate)  # also when the test fails: what it left would hold up ctest
        self.addCleanup(serve.stdout.close)
        ready = serve.stdout.readline().split()
        self.assertEqual(ready[0], "ready")
        return serve, ready[1]

    def refused(self, first, second):
        """Two ranks with flags of their own."""
        # Not by two programs of one mpirun, with a colon between them: that of Open MPI 5.0.7 crashes.
        by_host = f"""case $(hostname) in
            server) exec {shlex.join([str(BENCHHOST), *first])} ;;
            *) exec {shlex.join([str(BENCHHOST), *second])} ;;
            esac"""
        child = self.start("--host", "server,load1", "sh", "-c", by_host)
        out, err = child.communicate(timeout=PATIENCE)
        self.assertEqual(child.returncode, 2, out + err)
        return err


class ClusterTest(OnThreeHosts):
    def test_text_profile(self):
        out, err, results = self.measure(
            self.config("load = closed\nconnections = 64\nduration = 2s\nwarmup = 500ms",
                        servers="asio, beast, poco"))
        self.assertEqual(sorted(trial["server"] for trial in results["trials"]),
                         ["asio", "beast", "poco"])
        for trial in results["trials"]:
            self.assertEqual(trial["outcome"], "ok", trial)
            self.check_parts(trial)
            self.assertGreater(trial["server_usage"]["cpu_s"], 0)
        for told in (out, (self.out / "report.md").read_text()):
            for name in self.hosts.names:
                self.assertIn(name, told)
        self.assertIn("the servers listen on 10.77.0.1 (eth0)", err)

    def test_rate_profile(self):
        _, _, results = self.measure(
            self.config("load = rate\nrate = 1000\narrivals = poisson\nconnections = 64\n"
                        "duration = 3s\nwarmup = 500ms"))
        trial = results["trials"][0]
        self.check_parts(trial)
        self.assertEqual(trial["requests"]["failed"], {})
        first, second = (part["requests"]["planned"] for part in trial["parts"])
        self.assertLessEqual(abs(first - second), 1)

    def test_ten_thousand_users(self):
        _, _, results = self.measure(
            self.config("load = users\nusers = 10000\nspawn_rate = 4000\nthink_time = 2s..4s\n"
                        "duration = 4s\nwarmup = 1s"))
        trial = results["trials"][0]
        self.check_parts(trial)
        self.assertEqual([part["connections"] for part in trial["parts"]], [5000, 5000])
        self.assertEqual(trial["connections"]["opened"], 10000)
        self.assertEqual(trial["requests"]["failed"], {})

    def test_what_the_hosts_do_not_agree_on_is_refused_with_both_values(self):
        closed = "load = closed\nconnections = 16\nduration = 2s"
        one = self.config(closed)
        other = self.config(closed.replace("2s", "3s"), name="other.ini")
        err = self.refused(["--config", one], ["--config", other])
        self.assertRegex(err, r"different configs: server \(rank 0\) has sha256 \w{64}, "
                              r"load1 \(rank 1\) has sha256 \w{64}")
        changed = self.folder / "plugins"
        changed.mkdir()
        (changed / "asio.so").write_bytes((BUILD / "bin/plugins/asio.so").read_bytes() + b"\0")
        err = self.refused(["--config", one], ["--config", one, "--plugin-dir", str(changed)])
        self.assertRegex(err, r"different plugins asio.so: server \(rank 0\) has sha256 \w{64}, "
                              r"load1 \(rank 1\) has sha256 \w{64}")
        err = self.refused(["--config", one], ["--config", str(self.folder / "missing.ini")])
        self.assertIn("load1 (rank 1)", err)
        nowhere = self.config(closed, servers="no-such-server", name="nowhere.ini")
        err = self.refused(["--config", nowhere], ["--config", nowhere])
        self.assertRegex(err, r"server: .*no-such-server")

    def test_loopback_is_refused_where_load_comes_from_another_host(self):
        config = pathlib.Path(self.config("load = closed\nconnections = 4\nduration = 1s"))
        config.write_text(config.read_text().replace("interface = eth0\n", ""))
        _, err = self.run_on_all(str(BENCHHOST), "--config", str(config), expected=2)
        self.assertIn("[cluster] interface", err)
        config.write_text(config.read_text().replace("server_host = server",
                                                     "server_host = server\ninterface = eth7"))
        _, err = self.run_on_all(str(BENCHHOST), "--config", str(config), expected=2)
        self.assertIn("eth7", err)
        self.assertIn("eth0 (10.77.0.1)", err)

    def test_a_rank_that_cannot_connect_fails_the_trial_with_its_host(self):
        # On the loopback of one host: its own rank reaches it, the others do not.
        serve, url = self.serve()
        path = self.folder / "url.ini"
        path.write_text("[suite]\nservers = there\nrepeats = 1\nretries = 0\ncalm = 0\n[server.there]\n"
                        f"url = {url}\n[profile.p]\nload = closed\nconnections = 8\n"
                        "duration = 1s\n")
        _, err, results = self.measure(str(path), expected=1)
        serve.terminate()
        serve.wait(timeout=PATIENCE)
        trial = results["trials"][0]
        self.assertEqual(trial["outcome"], "failed", err)
        self.assertRegex(trial["reason"], r"load[12] \(rank [12]\): .*refused")

    def test_what_the_ranks_send_is_what_the_server_counts(self):
        out, _ = self.run_on_all(str(BUILD / "tests" / "cluster_proofs"),
                                 self.hosts.address["server"], "counts")
        self.assertEqual(out.count("pass "), 2, out)

    def test_dry_run_says_who_does_what(self):
        out, _ = self.run_on_all(str(BENCHHOST), "--dry-run", "--config",
                                 self.config("load = closed\nconnections = 4\nduration = 1s"))
        self.assertIn("rank 0 on server: coordinates, runs the servers", out)
        self.assertIn("rank 2 on load2: generates load", out)
        self.assertIn("the servers listen on 10.77.0.1", out)


class TroubledHostsTest(OnThreeHosts):
    """Hosts that are far away, hang or die."""

    def test_a_far_host(self):
        profile = "load = rate\nrate = 200\nconnections = 64\nduration = 4s\nwarmup = 1s"
        with self.hosts.far_away("load1", milliseconds=20, loss_percent=1):
            _, _, results = self.measure(self.config(profile))
        trial = results["trials"][0]
        self.check_parts(trial)
        far, near = trial["parts"]
        print(f"p50 from the far host {far['response_time_ms']['p50']:.2f} ms, from the near one "
              f"{near['response_time_ms']['p50']:.2f} ms; p99 {far['response_time_ms']['p99']:.1f} "
              f"and {near['response_time_ms']['p99']:.1f} ms; failures "
              f"{trial['requests']['failed']}; clock {far['clock_offset_us']:.0f} +- "
              f"{far['clock_uncertainty_us']:.0f} us", flush=True)
        self.assertGreaterEqual(far["response_time_ms"]["p50"], 20)
        self.assertGreater(far["round_trip_ms"], 19.9)
        self.assertLess(near["round_trip_ms"], far["round_trip_ms"])
        self.assertEqual(trial["round_trip_ms"], near["round_trip_ms"])
        self.assertLess(near["response_time_ms"]["p50"], far["response_time_ms"]["p50"])
        # A lost segment comes again after 200 ms at the earliest (RFC 6298, with Linux's minimum).
        self.assertGreater(far["response_time_ms"]["max"], 100)
        self.assertGreater(far["clock_uncertainty_us"], 9_000)
        self.assertEqual(set(trial["requests"]["failed"]), set(trial.get("first_failures", {})))

    def test_a_hung_rank_costs_its_trial_and_resume_goes_on(self):
        self.check_lost_rank(signal.SIGSTOP)

    def test_a_rank_that_was_stopped_for_a_while_is_named_and_not_the_server(self):
        config = self.config("load = closed\nconnections = 16\nduration = 6s\nwarmup = 500ms",
                             servers="asio, beast")
        child = self.start("--host", ",".join(self.hosts.names), str(BENCHHOST), "--config", config,
                           "--out", str(self.out))
        _, victim = self.rank_in_its_second_trial(child)
        os.kill(victim, signal.SIGSTOP)
        time.sleep(1)  # so long it is away
        os.kill(victim, signal.SIGCONT)
        out, err = child.communicate(timeout=PATIENCE)
        self.assertEqual(child.returncode, 0, out + err)
        trial = json.loads((self.out / "results.json").read_text())["trials"][1]
        self.check_parts(trial)
        part = trial["parts"][1]
        self.assertGreaterEqual(trial["client_usage"]["longest_absence_s"],
                                part["client_usage"]["longest_absence_s"])
        # Whether it slept or worked when it was stopped is chance: it did not run, or came late.
        for verdict in (trial, part):
            self.assertIn(verdict["verdict"], ("machine-bound", "client-bound"), verdict)

    def test_a_killed_rank_costs_its_trial_and_resume_goes_on(self):
        self.check_lost_rank(signal.SIGKILL)


class ClusterProof(OnThreeHosts):
    """What a busy machine would make late."""

    def test_what_the_ranks_send_is_what_the_server_sees(self):
        out, _ = self.run_on_all(str(BUILD / "tests" / "cluster_proofs"),
                                 self.hosts.address["server"])
        print(out, flush=True)
        self.assertIn("pass Poisson", out.replace("arrivals: Poisson", "Poisson"))

    def test_the_way_to_a_far_server_is_the_limit(self):
        serve, url = self.serve("--address", self.hosts.address["server"])
        loads = ((["-c", "8"], 400),
                 (["--users", "20", "--spawn-rate", "100", "--think-time", "50ms", "--warmup", "1s"],
                  20 / 0.07))
        with self.hosts.far_away("server", milliseconds=20, loss_percent=0):
            for flags, most in loads:
                ran = subprocess.run(self.hosts.entered("load1", [
                    str(BUILD / "bin" / "benchhost"), "load", url + "/text", "-d", "3s", "--json",
                    *flags]), capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
                trial = json.loads(ran.stdout)
                print(trial["verdict"], trial["verdict_why"], flush=True)
                self.assertEqual(trial["verdict"], "link-bound", trial["verdict_why"])
                self.assertGreater(trial["round_trip_ms"], 19.9)
                self.assertLess(trial["link_ceiling_per_s"], most * 1.01)
                self.assertLess(trial["requests_per_s"], trial["link_ceiling_per_s"] * 1.01)
        serve.terminate()
        serve.wait(timeout=PATIENCE)


if __name__ == "__main__":
    reason = hosts_module.why_not()
    if reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[2:]])
