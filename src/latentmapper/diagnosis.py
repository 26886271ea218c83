"""What this installation has, what it lacks, and the command that mends it."""

import platform
import sys
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import Requirement

from latentmapper import cache, files, processor
from latentmapper.errors import LatentMapperError
from latentmapper.extras import REINSTALL, install_command
from latentmapper.quantising import resolved

DEVELOPMENT = "dev"
"""The extra that no command needs."""
OK, OPTIONAL, MISSING = "ok", "optional", "missing"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    area: str
    """What it belongs to, such as "packages"."""
    name: str
    """What was looked at."""
    state: str
    """"ok"; "optional": absent, and only some commands need it; "missing": reconstruct needs it."""
    detail: str
    """Version, path or reason."""
    fix: str = ""
    """The command that mends it, or nothing."""


def examine() -> list[Finding]:
    """Look at Python, packages, ONNX Runtime, the ViT, the packs and the cache; takes about a second."""
    return [*_system(), *_packages(), *_providers(), *_vit(), *_classifier(), *_packs(), *_cache()]


def _system() -> list[Finding]:
    features = ", ".join(processor.features()) or "none that are known"
    return [
        Finding("system", "latentmapper", OK, metadata.version("latentmapper")),
        Finding("system", "Python", OK, f"{platform.python_version()} at {sys.executable}"),
        Finding("system", "platform", OK, platform.platform()),
        Finding("system", "processor", OK, f"{platform.machine()} with {features}"),
        Finding("system", "precision", OK, f"{resolved('auto')}, which is --precision auto here"),
    ]


def _packages() -> list[Finding]:
    findings = []
    for text in metadata.requires("latentmapper") or []:
        requirement = Requirement(text)
        extra = _extra_of(requirement)
        if extra == DEVELOPMENT:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            findings.append(_package(requirement, extra))
    return findings


def _extra_of(requirement: Requirement) -> str:
    """The extra that asks for a requirement, "" for the core."""
    _, _, extra = str(requirement.marker or "").partition("extra == ")
    return extra.strip("\"' ")


def _package(requirement: Requirement, extra: str) -> Finding:
    area = f"extra {extra}" if extra else "packages"
    absent = OPTIONAL if extra else MISSING
    fix = install_command(extra) if extra else f'pip install "{requirement.name}{requirement.specifier}"'
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return Finding(area, requirement.name, absent, "not installed", fix)
    if not requirement.specifier.contains(version, prereleases=True):
        return Finding(area, requirement.name, absent, f"{version}, but needs {requirement.specifier}", fix)
    return Finding(area, requirement.name, OK, version)


def _providers() -> list[Finding]:
    try:
        import onnxruntime

        names = onnxruntime.get_available_providers()
    except ImportError as error:
        return [
            Finding(
                "ONNX Runtime", "import", MISSING, str(error), "pip install --force-reinstall onnxruntime"
            )
        ]
    return [Finding("ONNX Runtime", "providers", OK, ", ".join(names))]


def _vit() -> list[Finding]:
    from latentmapper.features import vit

    try:
        path = vit.bundled_path()
    except LatentMapperError as error:
        return [Finding("ViT", "weights", MISSING, str(error), vit.INSTALL)]
    if files.sha256_of_file(path) != vit.BUNDLED_SHA256:
        fix = f"{vit.INSTALL} --force-reinstall"
        return [Finding("ViT", "weights", MISSING, f"{path} differs from its known SHA-256", fix)]
    found = [Finding("ViT", "weights", OK, f"{path}, SHA-256 as known")]
    try:
        # What every photo needs, and no more: many leave no doubt at a glance.
        parts = ["trunk", *(["trunk-int8"] if resolved("auto") == "int8" else [])]
        cut = [vit.cached_graph(vit.BUNDLED_SHA256, part) for part in parts]
    except ImportError:  # the lines on ONNX Runtime say it
        return found
    made = all(path.is_file() for path in cut)
    state = str(cut[0].parent) if made else "not yet made; the first photo makes it"
    return [*found, Finding("ViT", "cut graph", OK, state)]


def _classifier() -> list[Finding]:
    from latentmapper.features import efficientnet

    path = efficientnet.SHIPPED
    if path.is_file() and files.sha256_of_file(path) == efficientnet.SHA256:
        return [Finding("classifier", "weights", OK, f"{path}, SHA-256 as known")]
    told = f"{path} is missing or differs from its known SHA-256"
    return [Finding("classifier", "weights", MISSING, told, REINSTALL)]


def _packs() -> list[Finding]:
    from latentmapper import pack_folder
    from latentmapper.features.vit import BUNDLED_SHA256

    findings = []
    for folder in pack_folder.bundled_packs():
        try:
            described = pack_folder.read_metadata(folder)
            problems = pack_folder.damaged_files(folder, described)
        except LatentMapperError as error:
            findings.append(Finding("packs", folder.name, MISSING, str(error), REINSTALL))
            continue
        detail = f"{described['category']}, {'; '.join(problems) or 'verified'}"
        if described["vit"]["sha256"] != BUNDLED_SHA256:
            detail += ", wants another ViT (--vit)"
        state, fix = (MISSING, REINSTALL) if problems else (OK, "")
        findings.append(Finding("packs", described["id"], state, detail, fix))
    return findings or [Finding("packs", "bundled packs", MISSING, "none", REINSTALL)]


def _cache() -> list[Finding]:
    if not cache.writable():
        fix = "name another folder in the variable LATENTMAPPER_CACHE"
        return [Finding("cache", "folder", MISSING, f"{cache.cache_folder()} cannot be written", fix)]
    size = sum(entry.size for entry in cache.entries())
    return [Finding("cache", "folder", OK, f"{cache.cache_folder()}, {size / 1e6:.0f} MB")]
