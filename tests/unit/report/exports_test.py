"""The accepted exports, read by the readers that they are written for."""

import csv
import json
import os
import pathlib
import subprocess
import sys
import unittest
import xml.etree.ElementTree

EXPORTS = pathlib.Path(__file__).resolve().parents[2] / "golden" / "exports"
COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")  # Debian's libbenchmark-tools


SCIPY = pathlib.Path(__file__).with_name("compare-requirements.txt")


def python_with_scipy():
    """For compare.py, which needs SciPy. An environment in the build folder has it, made once:
    Debian's python3-scipy needs libboost-dev, which conflicts with the libboost1.81-dev of the build.
    """
    environment = pathlib.Path(os.environ["BENCHHOST_COMPARE_VENV"])
    python = environment / "bin" / "python"
    made_from = environment / "made-from.txt"
    if not made_from.exists() or made_from.read_text(encoding="utf-8") != SCIPY.read_text(encoding="utf-8"):
        for command in [[sys.executable, "-m", "venv", "--clear", str(environment)],
                        [str(python), "-m", "pip", "install", "--quiet", "--no-input",
                         "--disable-pip-version-check", "-r", str(SCIPY)]]:
            run = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
            if run.returncode != 0:
                said = (run.stderr.strip() or run.stdout.strip() or "nothing was said").splitlines()[-1]
                raise unittest.SkipTest(f"no environment with SciPy for compare.py could be made: {said}")
        made_from.write_text(SCIPY.read_text(encoding="utf-8"), encoding="utf-8")
    return str(python)


def files(name):
    found = sorted(EXPORTS.glob(f"*/{name}"))
    assert found, f"no {name} under {EXPORTS}"
    return found


class Exports(unittest.TestCase):
    def test_json_is_json(self):
        for file in files("*.json"):
            with self.subTest(file=file):
                json.loads(file.read_text(encoding="utf-8"))

    def test_csv_has_as_many_fields_in_each_line_and_no_formula(self):
        for file in files("*.csv"):
            with self.subTest(file=file), open(file, encoding="utf-8", newline="") as text:
                lines = list(csv.reader(text, strict=True))
                self.assertGreater(len(lines), 0)
                for line in lines:
                    self.assertEqual(len(line), len(lines[0]))
                    for field in line:
                        self.assertNotIn(field.strip()[:1], ["=", "@", "+"], field)

    def test_locust_headers_are_locusts(self):
        for file in files("locust_requests.csv"):
            self.assertEqual(
                file.read_text(encoding="utf-8").splitlines()[0],
                '"Method","Name","# requests","# failures","Median response time",'
                '"Average response time","Min response time","Max response time",'
                '"Average Content Size","Requests/s"',
            )
        for file in files("locust_distribution.csv"):
            self.assertEqual(
                file.read_text(encoding="utf-8").splitlines()[0],
                '"Name","# requests","50%","66%","75%","80%","90%","95%","98%","99%","100%"',
            )

        percentiles = '"50%","66%","75%","80%","90%","95%","98%","99%","99.9%","99.99%","100%"'
        for name, header in [
            ("locust_stats.csv",
             '"Type","Name","Request Count","Failure Count","Median Response Time",'
             '"Average Response Time","Min Response Time","Max Response Time",'
             '"Average Content Size","Requests/s","Failures/s",' + percentiles),
            ("locust_failures.csv", '"Method","Name","Error","Occurrences"'),
            ("locust_stats_history.csv",
             '"Timestamp","User Count","Type","Name","Requests/s","Failures/s",' + percentiles +
             ',"Total Request Count","Total Failure Count","Total Median Response Time",'
             '"Total Average Response Time","Total Min Response Time","Total Max Response Time",'
             '"Total Average Content Size"'),
        ]:
            for file in files(name):
                self.assertEqual(file.read_text(encoding="utf-8").splitlines()[0], header)

    def test_new_columns_of_csv_come_last(self):
        for file in files("report.csv"):
            header = next(csv.reader([file.read_text(encoding="utf-8").splitlines()[0]]))
            self.assertEqual(header[:6], ["Framework", "Total Request", "Request Per Second",
                                          "Median Response Time (ms)", "Failed Requests", "p99 (ms)"])
            self.assertEqual(header[18:], ["Notes", "First failed", "Class", "Highest load unit",
                                           "Lost share", "At least"])
        for file in files("rounds.csv"):
            header = next(csv.reader([file.read_text(encoding="utf-8").splitlines()[0]]))
            self.assertEqual(header[21:], ["Reason", "Ended", "First failed", "Lost share", "At least"])

    def test_junit_is_xml_and_its_counts_are_right(self):
        for file in files("junit.xml"):
            with self.subTest(file=file):
                for suite in xml.etree.ElementTree.parse(file).getroot():
                    for attribute, tag in [("tests", "testcase"), ("failures", "testcase/failure"),
                                           ("errors", "testcase/error"), ("skipped", "testcase/skipped")]:
                        self.assertEqual(int(suite.get(attribute)), len(suite.findall(tag)), attribute)

    def test_bmf_bounds_enclose_the_value(self):
        for file in files("bmf.json"):
            for cell in json.loads(file.read_text(encoding="utf-8")).values():
                for measure in cell.values():
                    self.assertLessEqual(measure.get("lower_value", measure["value"]), measure["value"])
                    self.assertGreaterEqual(measure.get("upper_value", measure["value"]), measure["value"])

    def test_benchstat_lines_have_pairs_of_value_and_unit(self):
        for file in files("benchstat.txt"):
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.startswith("Benchmark"):
                    parts = line.split(" ")
                    self.assertEqual(len(parts) % 2, 0, line)
                    int(parts[1])
                    for value in parts[2::2]:
                        float(value)

    def test_failed_servers_are_not_in_formats_that_cannot_say_so(self):
        for name in ["gbench.json", "bmf.json", "bigger.json", "smaller.json", "benchstat.txt"]:
            text = (EXPORTS / "failure" / name).read_text(encoding="utf-8")
            self.assertIn("beast", text)
            self.assertNotIn("cinatra", text)
            self.assertNotIn("tornado", text)

    def test_github_action_benchmark_finds_what_it_takes(self):
        for name in ["bigger.json", "smaller.json"]:
            for file in files(name):
                with self.subTest(file=file):
                    entries = json.loads(file.read_text(encoding="utf-8"))
                    for entry in entries:
                        self.assertLessEqual(set(entry), {"name", "value", "unit", "range", "extra"})
                        self.assertIsInstance(entry["name"], str)
                        self.assertIsInstance(entry["unit"], str)
                        self.assertIsInstance(entry["value"], (int, float))
                    names = [entry["name"] for entry in entries]
                    self.assertEqual(len(names), len(set(names)), "it tells results apart by name")
        # With tool: googlecpp it takes every entry for a benchmark, so there must be one a cell.
        for file in files("gbench.json"):
            with self.subTest(file=file):
                entries = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]
                names = [entry["name"] for entry in entries]
                self.assertEqual(len(names), len(set(names)))
                for entry in entries:
                    self.assertEqual(entry["run_type"], "iteration")
                    for key in ["real_time", "cpu_time", "iterations", "threads"]:
                        self.assertIsInstance(entry[key], (int, float), key)
                    self.assertIn(entry["time_unit"], ["ns", "us", "ms", "s"])

    def test_google_benchmarks_compare_reads_ours(self):
        if not COMPARE.exists():
            self.skipTest(f"{COMPARE} is missing; install libbenchmark-tools to run this test")
        python = python_with_scipy()

        def compare(*arguments):
            run = subprocess.run([python, str(COMPARE), *arguments], capture_output=True, text=True,
                                 timeout=60, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
            return run.stdout

        for name in ["gbench.json", "gbench-rounds.json"]:
            with self.subTest(file=name):
                file = str(EXPORTS / "failure" / name)
                self.assertIn("text/beast", compare("--no-utest", "benchmarks", file, file))
        # Every round as a repetition is what its Mann-Whitney test wants.
        rounds = str(EXPORTS / "failure" / "gbench-rounds.json")
        self.assertIn("_pvalue", compare("benchmarks", rounds, rounds))


if __name__ == "__main__":
    unittest.main()
