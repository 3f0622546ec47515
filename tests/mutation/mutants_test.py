"""What the runner of the mutants makes of a list, and of what a test says."""
import contextlib
import importlib.machinery
import importlib.util
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SCRIPT = str(pathlib.Path(__file__).with_name("mutants"))
mutants = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("mutants", importlib.machinery.SourceFileLoader("mutants", SCRIPT)))
mutants.__spec__.loader.exec_module(mutants)

LIST = """# a comment

== core/a.cpp test_a

one: Suite.test
- if (x) {
-     y();
+ if (false) {
+     y();

two: Suite.*:Other.*
- y();
= Nobody looks at y.
"""


class TheList(unittest.TestCase):
    def refuses(self, text, why):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            mutants.read_list(text)
        self.assertEqual(ended.exception.code, 2)
        self.assertIn(why, said.getvalue())

    def test_is_read_as_it_stands(self):
        one, two = mutants.read_list(LIST)
        self.assertEqual(one, ("one", "core/a.cpp", "test_a", "Suite.test", "if (x) {\n    y();",
                               "if (false) {\n    y();", ""))
        self.assertEqual((two.before, two.after, two.equivalent), ("y();", "", "Nobody looks at y."))

    def test_is_refused_where_it_says_nothing(self):
        self.refuses(LIST + "\none: A.b\n- c\n", "two of the name one")
        self.refuses(LIST + "\nthree: A.b\n- c\n+ c\n", "three changes nothing")
        self.refuses(LIST + "\nthree: A.b\n+ c\n", "three changes nothing")
        self.refuses(LIST + "\nthree A.b\n", ":15: neither")
        self.refuses("one: A.b\n- c\n", ":1: neither")


class AKill(unittest.TestCase):
    def of(self, script):
        """What the runner says of a test that is this shell script."""
        with tempfile.TemporaryDirectory() as folder:
            mutants.BUILD = pathlib.Path(folder)
            mutants.HUNG_S = 0.3
            (mutants.BUILD / "tests").mkdir()
            test = mutants.BUILD / "tests" / "test_a"
            test.write_text("#!/bin/sh\n" + script)
            test.chmod(0o755)
            code, output, seconds = mutants.run_tests("test_a", "*")
            return code, *mutants.killer(code, output, seconds)

    def test_is_of_the_quickest_test_that_failed(self):
        self.assertEqual(self.of("echo '[  FAILED  ] A.slow (1700 ms)'\n"
                                 "echo '[  FAILED  ] A.quick, where GetParam() = 1 (3 ms)'\n"
                                 "echo '[       OK ] A.fine (0 ms)'\n"
                                 "echo '[  FAILED  ] 2 tests, listed below:'\nexit 1"),
                         (1, "A.quick", 3, ""))

    def test_may_be_a_crash_of_the_one_that_had_begun(self):
        code, name, ms, how = self.of("echo '[ RUN      ] A.first'\necho '[ RUN      ] A.second'\n"
                                      "kill -SEGV $$")
        self.assertEqual((code, name, how), (-11, "A.second", " by a crash"))
        self.assertLess(ms, 1000)

    def test_is_none_where_it_hangs(self):
        code, name, _, _ = self.of("echo '[ RUN      ] A.loop'\nexec sleep 60")
        self.assertEqual((code, name), (None, "A.loop"))


if __name__ == "__main__":
    unittest.main()
