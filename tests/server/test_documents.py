"""Errors in words for who sends requests."""

from .conftest import JOBS, PNG, Running


def test_a_method_that_is_not_for_a_path_is_told_which_are(running: Running) -> None:
    for path, methods in (("/v1/packs", "GET"), (f"{JOBS}/a", "DELETE, GET"), ("/openapi.json", "GET, HEAD")):
        refused = running.client.put(path)
        assert refused.status_code == 405 and refused.headers["Allow"] == methods
        detail = f"PUT is not for this path; use {methods.replace(', ', ' or ')}"
        assert refused.json() == {"detail": detail}


def test_text_in_place_of_a_photo_is_told_apart(running: Running) -> None:
    refused = running.client.post(JOBS, data={"photo": "taxi.png"}, files={"mask": ("a.png", PNG)})
    assert refused.status_code == 422
    assert refused.json() == {"detail": "photo: send a file, not text; with curl: -F photo=@FILE"}
