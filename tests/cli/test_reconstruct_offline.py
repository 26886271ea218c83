"""Nothing leaves the machine while photos become meshes."""

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

from ..photo.pictures import encoded, quarters
from ..tiny_pack import write_tiny_pack

# Python's own sockets, on every platform: an audit hook sees each before it is used.
AUDIT = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments
        if not str(address[0]).startswith(("127.", "::1", "localhost", "/")):
            print("REACHED OUT", event, arguments, file=sys.stderr)
            import os
            os._exit(66)

sys.addaudithook(watch)
"""

# Sockets of native code too, ONNX Runtime's among them: the kernel ends a process that asks for one of the
# internet families. A seccomp filter: load the call's number; if it is socket(), load its first argument.
SECCOMP = """
import ctypes, struct

def instruction(code, yes, no, value):
    return struct.pack("HBBI", code, yes, no, value)

LOAD, EQUAL, RETURN, KILL, ALLOW = 0x20, 0x15, 0x06, 0x80000000, 0x7FFF0000
program = b"".join([
    instruction(LOAD, 0, 0, 0),
    instruction(EQUAL, 0, 4, SOCKET_CALL),
    instruction(LOAD, 0, 0, 16),
    instruction(EQUAL, 1, 0, 2),
    instruction(EQUAL, 0, 1, 10),
    instruction(RETURN, 0, 0, KILL),
    instruction(RETURN, 0, 0, ALLOW),
])
buffer = ctypes.create_string_buffer(program, len(program))
header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, header, 0, 0):
    sys.exit(77)
"""
SOCKET_CALLS = {"x86_64": 41, "aarch64": 198}

RUN = """
from latentmapper import cli
sys.exit(cli.run(sys.argv[1:]))
"""
PROBE = """
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 9))
"""


def _guards() -> list[str]:
    """What may be set up on this machine, each on its own."""
    if sys.platform == "linux" and platform.machine() in SOCKET_CALLS:
        return [AUDIT, f"import sys\nSOCKET_CALL = {SOCKET_CALLS[platform.machine()]}\n{SECCOMP}"]
    return [AUDIT]


def _works(guard: str, folder: Path) -> bool:
    """Whether the guard ends a process that reaches out; some kernels take no filters."""
    code = _python(guard + PROBE, [], folder).returncode
    assert code in (66, 77, -signal.SIGSYS), "a guard that lets everything pass"
    return code != 77


def test_no_socket_is_opened_to_anywhere(tmp_path: Path) -> None:
    (tmp_path / "taxi.jpg").write_bytes(encoded(quarters(), "JPEG"))
    pack = write_tiny_pack(tmp_path / "pack")
    guards = "".join(guard for guard in _guards() if _works(guard, tmp_path))
    done = _python(guards + RUN, ["reconstruct", "taxi.jpg", "--preview", "--pack", str(pack)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "taxi.glb").stat().st_size > 10_000


def _python(code: str, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    quiet = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, check=False)
