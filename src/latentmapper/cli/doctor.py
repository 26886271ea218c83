"""`latentmapper doctor`: what is installed, what is missing, what to do."""

import json
from dataclasses import asdict, dataclass

import tyro

from latentmapper.diagnosis import MISSING, OK, Finding, examine


@dataclass(frozen=True)
class Doctor:
    """What this installation has and lacks; exit code 3 if `reconstruct` lacks something it needs."""

    json: bool = False
    """Print JSON instead of lines."""


def main(verb: str, argv: list[str]) -> int:
    """Run `doctor`."""
    config = tyro.cli(Doctor, args=argv, prog=f"latentmapper {verb}")
    findings = examine()
    healthy = all(finding.state != MISSING for finding in findings)
    if config.json:
        print(json.dumps({"schema": 1, "ok": healthy, "findings": list(map(asdict, findings))}, indent=2))
    else:
        print(_report(findings))
    return 0 if healthy else 3


def _report(findings: list[Finding]) -> str:
    lines: list[str] = []
    for area in dict.fromkeys(finding.area for finding in findings):
        members = [finding for finding in findings if finding.area == area]
        lines += ["", area, *(f"  {member.state:<8}  {member.name}: {member.detail}" for member in members)]
    return "\n".join([*lines[1:], "", *_advice(findings)])


def _advice(findings: list[Finding]) -> list[str]:
    """What to do, the needed first, each command once."""
    ailing = sorted((finding for finding in findings if finding.state != OK), key=lambda one: one.state)
    fixes: dict[str, list[Finding]] = {}
    for finding in ailing:
        fixes.setdefault(finding.fix, []).append(finding)
    lines = ["Everything that reconstruct needs is here."]
    if any(finding.state == MISSING for finding in ailing):
        lines = ["Something that reconstruct needs is missing."]
    for fix, members in fixes.items():
        lines.append(f"  {fix}    ({members[0].area}: {', '.join(member.name for member in members)})")
    return lines
