"""Test runners: the name of a test that failed."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import Weight, signs

TESTS = (
    *signs(
        CiFailureClass.TEST,
        "test {thing} failed",
        "Run test {thing} alone on that commit; if it passes now and then, it is flaky.",
        r"^FAILED (?P<thing>\S+::.+?)(?: - (?P<why>.*))?$",  # pytest
        r"^ERROR (?P<thing>\S+\.py(?:::\S+)?)(?: - (?P<why>.*))?$",  # pytest, at collection
        r"^(?:FAIL|ERROR): (?P<thing>\w+ \([\w.]+\))",  # unittest
        r"^\s*--- FAIL: (?P<thing>\S+)",  # go test
        r"^test (?P<thing>\S+) \.\.\. FAILED$",  # cargo test
        r"^\s*● (?P<thing>.+ \u203a .+)$",  # jest
        r"^\s*(?:FAIL|[\u00d7✗✕])\s+(?P<thing>\S.* > .+?)(?:\s\d+ ?ms)?$",  # vitest
        r"^\s*[✕✗✘] (?P<thing>.+?)(?: \(\d+(?:\.\d+)? ?m?s\))?$",  # jest, mocha, playwright
        r"^\s+\d+\) (?P<thing>\[\w+\] \u203a .+?)(?: ─+)?$",  # playwright
        r"^(?:\[ERROR\]\s+)?(?P<thing>[\w.$]+(?:\([\w.$]+\))?)\s.*<<< (?:FAILURE|ERROR)!",  # surefire
        r"^\[ERROR\]\s{3,}(?P<thing>[\w$]+\.[\w$]+):\d+(?: (?P<why>.*))?$",  # surefire's summary
        r"^(?P<thing>[\w$][\w.$ ]*(?: > .+)+) FAILED$",  # gradle
        r"^rspec (?P<thing>\./\S+)",
        r"^\s*Failed (?P<thing>[\w.]+(?:\(.*\))?) \[[\d<]",  # dotnet test
        r"^\d+\) (?P<thing>[\w\\]+::\w+)",  # phpunit
        r"^not ok \d+ (?:- )?(?P<thing>(?!.*# (?:TODO|SKIP)).+)$",  # TAP
        r"^\s*\d+ - (?P<thing>\S+) \((?:Failed|Timeout|SEGFAULT|Subprocess aborted)\)",  # ctest
        r"^\[\s+FAILED\s+\] (?P<thing>\w+(?:/\w+)*\.\w+)",  # googletest
    ),
    *signs(
        CiFailureClass.TEST,
        "tests failed",
        "Read the lines before this one: they name the tests.",
        r"^=+ .*\b\d+ failed\b.* in [\d.]+s",
        r"^\s*\d+ failing$",
        r"^Tests:\s+\d+ failed",
        r"Tests run: \d+, Failures: (?!0,)\d+",
        r"^FAILED \((?:failures|errors)=\d+",
        r"^FAIL\t\S+",
        r"^test result: FAILED",
        r"^> There were failing tests",
        weight=Weight.ENDS,
    ),
)
