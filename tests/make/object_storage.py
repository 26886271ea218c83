"""An object storage of this machine, that speaks as S3 does, while a test needs one."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest

BUCKET = "s3://shapes"


@contextmanager
def object_storage(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the URL of an empty bucket; what fsspec needs to reach it stands in the environment."""
    with storage_server() as endpoint, empty_bucket(patch, endpoint) as url:
        yield url


@contextmanager
def storage_server() -> Iterator[str]:
    """Yield the address of a server, which several tests may use one after the other."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def empty_bucket(patch: pytest.MonkeyPatch, endpoint: str) -> Iterator[str]:
    """Yield the URL of the only bucket of a server, which is empty."""
    s3fs = pytest.importorskip("s3fs")
    # All servers of a process hold the same objects.
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    patch.setenv("AWS_ENDPOINT_URL", endpoint)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    try:
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir(BUCKET)
        yield BUCKET
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
